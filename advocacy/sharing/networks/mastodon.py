"""Mastodon and its cousins: any server that speaks Mastodon's API (https://docs.joinmastodon.org/)."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import quote, urlencode

from advocacy.errors import N_, Reason
from advocacy.http import Answer, Outbound
from advocacy.sharing.networks import instance
from advocacy.sharing.networks.addressed import moment_in, path_at
from advocacy.sharing.networks.calls import call, clean, host_of, number, rows, table, web_address
from advocacy.sharing.networks.counting import plain
from advocacy.sharing.networks.facts import Previewed
from advocacy.sharing.networks.grant import challenge, traded
from advocacy.sharing.networks.interface import (
    Abilities,
    Departure,
    Figures,
    Identity,
    Image,
    Limits,
    Lost,
    Outcome,
    Permanent,
    Post,
    Posted,
    Registration,
    Sought,
    Temporary,
    Tokens,
    Turn,
)
from advocacy.sharing.networks.matching import same_words, when

WRITING = ("write:statuses", "write:media")
READING = "read:statuses"
UPLOAD_SECONDS = 60.0
STRANGE = N_("%(server)s does not answer like a Mastodon server. Please check the address.")


class Mastodon(Previewed):
    """A person's own account on a server of her choice."""

    can = Abilities(
        readable=True, deletes=True, tells_figures=True, many_servers=True, own_way_back=True, registers=True
    )
    is_ready = True
    polls = 10
    poll_seconds = 1.0

    def server_address(self, outbound: Outbound, typed: str) -> str:
        """The server's address from what a person typed: a name, an address, or her handle; raises Permanent."""
        return instance.address(outbound, typed)

    def limits(self, outbound: Outbound, server: str) -> Limits:
        """The server's own limits, or the defaults where it does not say; never raises (methods/instance)."""
        return instance.limits(outbound, server, self.facts.limits)

    def repeat_seconds(self, told: int) -> int:
        """For how many seconds a repeat under the same key is harmless: only servers known for it, as told once."""
        return min(told, self.facts.limits.idempotent_seconds)

    def register(
        self, outbound: Outbound, server: str, redirect_uri: str, app_name: str, website: str
    ) -> Registration:
        """Introduces this product to a server (methods/apps#create); reading is registered, to be asked for or not."""
        scopes = (instance.identity_scope(outbound, server), *WRITING, READING)
        sent = {
            "client_name": app_name,
            "redirect_uris": redirect_uri,
            "scopes": " ".join(scopes),
            "website": website,
        }
        try:
            app = table(call(outbound, "POST", f"{server}/api/v1/apps", data=sent))
        except Permanent as wrong:
            if (wrong.status_code or 0) >= 400 and "words" not in wrong.values:
                raise Permanent(_strange(server)) from wrong
            raise
        if not (_is_name(app.get("client_id")) and isinstance(app.get("client_secret"), str)):
            raise Permanent(_strange(server))
        return Registration(server, redirect_uri, app["client_id"], app["client_secret"], scopes)

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
        """Where the person allows us to post (methods/oauth#authorize); PKCE by S256, the only way Mastodon knows."""
        verifier = secrets.token_urlsafe(48)
        asked = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": registration.redirect_uri,
            "scope": " ".join(one for one in registration.scopes if reading or one != READING),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        if again:
            asked["force_login"] = "true"
        url = f"{registration.server}/oauth/authorize?{urlencode(asked, quote_via=quote)}"
        return Departure(url, verifier)

    def issuer(self, registration: Registration, secret: str) -> str:
        """The server itself, by the address under which we know it."""
        return registration.server

    def exchange(self, outbound: Outbound, registration: Registration, code: str, secret: str) -> Tokens:
        """Trades the callback's code for tokens (methods/oauth#token); Mastodon's own tokens do not expire."""
        return traded(outbound, f"{registration.server}/oauth/token", registration, code, secret)

    def renew(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> Tokens:
        """The same tokens: Mastodon's do not end."""
        return tokens

    def revoke(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> None:
        """Gives the token back (methods/oauth#revoke); one that is dead already is no error."""
        sent = {
            "client_id": registration.client_id,
            "client_secret": registration.client_secret,
            "token": tokens.access,
        }
        try:
            call(outbound, "POST", f"{registration.server}/oauth/revoke", data=sent)
        except Permanent as wrong:
            if wrong.status_code not in (400, 401, 404):
                raise

    def identity(self, outbound: Outbound, server: str, tokens: Tokens) -> Identity:
        """Whose account the token opens (methods/accounts#verify_credentials)."""
        account = table(
            call(outbound, "GET", f"{server}/api/v1/accounts/verify_credentials", headers=_bearer(tokens))
        )
        remote_id, name = account.get("id"), account.get("acct") or account.get("username")
        if not (_is_name(remote_id) and _is_name(name)):
            raise Permanent(_strange(server))
        handle = clean(name if "@" in name else f"{name}@{host_of(server)}")[:299]
        shown = clean(str(account.get("display_name") or name))[:300]
        return Identity(remote_id, f"@{handle}", shown, web_address(account.get("url")))

    def upload_media(self, outbound: Outbound, server: str, tokens: Tokens, image: Image) -> str:
        """Hands a picture over and waits, within bounds, until it can be attached (methods/media#v2)."""
        file = ("picture", image.data, image.media_type)
        answer = call(
            outbound,
            "POST",
            f"{server}/api/v2/media",
            headers=_bearer(tokens),
            files={"file": file},
            data={"description": image.alt} if image.alt else None,
            total=UPLOAD_SECONDS,
        )
        media_id = table(answer).get("id")
        if not isinstance(media_id, str):
            raise Permanent(_strange(server))
        if answer.status == 202:
            self._wait_for_media(outbound, f"{server}/api/v1/media/{quote(media_id, safe='')}", tokens)
        return media_id

    def _wait_for_media(self, outbound: Outbound, url: str, tokens: Tokens) -> None:
        for _try in range(self.polls):
            if call(outbound, "GET", url, headers=_bearer(tokens)).status == 200:
                return
            time.sleep(self.poll_seconds)
        raise Temporary(_busy(url), retry_after=30)

    def publish(self, outbound: Outbound, server: str, tokens: Tokens, post: Post, turn: Turn) -> Posted:
        """Posts, pictures first (methods/statuses#create); only the post itself can end `Lost`."""
        media = [self.upload_media(outbound, server, tokens, image) for image in post.images]
        sent: dict[str, Any] = {
            "status": plain(post.text),
            "media_ids": media,
            "visibility": str(post.visibility),
            "language": post.language.partition("-")[0].lower(),
        }
        headers = {**_bearer(tokens), "Idempotency-Key": turn.key}
        url = f"{server}/api/v1/statuses"
        try:
            answer = call(outbound, "POST", url, posts=True, json=sent, headers=headers)
        except Permanent as refused:
            if "finished processing" in str(refused):
                raise Temporary(_busy(url), retry_after=30) from refused
            raise
        return _posted(answer, url)

    def delete(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str) -> None:
        """Takes a post down (methods/statuses#delete); one that is gone already is no error."""
        url = f"{server}/api/v1/statuses/{quote(remote_id, safe='')}"
        try:
            call(outbound, "DELETE", url, headers=_bearer(tokens))
        except Permanent as wrong:
            if wrong.status_code not in (404, 410):
                raise

    def recognise(self, server: str, remote_id: str, handle: str, url: str) -> str | None:
        """The id of the account's own post at this address; its cousins' addresses may name no one."""
        path, name = path_at(url, server), re.escape(handle.strip("@").partition("@")[0])
        own = rf"/(?:web/)?(?:@|users/){name}/(?:statuses/|posts/)?([0-9A-Za-z]+)|/(?:notice|notes)/([0-9A-Za-z]+)"
        found = re.fullmatch(own, path or "", re.IGNORECASE)
        return (found[1] or found[2]) if found else None

    def dated(self, told: str) -> datetime | None:
        """When a post was made: Mastodon's own ids hold that, its cousins' tell nothing or what cannot be. [M]"""
        return moment_in(told, shift=16)

    def leads(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str, link: str) -> bool:
        """Whether this post leads to our link (methods/statuses#get); one that is not there does not."""
        url = f"{server}/api/v1/statuses/{quote(remote_id, safe='')}"
        try:
            status = table(call(outbound, "GET", url, headers=_bearer(tokens))) if _may_read(tokens) else None
        except Permanent as wrong:
            return wrong.status_code not in (404, 410)
        return status is None or link in str(status.get("content") or "")

    def find(self, outbound: Outbound, server: str, tokens: Tokens, sought: Sought) -> Posted | None:
        """The person's own post with these words since then, if she allowed reading (methods/accounts#statuses)."""
        if not _may_read(tokens):
            return None
        account = quote(self.identity(outbound, server, tokens).remote_id, safe="")
        url = f"{server}/api/v1/accounts/{account}/statuses"
        asked = {"limit": "40", "exclude_reblogs": "true"}
        answer = call(outbound, "GET", url, headers=_bearer(tokens), params=asked, max_bytes=4_000_000)
        for status in rows(answer):
            at = when(status.get("created_at"))
            if at and at >= sought.since and same_words(sought.text, str(status.get("content") or "")):
                return Posted(str(status.get("id")), web_address(status.get("url")))
        return None

    def figures(
        self, outbound: Outbound, server: str, tokens: Tokens, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """What others did with her posts (entities/Status); Mastodon counts no views."""
        found = {}
        headers = _bearer(tokens) if _may_read(tokens) else {}  # public posts are anyone's to look at
        for remote_id in remote_ids:
            url = f"{server}/api/v1/statuses/{quote(remote_id, safe='')}"
            try:
                status = table(call(outbound, "GET", url, headers=headers))
            except Permanent as wrong:
                if wrong.status_code not in ((404, 410) if headers else (401, 403, 404, 410)):
                    raise
                continue
            found[remote_id] = Figures(
                reactions=number(status.get("favourites_count")),
                replies=number(status.get("replies_count")),
                reshares=number(status.get("reblogs_count")),
            )
        return found


def _may_read(tokens: Tokens) -> bool:
    return READING in tokens.scopes or "read" in tokens.scopes


def _bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access}"}


def _is_name(value: Any) -> TypeGuard[str]:
    """Whether a stranger's name for something is one that we can keep (a row has room for 300 characters)."""
    return isinstance(value, str) and 0 < len(value) <= 250 and clean(value) != "" and "\0" not in value


def _strange(server: str) -> Reason:
    return STRANGE, {"server": host_of(server)}


def _busy(url: str) -> Reason:
    return N_("%(server)s is still preparing the picture, so the post waits a moment."), {
        "server": host_of(url)
    }


def _posted(answer: Answer, url: str) -> Posted:
    status = table(answer)
    if not _is_name(status.get("id")):
        raise _unreadable(url)
    return Posted(status["id"], web_address(status.get("url")) or web_address(status.get("uri")))


def _unreadable(url: str) -> Outcome:
    return Lost(
        (
            N_("%(server)s took your post, but its answer makes no sense. Please check: did it appear?"),
            {"server": host_of(url)},
        )
    )
