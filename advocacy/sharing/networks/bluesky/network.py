"""Bluesky's connector: an account on any server of the AT Protocol (https://docs.bsky.app/docs/get-started)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from advocacy.errors import N_, Reason
from advocacy.http import Outbound
from advocacy.sharing.networks.addressed import path_at
from advocacy.sharing.networks.bluesky import application, oauth, password, reading, resolving, xrpc
from advocacy.sharing.networks.bluesky.pictures import fitted
from advocacy.sharing.networks.bluesky.record import COLLECTION, names, record
from advocacy.sharing.networks.bluesky.tid import moment_of, tid
from advocacy.sharing.networks.calls import LOST, host_of, table
from advocacy.sharing.networks.facts import Facts, Previewed
from advocacy.sharing.networks.interface import (
    Abilities,
    Client,
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

UPLOAD_SECONDS = 60.0
MENTION_SECONDS = 5.0
TAKEN = N_("%(server)s keeps another post where yours was to stand. Please share it anew.")
STRANGER = N_("This is not a post of the account that is connected.")
NO_PERSON = N_("Please type your own handle, such as you.bsky.social: a server's address is not enough here.")


class Bluesky(Previewed):
    """A person's own account, wherever it is kept."""

    can = Abilities(
        readable=True, reads_openly=True, deletes=True, renews=True, tells_figures=True, many_servers=True,
        names_issuer=True, passwords=True, cards=True,
    )  # fmt: skip

    def __init__(self, facts: Facts, client: Client) -> None:
        super().__init__(facts)
        self.client = client
        self.is_ready = application.is_sound(client) and bool(facts.addresses and facts.scopes)
        self.is_published = self.is_ready and application.is_published(client)

    def server_address(self, outbound: Outbound, typed: str) -> str:
        """The server that keeps the account of the handle or DID that was typed, or the server that was."""
        return resolving.meant(outbound, self.facts.addresses, typed).server

    def limits(self, outbound: Outbound, server: str) -> Limits:
        """The network's own limits: they are part of the post's definition (lexicon app.bsky.feed.post)."""
        return self.facts.limits

    def problems(self, text: str, images: Sequence[Image] = (), limits: Limits | None = None) -> list[Reason]:
        """Everything for which Bluesky would refuse this post; a large picture is made smaller instead."""
        return super().problems(text, images, replace(limits or self.facts.limits, image_bytes=0))

    def register(
        self, outbound: Outbound, server: str, redirect_uri: str, app_name: str, website: str
    ) -> Registration:
        """Nothing is asked: servers read who we are at our own address."""
        named = application.client_id(self.client, redirect_uri, self.facts.scopes)
        return Registration(server, redirect_uri, named, "", self.facts.scopes)

    def client_document(self, redirect_uri: str) -> dict[str, Any]:
        """What servers read of us at our own address."""
        return application.document(self.client, redirect_uri, self.facts.scopes)

    def client_keys(self) -> dict[str, Any]:
        """The public keys that servers check our signatures by."""
        return application.key_set(self.client)

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
        """Where the person allows us to post; reading asks for nothing more, since every post is public."""
        meant = resolving.meant(outbound, self.facts.addresses, typed or registration.server)
        return oauth.depart(outbound, self.client, registration, state, meant, again=again)

    def issuer(self, registration: Registration, secret: str) -> str:
        """The authorisation server that the trip led to."""
        return oauth.Trip.from_text(secret).issuer

    def exchange(self, outbound: Outbound, registration: Registration, code: str, secret: str) -> Tokens:
        """Trades the callback's code for tokens bound to the trip's key."""
        trip = oauth.Trip.from_text(secret)
        return oauth.exchange(outbound, self.client, registration, code, trip, self.facts.addresses)

    def by_password(self, outbound: Outbound, typed: str, word: str) -> Tokens:
        """Tokens for a password that the person made for this product; her own password is refused."""
        meant = resolving.meant(outbound, self.facts.addresses, typed)
        if meant.account is None:
            raise Permanent((NO_PERSON, {}))
        return password.sign_in(outbound, meant.account, word)

    def renew(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> Tokens:
        """New tokens for old; the old refresh token is good once."""
        if "key" in tokens.extra:
            return oauth.renew(outbound, self.client, registration, tokens)
        return password.renew(outbound, tokens)

    def revoke(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> None:
        """Ends the session; one that is over already is no error."""
        if "key" in tokens.extra:
            oauth.revoke(outbound, self.client, registration, tokens)
        else:
            password.revoke(outbound, tokens)

    def identity(self, outbound: Outbound, server: str, tokens: Tokens) -> Identity:
        """Whose account the tokens open (com.atproto.server.getSession), by the handle that was proven on the way."""
        did, pds = tokens.extra.get("did", ""), _pds(server, tokens)
        said = table(xrpc.call(outbound, "GET", "com.atproto.server.getSession", tokens, pds))
        if said.get("did") != did or not did:
            raise Permanent(resolving.strange(pds))
        who = _who(tokens)
        shown = reading.display_name(outbound, pds, did) or who
        url = self.facts.addresses["profile"].format(who=quote(who, safe=":"))
        return Identity(did, who if who == did else f"@{who}", shown, url, pds)

    def publish(self, outbound: Outbound, server: str, tokens: Tokens, post: Post, turn: Turn) -> Posted:
        """Writes the post at a key of its own, where nothing stands (com.atproto.repo.putRecord): a repeat is safe."""
        pds, key = _pds(server, tokens), tid(turn.first_at, turn.key)
        made = record(
            post,
            turn.first_at,
            did_of=lambda handle: self._mentioned(outbound, handle),
            upload=lambda image: self.upload(outbound, server, tokens, image),
        )
        sent = {"repo": tokens.extra["did"], "collection": COLLECTION, "rkey": key, "record": made}
        put, body = "com.atproto.repo.putRecord", {**sent, "swapRecord": None}
        try:
            answer = xrpc.call(outbound, "POST", put, tokens, pds, posts=True, json=body)
        except Permanent as refused:
            if refused.code != "InvalidSwap":
                raise
            _check_ours(reading.kept(outbound, pds, tokens.extra["did"], COLLECTION, key), made, pds)
        else:
            if table(answer).get("uri") != _uri(tokens, key):
                raise Lost((LOST, {"server": host_of(pds)}))
        return self._posted(tokens, key)

    def upload(
        self, outbound: Outbound, server: str, tokens: Tokens, image: Image
    ) -> tuple[Mapping[str, Any], tuple[int, int] | None]:
        """Hands a picture over (com.atproto.repo.uploadBlob), made smaller where it is too large."""
        small, size = fitted(image, self.facts.limits.image_bytes)
        sent: dict[str, Any] = {
            "headers": {"Content-Type": small.media_type},
            "data": small.data,
            "total": UPLOAD_SECONDS,
        }
        pds = _pds(server, tokens)
        blob = table(xrpc.call(outbound, "POST", "com.atproto.repo.uploadBlob", tokens, pds, **sent)).get(
            "blob"
        )
        if not isinstance(blob, dict):
            raise Temporary(resolving.strange(pds))
        return blob, size

    def _mentioned(self, outbound: Outbound, handle: str) -> str:
        try:
            return resolving.resolved(outbound, self.facts.addresses, handle, total=MENTION_SECONDS)
        except Outcome:
            return ""

    def _posted(self, tokens: Tokens, key: str) -> Posted:
        page = self.facts.addresses["post"].format(who=quote(_who(tokens), safe=":"), key=key)
        return Posted(_uri(tokens, key), page)

    def find(self, outbound: Outbound, server: str, tokens: Tokens, sought: Sought) -> Posted | None:
        """The person's own post with this link, or without one these very words, since then."""
        key = reading.sought_key(outbound, _pds(server, tokens), tokens.extra["did"], sought)
        return self._posted(tokens, key) if key else None

    def recognise(self, server: str, remote_id: str, handle: str, url: str) -> str | None:
        """The record of the account's own post at this address, which names its author by handle or DID."""
        path = path_at(url, self.facts.addresses["post"]) or ""
        who = "|".join(re.escape(one) for one in (handle.strip("@"), remote_id))
        found = re.fullmatch(rf"/profile/(?i:{who})/post/([A-Za-z0-9]+)", path)
        return f"at://{remote_id}/{COLLECTION}/{found[1]}" if found else None

    def dated(self, told: str) -> datetime | None:
        """When a post was made: a record's key holds that."""
        return moment_of(told.rpartition("/")[2])

    def leads(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str, link: str) -> bool:
        """Whether this post leads to our link; every record is public."""
        place = reading.place(remote_id)
        found = reading.kept(outbound, _pds(server, tokens), *place) if place else None
        return found is not None and names(found, link)

    def delete(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str) -> None:
        """Takes a post down (com.atproto.repo.deleteRecord); one that is gone already is no error there either."""
        place = reading.place(remote_id)
        if place is None or place[0] != tokens.extra.get("did"):
            raise Permanent((STRANGER, {}))
        sent = dict(zip(("repo", "collection", "rkey"), place, strict=True))
        xrpc.call(outbound, "POST", "com.atproto.repo.deleteRecord", tokens, _pds(server, tokens), json=sent)

    def figures(
        self, outbound: Outbound, server: str, tokens: Tokens, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """What others did with her posts; a server of its own network may count nothing."""
        return reading.figures(outbound, self.facts.addresses["figures"], remote_ids)


def _pds(server: str, tokens: Tokens) -> str:
    """The server that keeps the account; tokens may have come by an entrance for several."""
    return tokens.extra.get("pds") or server


def _who(tokens: Tokens) -> str:
    return tokens.extra.get("handle") or tokens.extra.get("did", "")


def _uri(tokens: Tokens, key: str) -> str:
    return f"at://{tokens.extra['did']}/{COLLECTION}/{key}"


def _check_ours(kept: Mapping[str, Any] | None, made: Mapping[str, Any], pds: str) -> None:
    """The post at our key is ours from an earlier turn if it has our words and our moment; raises Permanent if not.

    Its small print may differ: a mention that was found this time, a picture encoded by a newer library.
    """
    if kept is None or any(kept.get(name) != made[name] for name in ("text", "createdAt")):
        raise Permanent((TAKEN, {"server": host_of(pds)}))
