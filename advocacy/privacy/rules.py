"""The law of privacy: how long each kind of data is kept and why, and what confirms an erasure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from advocacy.errors import N_, Reason

COPY_LIFE = timedelta(days=7)
LEASE = timedelta(minutes=10)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360))
LONGEST_ADDRESS, LONGEST_WORRY = 2000, 4000


class CopyState(StrEnum):
    """Where a copy of someone's data stands."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Keeping:
    """One kind of data: how long it is kept after it was last of use (None: as `until` says), and why."""

    kind: str
    name: str
    keep: timedelta | None
    until: str
    why: str


def _days(number: int) -> timedelta:
    return timedelta(days=number)


RETENTION: tuple[Keeping, ...] = (
    Keeping("letters", N_("Letters we wrote to you"), _days(90), N_("after they were written"),
            N_("so that we can answer when one did not arrive")),
    Keeping("sessions", N_("Devices you signed in on"), _days(30), N_("after you signed out"),
            N_("so that you can see where you were signed in")),
    Keeping("sign_in_links", N_("One-time sign-in links"), _days(1), N_("after they ran out"),
            N_("they are of no use after that")),
    Keeping("authorisations", N_("Trips to a network to connect an account"), _days(1), N_("after they began"),
            N_("they are of no use after that")),
    Keeping("revocations", N_("Notes that a network was told to forget us"), _days(30), N_("after it was told"),
            N_("so that a network that did not answer is told again")),
    Keeping("attempts", N_("Tries at sending a post"), _days(90), N_("after the try"),
            N_("so that we can find out why a post did not appear")),
    Keeping("drafts", N_("Drafts of posts"), _days(90), N_("after you last typed"),
            N_("so that you find your words again")),
    Keeping("help", N_("Requests for help"), _days(365), N_("after they were closed"),
            N_("so that whoever helps knows what came before")),
    Keeping("copies", N_("Copies of your data that you asked for"), COPY_LIFE, N_("after they were made"),
            N_("so that you have time to fetch them")),
    Keeping("reports", N_("Worries that someone reported"), _days(365), N_("after they came in"),
            N_("so that we see whether the same happens again")),
    Keeping("acceptances", N_("Guidelines you accepted, and reminders of them"), _days(365),
            N_("after you stop working here"), N_("so that the organisation can show who knew which rules")),
    Keeping("audit", N_("The audit trail"), _days(730), N_("after what it records"),
            N_("so that misuse of the staff's desks can be found out")),
    Keeping("posts", N_("Your posts, with their words and short links"), None, N_("until you erase them"),
            N_("they are yours; links that you published go on working")),
    Keeping("figures", N_("Reactions to your posts, where you let them be read"), None,
            N_("until you switch it off or disconnect the account"), N_("so that you see what a post did")),
    Keeping("learning", N_("Courses and certificates"), None, N_("until you erase them"),
            N_("they are yours; nobody must prove them")),
    Keeping("points", N_("Points"), None, N_("as long as the boards stand, without your name once you erase it"),
            N_("so that a team's sum does not change after the fact")),
    Keeping("clicks", N_("Clicks on short links"), None, N_("as a number a day and link, nothing about who clicked"),
            N_("so that you see what a post did")),
)  # fmt: skip
CLEARED: tuple[Keeping, ...] = tuple(keeping for keeping in RETENTION if keeping.keep is not None)

# What stands over each part of a copy.
ROOM_NAMES = {
    "accounts": N_("You, your roles and your devices"),
    "admin": N_("Setting this place up"),
    "audit": N_("The audit trail"),
    "content": N_("Content kits and reviews"),
    "guidelines": N_("Guidelines"),
    "leaderboards": N_("Points and boards"),
    "links": N_("Short links"),
    "mail": N_("Letters"),
    "privacy": N_("Copies you asked for, and reports you closed"),
    "sharing": N_("Connected accounts and posts"),
    "training": N_("Courses and certificates"),
}


def has_run_out(keeping: Keeping, at: datetime) -> datetime:
    """The moment before which data of this kind is past its time."""
    assert keeping.keep is not None
    return at - keeping.keep


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """When to try again to make a copy after so many attempts (at least 1); None when it is time to give up."""
    return at + _WAITS[attempts - 1] if attempts <= len(_WAITS) else None


def confirms(typed: str, name: str) -> bool:
    """Whether someone typed her own name, whatever its capitals, spaces and composed letters."""
    return bool(_plain(typed)) and _plain(typed) == _plain(name)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def address_problem(address: str) -> Reason | None:
    """What stands against this as the address of a post."""
    scheme, separator, rest = address.partition("://")
    host = rest.partition("/")[0]
    if (
        scheme.lower() not in {"http", "https"}
        or not separator
        or "." not in host
        or any(c.isspace() for c in rest)
    ):
        return N_("Copy the post's address from your browser; it begins with https://."), {}
    return None


def lists(data: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists of records in what a room holds, by name; each becomes a table."""
    for name, value in data.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            yield name, value
