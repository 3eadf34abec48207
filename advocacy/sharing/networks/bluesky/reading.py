"""What stands in an account's repository and what the network counts of it: all of it is public (https://atproto.com/specs/repository)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from advocacy.http import Outbound
from advocacy.sharing.networks.bluesky.record import COLLECTION, names
from advocacy.sharing.networks.bluesky.xrpc import TROUBLE
from advocacy.sharing.networks.calls import call, clean, host_of, number, table
from advocacy.sharing.networks.counting import plain
from advocacy.sharing.networks.interface import (
    Figures,
    NeedsReconnecting,
    Outcome,
    Permanent,
    Sought,
    Temporary,
)
from advocacy.sharing.networks.matching import when

AT_ONCE = 25
LATEST = "50"
MOST_BYTES = 4_000_000
ADDRESS = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9.%:-]+)/([A-Za-z0-9.]+)/([A-Za-z0-9._~:-]{1,512})")


def place(uri: Any) -> tuple[str, str, str] | None:
    """The repository, collection and key in a record's address; None if it is none."""
    found = ADDRESS.fullmatch(uri) if isinstance(uri, str) else None
    return (found[1], found[2], found[3]) if found else None


def kept(outbound: Outbound, pds: str, did: str, collection: str, key: str) -> dict[str, Any] | None:
    """One record (com.atproto.repo.getRecord), None if there is none."""
    asked = urlencode({"repo": did, "collection": collection, "rkey": key})
    try:
        value = _public(outbound, f"{pds}/xrpc/com.atproto.repo.getRecord?{asked}").get("value")
    except Permanent as wrong:
        if wrong.status_code not in (400, 404):
            raise
        return None
    return value if isinstance(value, dict) else None


def _public(outbound: Outbound, url: str) -> dict[str, Any]:
    """What anyone may read; no token was shown, so that a refusal says nothing of it."""
    try:
        return table(call(outbound, "GET", url, max_bytes=MOST_BYTES))
    except NeedsReconnecting as closed:
        raise Temporary((TROUBLE, {"server": host_of(url)})) from closed


def display_name(outbound: Outbound, pds: str, did: str) -> str:
    """What a person calls herself, "" if she does not: her profile is a record too."""
    try:
        profile = kept(outbound, pds, did, "app.bsky.actor.profile", "self") or {}
    except Outcome:
        return ""
    name = profile.get("displayName")
    return clean(name)[:300] if isinstance(name, str) else ""


def sought_key(outbound: Outbound, pds: str, did: str, sought: Sought) -> str:
    """The key of the sought post among the latest ones (com.atproto.repo.listRecords), "" if it is not there."""
    asked = urlencode({"repo": did, "collection": COLLECTION, "limit": LATEST})
    url = f"{pds}/xrpc/com.atproto.repo.listRecords?{asked}"
    for one in _rows(_public(outbound, url).get("records")):
        where, value = place(one.get("uri")), one.get("value")
        if where and where[:2] == (did, COLLECTION) and isinstance(value, dict) and _is_sought(value, sought):
            return where[2]
    return ""


def _is_sought(value: Mapping[str, Any], sought: Sought) -> bool:
    at = when(value.get("createdAt"))
    if at is None or at < sought.since:
        return False
    return names(value, sought.link) if sought.link else value.get("text") == plain(sought.text)


def figures(outbound: Outbound, address: str, uris: Sequence[str]) -> dict[str, Figures]:
    """What others did with posts, as the network's public view counts (app.bsky.feed.getPosts); no token is shown."""
    found: dict[str, Figures] = {}
    for start in range(0, len(uris), AT_ONCE):
        asked = urlencode([("uris", one) for one in uris[start : start + AT_ONCE]])
        try:
            answer = call(outbound, "GET", f"{address}?{asked}", max_bytes=MOST_BYTES)
        except Permanent:
            return {}  # a network of one's own may have no such view, nor one that is open to all
        except Temporary as wrong:
            if wrong.status_code != 502:
                raise
            return {}
        posts = {one.get("uri"): one for one in _rows(table(answer).get("posts"))}
        found |= {uri: _counted(posts[uri]) for uri in uris if uri in posts}
    return found


def _counted(post: Mapping[str, Any]) -> Figures:
    shared = [number(post.get(name)) for name in ("repostCount", "quoteCount")]
    told = [one for one in shared if one is not None]
    return Figures(
        reactions=number(post.get("likeCount")),
        replies=number(post.get("replyCount")),
        reshares=sum(told) if told else None,
    )


def _rows(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
