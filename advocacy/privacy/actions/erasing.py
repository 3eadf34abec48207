"""Erasing oneself: what waits is cancelled, accounts are disconnected, every room forgets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit import actions as audit
from advocacy.errors import N_, Refused
from advocacy.privacy import rules
from advocacy.sharing import withdrawing


class Held(Protocol):
    """A room's `personal_data` module."""

    @property
    def TABLES(self) -> tuple[type[db.Model], ...]:
        """The records that speak of people."""

    def export(self, person: Person) -> dict[str, Any]:
        """Everything the room holds about a person."""

    def erase(self, person: Person, *, by: Person, at: datetime) -> None:
        """Forget it, save what the module says must stay."""


def erase_me(rooms: Iterable[Held], *, typed: str, by: Person, at: datetime) -> None:
    """Erase everything that can be traced to the one who asks; `rooms` in order, the one with her own row last.

    Raises Refused when she did not type her name, or is the last administrator of the group.
    """
    if not rules.confirms(typed, by.name):
        raise Refused(N_("Type your name as it stands here: %(name)s"), field="typed", name=by.name)
    about = f"person:{by.code}"
    withdrawing.leave(by=by, at=at)
    for room in rooms:
        room.erase(by, by=by, at=at)
        db.session.flush()
    audit.record("person.erase", by=None, at=at, about=about)
