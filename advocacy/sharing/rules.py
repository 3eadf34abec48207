"""The law of sharing: what a post must say, when it goes, and what follows when a network did not answer."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from advocacy.errors import N_, Refused

LATE_AFTER = timedelta(hours=1)
MOST_ATTEMPTS = 8
STATE_LIFE = timedelta(minutes=15)
FURTHEST = timedelta(days=180)
LOOKS = 3
"""How often own posts are looked through before a person is asked (not found at once proves nothing)."""


def server_mark(server: str) -> str:
    """What tells a server's way back to us from every other server's."""
    return hashlib.sha256(server.encode()).hexdigest()[:16]


class ConnectionState(StrEnum):
    """Whether an account can be posted to."""

    ACTIVE = "active"
    NEEDS_RECONNECTING = "needs_reconnecting"
    DISCONNECTED = "disconnected"


class DeliveryState(StrEnum):
    """Where a delivery stands; the first three are still to come to an end."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    NEEDS_RECONNECTING = "needs_reconnecting"
    HELD = "held"
    CANCELLED = "cancelled"
    OPENED = "opened"
    POSTED = "posted"
    DELETED = "deleted"


class HelpKind(StrEnum):
    """What has gone wrong."""

    ATTACKED = "attacked"
    MISTAKE = "mistake"
    PRESS = "press"
    TAKEN_OVER = "taken_over"


class HoldScope(StrEnum):
    """What a hold holds back; the narrower ones may be narrowed to one entity besides."""

    EVERYTHING = "everything"
    NETWORK = "network"
    ENTITY = "entity"
    COUNTRY = "country"
    KIT = "kit"
    TOPIC = "topic"


class Against(StrEnum):
    """What stands against a post, by what its owner can do about it."""

    CLOSED = "closed"
    PAUSED = "paused"
    ON_HOLD = "on_hold"
    OVER = "over"
    STORY = "story"
    MISSING = "missing"
    ACCOUNT = "account"
    NETWORK = "network"
    WORDS = "words"
    CHANGED = "changed"


class AfterLoss(StrEnum):
    """What to do when it is not known whether a network has posted."""

    AGAIN = "again"
    LOOK = "look"
    ASK = "ask"


def after_lost_answer(
    first_tried_at: datetime, *, idempotent_seconds: int, may_look: bool, looks: int, at: datetime
) -> AfterLoss:
    """The same key again while the server honours it, else look among own posts, else ask the owner; never guess."""
    if idempotent_seconds and at - first_tried_at < timedelta(seconds=idempotent_seconds):
        return AfterLoss.AGAIN
    if may_look and looks < LOOKS:
        return AfterLoss.LOOK
    return AfterLoss.ASK


def next_try(
    attempts: int, *, at: datetime, retry_after: int | None = None, retry_at: datetime | None = None
) -> datetime | None:
    """When to try again after `attempts` tries: never before the network said; None when it is enough."""
    if attempts >= MOST_ATTEMPTS:
        return None
    own = at + timedelta(seconds=min(15 * 4 ** (attempts - 1), 3600))
    asked = at + timedelta(seconds=retry_after) if retry_after else at
    return max(own, asked, retry_at or at)


RENEW_BEFORE = timedelta(minutes=5)


def ends_soon(expires_at: datetime | None, *, at: datetime) -> bool:
    """Whether a token may end while it is in use (pictures go first, and take their time)."""
    return expires_at is not None and expires_at - at < RENEW_BEFORE


def is_late(due_at: datetime, *, at: datetime) -> bool:
    """Whether a post waited so long through no will of its owner that she must be asked first."""
    return at - due_at > LATE_AFTER


def is_disclosed(text: str, wordings: list[str], fold: int) -> bool:
    """Whether one of the wordings stands whole before the fold (`fold` characters are seen at once)."""
    seen = text[:fold].casefold()
    return any(re.search(rf"(?<!\w){re.escape(wording.casefold())}(?!\w)", seen) for wording in wordings)


def is_web_address(address: str) -> bool:
    """Whether an address that a person gives may stand on a page as a link."""
    return re.fullmatch(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", address) is not None and len(address) <= 2000


def closing_text(words: str, wording: str, link: str) -> str:
    """The post with its disclosure and link at the end."""
    return "\n\n".join(part for part in (words.strip(), " ".join(filter(None, (wording, link)))) if part)


def opening_text(words: str, wording: str, link: str) -> str:
    """The post with its disclosure at the beginning, for long posts on networks that fold them."""
    return "\n\n".join(part for part in (wording, words.strip(), link) if part)


def moment(local: str, zone: str, *, at: datetime) -> datetime:
    """The instant that a person means by a local time ("2026-11-22T09:30") in her zone.

    A time that comes twice means the first; one that the clocks leap over, lies behind or too far ahead is refused.
    """
    try:
        naive = datetime.strptime(local[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - her zone follows
        there = naive.replace(tzinfo=ZoneInfo(zone))
        instant = there.astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
        raise Refused(
            N_("Please give a day and a time, such as 2026-11-22 09:30."), field="local_time"
        ) from error
    if instant.astimezone(there.tzinfo).replace(tzinfo=None) != naive:
        raise Refused(
            N_(
                "%(time)s does not exist that night in %(zone)s: the clocks go forward. Choose an hour later."
            ),
            field="local_time",
            time=f"{naive:%H:%M}",
            zone=zone.replace("_", " "),
        )
    if instant <= at:
        raise Refused(
            N_("This time has passed already. Choose a later one, or share now."), field="local_time"
        )
    if instant > at + FURTHEST:
        raise Refused(N_("Choose a time within the next six months."), field="local_time")
    return instant
