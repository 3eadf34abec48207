"""Deferred work of the privacy room: making the copies that people asked for, clearing what is past its time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import render_template

from advocacy import clock, db, storage, web
from advocacy.accounts.models import Person
from advocacy.privacy import actions, queries, rules, writing
from advocacy.privacy.actions import Held

log = logging.getLogger(__name__)
UNNAMED_FOR = timedelta(days=2)  # an editor may hold a picture that she has not saved yet


def make_next(rooms: Sequence[Held], at: datetime) -> int:
    """Make the copy that has waited longest; returns 1, or 0 when none waits. Needs an application context."""
    with db.unit_of_work():
        taken = actions.claim_next(at=at)
    if taken is None:
        return 0
    copy, token = taken
    try:
        data = _copy_for(copy.person_id, rooms)
    except Exception:
        log.exception("a copy of someone's data could not be made")
        with db.unit_of_work():
            actions.note_failed(copy.id, token, at=at)
        return 1
    _keep(copy.id, token, data, at)
    return 1


def _copy_for(person_id: int, rooms: Sequence[Held]) -> bytes:
    with db.unit_of_work(write=False):
        person = db.session.get_one(Person, person_id)
        copies = {room_name(room): room.export(person) for room in rooms}
        language, zone, name = person.language, person.time_zone, person.name
    with web.written_for(language, zone):
        page = render_template(
            "privacy/copy.html", copies=copies, name=name, names=rules.ROOM_NAMES, made_at=clock.now()
        )
    return writing.packed(copies, page)


def room_name(room: Held) -> str:
    """The room of a `personal_data` module, such as "sharing"."""
    return str(getattr(room, "__name__", "")).split(".")[-2]


def _keep(copy_id: int, token: str, data: bytes, at: datetime) -> None:
    digest = storage.keep(data)
    with db.unit_of_work():
        kept = actions.note_made(copy_id, token, digest=digest, size=len(data), at=at)
    if not kept:
        storage.forget(digest)


def clear_due(at: datetime) -> int:
    """Clear what is past its time, each kind in a unit of its own; returns how many rows went."""
    rows = 0
    for keeping in rules.CLEARED:
        with db.unit_of_work():
            rows += actions.clear(keeping, at=at)
    return rows


def forget_copies(at: datetime) -> int:
    """Delete copies whose time has run out, sooner than the rest; returns how many."""
    with db.unit_of_work():
        return actions.forget_copies(at=at)


def sweep_files(at: datetime) -> int:
    """Delete files that no row has named for two days: of kits thrown away, of editors left; returns how many."""
    with db.unit_of_work(write=False):
        named = queries.named_files()
    swept = 0
    for digest in storage.kept_before(at - UNNAMED_FOR):
        if digest not in named:
            storage.forget(digest)
            swept += 1
    return swept
