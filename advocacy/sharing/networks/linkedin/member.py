"""LinkedIn, a member's own account ("Share on LinkedIn" and "Sign In with LinkedIn using OpenID Connect").

What stands at [M] in the facts and here is from memory and was not seen on the real network yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, unquote, urlencode

import requests

from advocacy.errors import N_
from advocacy.http import Answer, Outbound
from advocacy.sharing.networks.addressed import moment_in, path_at
from advocacy.sharing.networks.calls import clean, host_of, table
from advocacy.sharing.networks.facts import Facts, Previewed
from advocacy.sharing.networks.grant import renewed, traded, unreadable
from advocacy.sharing.networks.interface import (
    Abilities,
    Client,
    Departure,
    Figures,
    Identity,
    Limits,
    Lost,
    Permanent,
    Post,
    Posted,
    Registration,
    Sought,
    Tokens,
    Turn,
    Visibility,
)
from advocacy.sharing.networks.linkedin.attached import Attached
from advocacy.sharing.networks.linkedin.littletext import little
from advocacy.sharing.networks.linkedin.restli import POST, Access, Duplicate

MEMBER = re.compile(r"[A-Za-z0-9_-]{1,200}")
SEEN_BY = {
    Visibility.PUBLIC: "PUBLIC",
    Visibility.UNLISTED: "CONNECTIONS",  # LinkedIn has nothing between, and nobody is shown to more than she chose
    Visibility.FOLLOWERS: "CONNECTIONS",
}
DISTRIBUTION = {
    "feedDistribution": "MAIN_FEED",
    "targetEntities": [],
    "thirdPartyDistributionChannels": [],
}
NONSENSE = N_("%(server)s took your post, but its answer makes no sense. Please check: did it appear?")
MAY_STAND = N_(
    "LinkedIn may have your post from an earlier try, so it is not sent again. Please check: did it appear?"
)


class LinkedIn(Previewed):
    """A member's own account."""

    # It renews for approved partners only, so that nothing may be promised for the time after a token's end.
    can = Abilities(deletes=True, cards=True, reshares=True)
    settles_seconds = 2.0
    """How long a picture is left to be prepared: members may not look whether it is ready. [C]"""

    def __init__(self, facts: Facts, client: Client) -> None:
        super().__init__(facts)
        self.client = client
        self.is_ready = bool(client.id and client.secret and facts.version and facts.addresses)

    def server_address(self, outbound: Outbound, typed: str) -> str:
        """LinkedIn's own address: there is one server."""
        return self.facts.addresses["site"]

    def default_limits(self) -> Limits:
        """LinkedIn's limits; a repeat is relied upon only where the operator trusts the refusal of a duplicate."""
        seconds = self.facts.limits.idempotent_seconds if self.client.trusts_duplicates else 0
        return replace(self.facts.limits, idempotent_seconds=seconds)

    def limits(self, outbound: Outbound, server: str) -> Limits:
        """The same as without asking: LinkedIn does not tell its limits."""
        return self.default_limits()

    def register(
        self, outbound: Outbound, server: str, redirect_uri: str, app_name: str, website: str
    ) -> Registration:
        """Our application as the operator registered it by hand; nothing is asked."""
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
        """Where the person allows us to post ("Authorization Code Flow", step 2).

        Without PKCE, which LinkedIn knows for native applications alone [M]: state and our secret are the proof.
        `again` and `reading` change nothing: neither another sign-in nor a member's posts can be asked for.
        """
        asked = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": registration.redirect_uri,
            "state": state,
            "scope": " ".join(registration.scopes),
        }
        return Departure(f"{self.facts.addresses['authorise']}?{urlencode(asked, quote_via=quote)}", "")

    def issuer(self, registration: Registration, secret: str) -> str:
        """The issuer that LinkedIn's OpenID configuration names."""
        return self.facts.addresses["issuer"]

    def exchange(self, outbound: Outbound, registration: Registration, code: str, secret: str) -> Tokens:
        """Trades the callback's code for tokens ("Authorization Code Flow", step 3).

        Beside them are kept whose they are, since each post names its author, and when they were given.
        """
        heard = _Heard()
        url = self.facts.addresses["token"]
        tokens = heard.dated(traded(outbound, url, registration, code, secret, tidied=heard))
        author = self.identity(outbound, registration.server, tokens).remote_id
        return replace(tokens, extra={**tokens.extra, "author": author})

    def renew(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> Tokens:
        """New tokens where LinkedIn gave a refresh token ("Programmatic Refresh Tokens"), the same ones elsewhere.

        The refresh token is not replaced, and ends a year after the person's consent, however often it is used.
        """
        if not tokens.refresh:
            return tokens
        heard = _Heard()
        return heard.dated(
            renewed(outbound, self.facts.addresses["token"], registration, tokens, tidied=heard)
        )

    def revoke(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> None:
        """Does nothing: LinkedIn documents no way to give a member's tokens back. [M]

        They end by themselves within 60 days, or when the member removes us under her permitted services.
        """

    def identity(self, outbound: Outbound, server: str, tokens: Tokens) -> Identity:
        """Whose account the tokens open ("Sign In with LinkedIn", userinfo); without handle or address."""
        url = self.facts.addresses["userinfo"]
        person = table(Access(outbound, tokens).ask("GET", url))
        sub = person.get("sub")
        if not (isinstance(sub, str) and MEMBER.fullmatch(sub)):
            raise unreadable(url)
        whole = person.get("name") or f"{person.get('given_name') or ''} {person.get('family_name') or ''}"
        name = clean(str(whole))[:300] or sub
        return Identity(f"urn:li:person:{sub}", name, name, "")

    def publish(self, outbound: Outbound, server: str, tokens: Tokens, post: Post, turn: Turn) -> Posted:
        """Posts, pictures first (Posts API, "Create a Post"); only the post itself can end `Lost`."""
        if turn.is_repeat:
            self._check_repeat(post)
        access = self._access(outbound, tokens)
        author = tokens.extra.get("author") or self.identity(outbound, server, tokens).remote_id
        body = {
            "author": author,
            "commentary": little(post.text),
            "visibility": SEEN_BY[post.visibility],
            "distribution": DISTRIBUTION,
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **Attached(access, author, self.facts, self.settles_seconds).beneath(post),
        }
        url = self.facts.addresses["posts"]
        try:
            return self._posted(access.rest("POST", url, posts=True, json=body), url)
        except Duplicate as twice:
            return self._after_duplicate(twice, turn)

    def _check_repeat(self, post: Post) -> None:
        """Repeating is safe where LinkedIn will know the post again; with pictures uploaded anew it may not."""
        if not self.client.trusts_duplicates:
            raise Lost((MAY_STAND, {}))
        if not post.reshare_of and (post.images or (post.card and post.card.thumbnail)):
            raise Permanent((MAY_STAND, {}))

    def _after_duplicate(self, twice: Duplicate, turn: Turn) -> Posted:
        """A post that LinkedIn has already is ours if the answer to this very post was lost before."""
        if not turn.is_repeat:
            raise twice
        if not twice.urn:
            raise Lost((MAY_STAND, {})) from twice
        return Posted(twice.urn, self._address(twice.urn))

    def _posted(self, answer: Answer, url: str) -> Posted:
        urn = unquote(answer.headers.get("x-restli-id", ""))
        if not POST.fullmatch(urn):
            raise Lost((NONSENSE, {"server": host_of(url)}))
        return Posted(urn, self._address(urn))

    def _address(self, urn: str) -> str:
        return self.facts.addresses["post"].replace("{urn}", urn)

    def _access(self, outbound: Outbound, tokens: Tokens) -> Access:
        return Access(outbound, tokens, self.facts.version)

    def find(self, outbound: Outbound, server: str, tokens: Tokens, sought: Sought) -> Posted | None:
        """Nothing: LinkedIn lets no one read a member's posts (r_member_social is a closed permission)."""
        return None

    def recognise(self, server: str, remote_id: str, handle: str, url: str) -> str | None:
        """The post at this address, which tells no author; "" for an activity, by which nothing can be deleted. [M]"""
        path = path_at(url, self.facts.addresses["site"]) or ""
        whole = re.fullmatch(r"/feed/update/(urn:li:(?:share|ugcPost|activity):\d+)", path)
        short = re.fullmatch(r"/posts/.*[-_](share|ugcPost|activity)-(\d+)(?:-[\w-]*)?", path)
        if not (whole or short):
            return None
        urn = whole[1] if whole else f"urn:li:{short[1]}:{short[2]}" if short else ""
        return urn if POST.fullmatch(urn) else ""

    def dated(self, told: str) -> datetime | None:
        """When a post was made: the numbers of shares and activities begin with their milliseconds. [M]"""
        return moment_in(told, shift=22)

    def delete(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str) -> None:
        """Takes a post down (Posts API, "Delete Posts"); one that is gone already is no error."""
        url = f"{self.facts.addresses['posts']}/{quote(remote_id, safe='')}"
        try:
            self._access(outbound, tokens).rest("DELETE", url, headers={"X-RestLi-Method": "DELETE"})
        except Permanent as wrong:
            if wrong.status_code not in (404, 410):
                raise

    def figures(
        self, outbound: Outbound, server: str, tokens: Tokens, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """Nothing: figures of members' posts need a partner's permission (r_member_postAnalytics)."""
        return {}


class _Heard:
    """A token endpoint's answer as it is heard: its scopes parted by spaces, as the standard has it, and its time."""

    date = ""

    def __call__(self, response: requests.Response) -> requests.Response:
        self.date = response.headers.get("Date", "")
        try:
            said = response.json()
        except ValueError:
            return response
        if isinstance(said, dict) and isinstance(said.get("scope"), str):
            said["scope"] = " ".join(said["scope"].replace(",", " ").split())
            response._content = json.dumps(said).encode()
            response.encoding = "utf-8"
        return response

    def dated(self, tokens: Tokens) -> Tokens:
        """The tokens with the moment at which they were given, by LinkedIn's clock."""
        return replace(tokens, extra={**tokens.extra, "since": self.date})
