"""What networks say about how many calls they still take, in the headers of any of their answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from advocacy.sharing.networks.calls import LONGEST_WAIT, http_date, wait
from advocacy.sharing.rules import CallKind, Told

MEDIA = re.compile(r"media|image|upload|blob|video", re.IGNORECASE)
TOKEN = re.compile(r"oauth|token|session|revoke|/par\b", re.IGNORECASE)
DELETION = re.compile(r"delete", re.IGNORECASE)
FAMILIES = ("x-ratelimit", "x-rate-limit", "ratelimit")
"""Mastodon's, X's and Bluesky's names (https://docs.joinmastodon.org/api/rate-limits/,
https://docs.x.com/x-api/fundamentals/rate-limits, https://docs.bsky.app/docs/advanced-guides/rate-limits)."""
OF_A_DAY = (("x-user-limit-24hour", False), ("x-app-limit-24hour", True))
"""X counts posts by the day besides, for the person and for our whole application."""


def kind_of(method: str, url: str) -> CallKind:
    """What a call is for, as far as networks count calls apart."""
    path = urlsplit(url).path
    if TOKEN.search(path):
        return CallKind.TOKEN
    if method.upper() == "GET":
        return CallKind.READ
    if method.upper() == "DELETE" or DELETION.search(path):
        return CallKind.DELETE
    return CallKind.MEDIA if MEDIA.search(path) else CallKind.POST


def heard(kind: CallKind, status: int, headers: Mapping[str, str], *, at: datetime) -> Iterator[Told]:
    """What an answer tells, in our own time: moments by the server's clock are never taken for earlier ones."""
    told_at = http_date(headers.get("date", ""))
    behind = max(timedelta(), at - told_at) if told_at else timedelta()
    latest = at + timedelta(seconds=LONGEST_WAIT)
    for family in FAMILIES:
        remaining, resets_at = _window(headers, family, at=at)
        remaining = 0 if remaining is None and status == 429 else remaining
        if remaining is not None and resets_at is not None:
            yield Told(kind, remaining, min(resets_at + behind, latest))
    if kind is CallKind.POST:
        for family, shared in OF_A_DAY:
            remaining, resets_at = _window(headers, family, at=at)
            if remaining is not None and resets_at is not None:
                yield Told(kind, remaining, min(resets_at + behind, latest), shared)
    if status in (429, 503):
        seconds, moment = wait({"retry-after": headers.get("retry-after", "")})
        if seconds is not None:
            yield Told(kind, 0, at + timedelta(seconds=seconds))
        elif moment is not None:
            yield Told(kind, 0, min(moment + behind, latest))


def _window(headers: Mapping[str, str], family: str, *, at: datetime) -> tuple[int | None, datetime | None]:
    remaining = headers.get(f"{family}-remaining", "").strip()
    known = remaining.isascii() and remaining.isdigit()
    return (int(remaining[:9]) if known else None), _moment(headers.get(f"{family}-reset", "").strip(), at)


def _moment(text: str, at: datetime) -> datetime | None:
    """Seconds since 1970, seconds from now, or a date as ISO 8601 writes it."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        seconds = int(text)
        return (
            at + timedelta(seconds=seconds)
            if seconds <= LONGEST_WAIT
            else datetime.fromtimestamp(seconds, UTC)
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
