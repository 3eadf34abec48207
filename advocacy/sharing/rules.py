"""The law of sharing: what a post must say, when it goes, and what follows when a network did not answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from advocacy.errors import N_, Reason, Refused

LATE_AFTER = timedelta(hours=1)
MOST_ATTEMPTS = 8
STATE_LIFE = timedelta(minutes=15)
FURTHEST = timedelta(days=180)
SAME_WINDOW = timedelta(seconds=3)
PATIENT = timedelta(days=1)
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


class AccountKind(StrEnum):
    """What a person has an account for."""

    WORK = "work"
    PRIVATE = "private"


def not_proposed(kind: AccountKind, topics: Mapping[str, str], about: Collection[str]) -> Reason | None:
    """Why an account is not ticked for a story at first; `topics` are the account's (slug, name), `about` the story's.

    One that is for some topics is proposed for stories about these alone, a private one without any for none.
    """
    if topics.keys() & set(about):
        return None
    names = {"topics": ", ".join(topics.values())}
    if kind is AccountKind.PRIVATE:
        return (N_("Marked private, for: %(topics)s"), names) if topics else (N_("Marked private"), {})
    return (N_("Marked for: %(topics)s"), names) if topics else None


FIGURES_AFTER = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""How long after a post went out its reactions and views are read."""
FIGURES_GIVEN_UP = timedelta(days=10)


def next_reading(sent_at: datetime, *, at: datetime) -> datetime | None:
    """When a post's figures are read next, once they were read at `at`; None after the last time."""
    return next((sent_at + after for after in FIGURES_AFTER if sent_at + after > at), None)


def reading_put_off(
    sent_at: datetime, *, at: datetime, retry_after: int | None = None, retry_at: datetime | None = None
) -> datetime | None:
    """When to try again what could not be read: in an hour, never before the network said; None when it is enough."""
    again = max(at + timedelta(hours=1), asked_for(at, retry_after, retry_at) or at)
    return again if again - sent_at < FIGURES_GIVEN_UP else None


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


class AppealAnswer(StrEnum):
    """What the owner of a post says who was asked to delete or edit it, if she does not delete it."""

    CHANGED = "changed"
    KEPT = "kept"


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
    MONEY = "money"


class CallKind(StrEnum):
    """What a call to a network is for, as far as networks count calls apart."""

    POST = "post"
    MEDIA = "media"
    READ = "read"
    DELETE = "delete"
    TOKEN = "token"  # noqa: S105 - a kind of call


@dataclass(frozen=True)
class Told:
    """So many calls of a kind are left until a moment; `shared` by everybody whom our application acts for."""

    kind: CallKind
    remaining: int
    resets_at: datetime
    shared: bool = False

    @property
    def is_near_its_end(self) -> bool:
        """Whether it is worth counting by all workers together."""
        return self.remaining < (1000 if self.shared else 10)


def merged(known: Told, told: Told) -> Told:
    """What holds after a network said something new: less in the same window, whatever it says in a later one."""
    if told.resets_at > known.resets_at + SAME_WINDOW:
        return told
    if told.resets_at < known.resets_at - SAME_WINDOW:
        return known
    remaining, resets_at = min(known.remaining, told.remaining), max(known.resets_at, told.resets_at)
    return Told(known.kind, remaining, resets_at, known.shared)


def uses_attempt(first_tried_at: datetime, *, named: bool, at: datetime) -> bool:
    """Whether a try counts: one for which the network named a time does not, until it has done so for a day."""
    return not named or at - first_tried_at > PATIENT


class AfterLoss(StrEnum):
    """What to do when it is not known whether a network has posted."""

    AGAIN = "again"
    LOOK = "look"
    ASK = "ask"


def after_lost_answer(
    first_tried_at: datetime, *, idempotent_seconds: int, may_look: bool, looks: int, late: bool, at: datetime
) -> AfterLoss:
    """The same key again while the server honours it, else look among own posts, else ask the owner; never guess."""
    if not late and at - first_tried_at < timedelta(seconds=idempotent_seconds):
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
    return max(own, asked_for(at, retry_after, retry_at) or at)


def next_turn(attempts: int, *, at: datetime, named: datetime | None = None) -> datetime:
    """When to try a post again: as `next_try`, but often enough to use the hour in which it is not late."""
    own = at + timedelta(seconds=min(15 * 4 ** max(0, min(attempts, MOST_ATTEMPTS) - 1), 900))
    return max(own, named or at)


def asked_for(at: datetime, retry_after: int | None, retry_at: datetime | None) -> datetime | None:
    """The moment before which a network wants no other try; None where it named none."""
    after = at + timedelta(seconds=retry_after) if retry_after is not None else None
    return max((moment for moment in (after, retry_at) if moment is not None), default=None)


RENEW_BEFORE = timedelta(minutes=5)


def ends_soon(expires_at: datetime | None, *, at: datetime) -> bool:
    """Whether a token may end while it is in use (pictures go first, and take their time)."""
    return expires_at is not None and expires_at - at < RENEW_BEFORE


def is_late(wanted_at: datetime, *, at: datetime) -> bool:
    """Whether a post waited so long beyond its owner's time, through no will of hers, that she must be asked first."""
    return at - wanted_at > LATE_AFTER


PAID_WORDS = {
    "da": "Annonce",
    "de": "Anzeige",
    "en": "Paid partnership",
    "es": "Publicidad",
    "fr": "Collaboration commerciale",
    "it": "Pubblicità",
    "nb": "Annonse",
    "nl": "Advertentie",
    "no": "Annonse",
    "pt": "Publicidade",
    "sv": "Annons",
}
"""What a post of a story that is paid for says first, in the language of the post; English elsewhere."""


def paid_wording(wording: str, language: str) -> str:
    """A wording of where one works, with the words for a story that is paid for before it."""
    return f"{PAID_WORDS.get(language.split('-')[0].lower(), PAID_WORDS['en'])} · {wording}"


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
