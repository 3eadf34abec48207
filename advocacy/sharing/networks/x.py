"""X, by its API v2 (https://docs.x.com/x-api/introduction): pay per use, no key that makes a repeat safe."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from advocacy.errors import N_, Reason
from advocacy.http import Answer, Outbound, OutboundError
from advocacy.sharing.networks import x_answers
from advocacy.sharing.networks.addressed import moment_in, path_at
from advocacy.sharing.networks.calls import RECONNECT, host_of, unanswered
from advocacy.sharing.networks.counting import plain
from advocacy.sharing.networks.facts import Facts, Previewed
from advocacy.sharing.networks.grant import basic, challenge, renewed, traded
from advocacy.sharing.networks.interface import (
    Abilities,
    Client,
    Departure,
    Figures,
    Identity,
    Image,
    Limits,
    Lost,
    NeedsReconnecting,
    Permanent,
    Post,
    Posted,
    Registration,
    Sought,
    Temporary,
    Tokens,
    Turn,
)

NEEDED = ("site", "post", "authorise", "token", "revoke", "api")
# X's own words for a refresh token that it no longer takes are an invalid_request.
DEAD = ("invalid_grant", "invalid_request")
READS = "reads"
UPLOAD_SECONDS = 60.0
MOST_LOOKED_AT = 10  # each post read costs
MOST_COUNTED = 100
UNREADABLE = N_("%(server)s took your post, but its answer makes no sense. Please check: did it appear?")
STRANGE = N_("%(host)s did not answer in the form that was expected.")
STANDS = N_("%(server)s did not delete the post. Please delete it there.")
ONE_OF_TWO = N_("%(server)s takes either pictures or another post to pass on, not both.")
NO_POST = N_("The post to pass on has no id of %(server)s. Please tell your administrator.")


class X(Previewed):
    """A person's own account on X, through the operator's application there."""

    can = Abilities(
        readable=True,
        deletes=True,
        renews=True,
        tells_figures=True,
        costs=True,
        reads_at_most=MOST_LOOKED_AT,
        reshares=True,
        near_identical_refused=True,
    )

    def __init__(self, facts: Facts, client: Client) -> None:
        super().__init__(facts)
        self.client, self.addresses = client, facts.addresses
        self.is_ready = bool(client.id and client.secret) and all(map(facts.addresses.get, NEEDED))

    def server_address(self, outbound: Outbound, typed: str) -> str:
        """The one server that there is."""
        return self.addresses["site"]

    def limits(self, outbound: Outbound, server: str) -> Limits:
        """The limits of an account that pays for nothing: X does not tell what others may."""
        return self.facts.limits

    def register(
        self, outbound: Outbound, server: str, redirect_uri: str, app_name: str, website: str
    ) -> Registration:
        """The operator's application; X has to know the redirect address already, to the letter."""
        return Registration(server, redirect_uri, self.client.id, self.client.secret, self.facts.scopes)

    def depart(
        self,
        outbound: Outbound,
        registration: Registration,
        state: str,
        *,
        typed: str = "",
        again: bool = False,
        reading: bool = False,
    ) -> Departure:
        """Where the person allows us to post (authentication/oauth-2-0/user-access-token, step 1).

        Posting takes `tweet.read` too, so that X asks no question of its own about reading: her answer to ours
        travels with the verifier. X knows no way of asking her to sign in again.
        """
        verifier = secrets.token_urlsafe(48)
        asked = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": registration.redirect_uri,
            "scope": " ".join(registration.scopes),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        url = f"{self.addresses['authorise']}?{urlencode(asked, quote_via=quote)}"
        return Departure(url, f"{verifier} {READS}" if reading else verifier)

    def issuer(self, registration: Registration, secret: str) -> str:
        """The one server that there is; X names no issuer."""
        return registration.server

    def exchange(self, outbound: Outbound, registration: Registration, code: str, secret: str) -> Tokens:
        """Trades the code, which is good for 30 seconds (user-access-token, step 3)."""
        verifier, _, reads = secret.partition(" ")
        tokens = traded(outbound, self.addresses["token"], registration, code, verifier, by_header=True)
        return replace(tokens, extra={READS: "yes"} if reads else {})

    def renew(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> Tokens:
        """New tokens for old (user-access-token, step 5); each refresh token is good for one renewal."""
        if not tokens.refresh:
            raise NeedsReconnecting((RECONNECT, self._named))
        return renewed(outbound, self.addresses["token"], registration, tokens, by_header=True, dead=DEAD)

    def revoke(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> None:
        """Gives both tokens back (user-access-token, step 6); one that is dead already is no error."""
        headers = {"Authorization": basic(registration)}
        for kind, token in (("refresh_token", tokens.refresh), ("access_token", tokens.access)):
            if not token:
                continue
            sent = {"token": token, "token_type_hint": kind}
            try:
                self._call(outbound, "POST", self.addresses["revoke"], headers=headers, data=sent)
            except Permanent as wrong:
                if wrong.status_code != 400:
                    raise

    def identity(self, outbound: Outbound, server: str, tokens: Tokens) -> Identity:
        """Whose account the token opens (users/user-lookup-me)."""
        answer = self._ask(outbound, "GET", "/users/me", tokens)
        found = x_answers.person(x_answers.data(answer), self.addresses["site"])
        if found is None:
            raise Temporary(_strange(answer))
        return found

    def upload_media(self, outbound: Outbound, tokens: Tokens, image: Image) -> str:
        """Hands a picture over in one request (media/upload-media), and its description (media/metadata)."""
        answer = self._ask(
            outbound,
            "POST",
            "/media/upload",
            tokens,
            files={"media": ("picture", image.data, image.media_type)},
            data={"media_category": "tweet_image", "media_type": image.media_type},
            total=UPLOAD_SECONDS,
        )
        media_id = x_answers.data(answer).get("id")
        if not x_answers.is_id(media_id):
            raise Temporary(_strange(answer))
        if image.alt:
            told = {"id": media_id, "metadata": {"alt_text": {"text": image.alt}}}
            self._ask(outbound, "POST", "/media/metadata", tokens, json=told)
        return media_id

    def publish(self, outbound: Outbound, server: str, tokens: Tokens, post: Post, turn: Turn) -> Posted:
        """Posts, pictures first (posts/create-post); only the post itself can end `Lost`."""
        sent = self._body(post)
        media = [self.upload_media(outbound, tokens, image) for image in post.images]
        if media:
            sent["media"] = {"media_ids": media}
        try:
            answer = self._ask(outbound, "POST", "/tweets", tokens, posts=True, json=sent)
        except Permanent as wrong:
            if turn.is_repeat and wrong.msgid == x_answers.DUPLICATE:
                raise Lost(
                    (x_answers.PERHAPS_OURS, self._named)
                ) from wrong  # X does not say which post it is
            raise
        remote_id = x_answers.data(answer).get("id")
        if not x_answers.is_id(remote_id):
            raise Lost((UNREADABLE, self._named))
        return self._posted(remote_id)

    def _body(self, post: Post) -> dict[str, Any]:
        """What is posted, in the fields that X documents and no other: it refuses those that it does not know."""
        sent: dict[str, Any] = {}
        if post.text.strip():
            sent["text"] = plain(post.text)
        if post.reshare_of:
            if post.images:
                raise Permanent((ONE_OF_TWO, self._named))
            if not x_answers.is_id(post.reshare_of):
                raise Permanent((NO_POST, self._named))
            sent["quote_tweet_id"] = post.reshare_of
        if post.is_paid:
            sent["paid_partnership"] = True
        return sent

    def find(self, outbound: Outbound, server: str, tokens: Tokens, sought: Sought) -> Posted | None:
        """The person's own post since then, if she allowed reading (users/posts); X finds new ones late at times."""
        if READS not in tokens.extra:
            return None
        me = self.identity(outbound, server, tokens).remote_id
        asked = {
            "max_results": str(MOST_LOOKED_AT),
            "start_time": sought.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tweet.fields": "created_at,entities",
        }
        answer = self._ask(outbound, "GET", f"/users/{me}/tweets", tokens, params=asked)
        posts = (one for one in x_answers.many(answer) if x_answers.is_sought(one, sought))
        return next((self._posted(one["id"]) for one in posts), None)

    def recognise(self, server: str, remote_id: str, handle: str, url: str) -> str | None:
        """The id of the account's own post at this address, which names its author or nobody."""
        path = path_at(url, self.addresses["site"], self.addresses.get("formerly", ""))
        name = re.escape(handle.strip("@"))
        found = re.fullmatch(rf"/(?:{name}|i/web)/status/([0-9]{{1,19}})(?:/.*)?", path or "", re.IGNORECASE)
        return found[1] if found else None

    def dated(self, told: str) -> datetime | None:
        """When a post was made: ids hold that (fundamentals/x-ids)."""
        return moment_in(told, shift=22, beginning=x_answers.BEGINNING)

    def leads(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str, link: str) -> bool:
        """Whether this post leads to our link, if she allowed reading (posts/get-posts-by-ids)."""
        asked = {"ids": remote_id, "tweet.fields": "entities"}
        if READS not in tokens.extra:
            return True
        answer = self._ask(outbound, "GET", "/tweets", tokens, params=asked)
        return any(x_answers.leads_to(one, link) for one in x_answers.many(answer))

    def delete(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str) -> None:
        """Takes a post down (posts/delete-post); one that is gone already is no error."""
        try:
            answer = self._ask(outbound, "DELETE", f"/tweets/{quote(remote_id, safe='')}", tokens)
        except Permanent as wrong:
            if wrong.status_code not in (404, 410):
                raise
            return
        if x_answers.data(answer).get("deleted") is False:
            raise Permanent((STANDS, self._named))

    def figures(
        self, outbound: Outbound, server: str, tokens: Tokens, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """What others did with her posts (posts/post-lookup, public_metrics), a hundred by each call."""
        found: dict[str, Figures] = {}
        ids = list(filter(x_answers.is_id, remote_ids))  # one that is none would make X refuse the others
        for first in range(0, len(ids), MOST_COUNTED):
            some = ids[first : first + MOST_COUNTED]
            asked = {"ids": ",".join(some), "tweet.fields": "public_metrics"}
            answer = self._ask(outbound, "GET", "/tweets", tokens, params=asked)
            found |= {
                one["id"]: x_answers.figures(one) for one in x_answers.many(answer) if one.get("id") in some
            }
        return found

    @property
    def _named(self) -> dict[str, Any]:
        return {"server": host_of(self.addresses["site"])}

    def _posted(self, remote_id: str) -> Posted:
        return Posted(remote_id, self.addresses["post"].replace("{id}", remote_id))

    def _ask(self, outbound: Outbound, method: str, path: str, tokens: Tokens, **sent: Any) -> Answer:
        headers, renewable = {"Authorization": f"Bearer {tokens.access}"}, bool(tokens.refresh)
        url = f"{self.addresses['api']}{path}"
        return self._call(outbound, method, url, renewable=renewable, headers=headers, **sent)

    def _call(
        self,
        outbound: Outbound,
        method: str,
        url: str,
        *,
        posts: bool = False,
        renewable: bool = False,
        **sent: Any,
    ) -> Answer:
        """One call, raising an Outcome unless it succeeds; as `calls.call`, but in X's own words."""
        try:
            answer = outbound.request(method, url, **sent)
        except OutboundError as wrong:
            raise unanswered(wrong, self.addresses["site"], posts=posts) from wrong
        if 200 <= answer.status < 300:
            return answer
        raise x_answers.refused(answer, self.addresses["site"], posts=posts, renewable=renewable)


def _strange(answer: Answer) -> Reason:
    return STRANGE, {"host": answer.host}
