"""A server of the fediverse: its address from what people type, and what it says about itself."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from urllib.parse import urlsplit

import idna

from advocacy.errors import N_
from advocacy.http import Outbound
from advocacy.sharing.networks.calls import call, table
from advocacy.sharing.networks.interface import Limits, Outcome, Permanent

NO_ADDRESS = N_("This is not a server's address. It looks like mastodon.social, without your own name.")
NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*")
# Servers that count their versions like Mastodon and name no other product are taken to honour Idempotency-Key.
MASTODON_VERSION = re.compile(r"(?:[2-9]|[1-9]\d)\.\d+")


def address(outbound: Outbound, typed: str) -> str:
    """The server's address from what a person typed: a name, an address, or her handle; raises Permanent."""
    scheme, _, rest = typed.strip().rpartition("://")
    place = re.split(r"[/?#\s]", rest.removeprefix("acct:"), maxsplit=1)[0].rpartition("@")[2]
    try:
        parts = urlsplit(f"//{place}")
        host, port = _ascii(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError) as wrong:
        raise Permanent((NO_ADDRESS, {})) from wrong
    shown = f"[{host}]" if ":" in host else host
    if outbound.opens(host, port or (80 if scheme == "http" else 443)):
        plainly = scheme == "http" or (not scheme and port not in (None, 443))
        usual = 80 if plainly else 443
        return f"{'http' if plainly else 'https'}://{shown}" + (
            f":{port}" if port not in (None, usual) else ""
        )
    if port not in (None, 443) or not NAME.fullmatch(host):
        raise Permanent((NO_ADDRESS, {}))
    return f"https://{shown}"


def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")


def identity_scope(outbound: Outbound, server: str) -> str:
    """The least scope that tells whose account it is: `profile`, or `read:accounts` before Mastodon 4.3."""
    try:
        answer = call(outbound, "GET", f"{server}/.well-known/oauth-authorization-server")
    except Outcome as wrong:
        if wrong.status_code is None:  # it was not reached at all, or must not be
            raise
        return "read:accounts"
    scopes = table(answer).get("scopes_supported")
    return "profile" if isinstance(scopes, list) and "profile" in scopes else "read:accounts"


def limits(outbound: Outbound, server: str, defaults: Limits) -> Limits:
    """The server's own limits, or the defaults where it does not say; never raises."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            said = table(call(outbound, "GET", f"{server}{path}"))
        except Outcome:
            continue
        if said:
            return _read(said, defaults)
    return dataclasses.replace(defaults, idempotent_seconds=0)


def _read(said: dict[str, Any], defaults: Limits) -> Limits:
    configuration = _part(said, "configuration")
    statuses, media = _part(configuration, "statuses"), _part(configuration, "media_attachments")
    kinds = media.get("supported_mime_types")
    ours = tuple(kind for kind in defaults.media_types if isinstance(kinds, list) and kind in kinds)
    return Limits(
        characters=_whole(statuses.get("max_characters") or said.get("max_toot_chars"), defaults.characters),
        url_length=_whole(statuses.get("characters_reserved_per_url"), defaults.url_length),
        images=_whole(statuses.get("max_media_attachments"), defaults.images),
        image_bytes=_whole(media.get("image_size_limit") or said.get("upload_limit"), defaults.image_bytes),
        alt_characters=_whole(media.get("description_limit"), defaults.alt_characters),
        media_types=ours or defaults.media_types,
        idempotent_seconds=defaults.idempotent_seconds if _honours_keys(said) else 0,
    )


def _honours_keys(said: dict[str, Any]) -> bool:
    version = str(said.get("version") or "")
    return bool(MASTODON_VERSION.match(version)) and "compatible" not in version


def _part(table: dict[str, Any], name: str) -> dict[str, Any]:
    part = table.get(name)
    return part if isinstance(part, dict) else {}


def _whole(value: Any, default: int) -> int:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000_000_000
    return value if sound else default
