"""Every table with a person in it can be exported and erased, and erasing leaves nothing that names her."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from advocacy import db
from advocacy.accounts import actions as accounts
from advocacy.accounts import sessions
from advocacy.accounts.models import Person
from advocacy.app import PERSONAL
from advocacy.audit import actions as audit
from advocacy.guidelines import actions as guidelines
from advocacy.leaderboards import actions as boards
from advocacy.leaderboards.models import Appearance
from advocacy.mail import actions as mail
from advocacy.privacy import actions
from advocacy.privacy.jobs import room_name
from advocacy.sharing import arranging, connecting, drafting, helping
from advocacy.sharing.connecting import Account
from advocacy.sharing.models import DeliveryState, HelpKind
from tests.house.source import PACKAGE
from tests.makers.accounts import AT, make_champion, make_team, make_topic
from tests.makers.content import make_kit
from tests.makers.guidelines import make_guideline
from tests.makers.sharing import make_nordlys, make_registration, make_share, make_tokens
from tests.makers.training import make_certificate, make_course

# Columns that say who, without a foreign key; a new way of naming someone belongs here.
WHO = re.compile(r"(^|_)(person|people|author|owner|editor)(_id|_code|_key)?$|_by$|^by_person$|^email$")
# What stands in a column of that name and is no person.
NOBODY: set[str] = set()


def points_to_someone(column: sa.Column) -> bool:
    return any(key.column.table.name == "people" for key in column.foreign_keys) or bool(
        WHO.search(column.name)
    )


def models_with_people() -> Iterator[type[db.Model]]:
    for mapper in db.Model.registry.mappers:
        table = mapper.local_table
        named = any(points_to_someone(c) for c in table.columns if f"{table.name}.{c.name}" not in NOBODY)
        if table.name == "people" or named:
            yield mapper.class_


def room_of(model: type) -> str:
    return model.__module__.split(".")[1]


def test_columns_that_name_people_are_found() -> None:
    found = {model.__tablename__ for model in models_with_people()}
    assert found >= {
        "people",
        "points",
        "links",
        "letters",
        "audit_lines",
        "reports",
        "setup_steps",
        "shares",
        "kits",
    }


def test_every_table_with_a_person_is_in_its_rooms_personal_data() -> None:
    told = {(room_name(room), model) for room in PERSONAL for model in room.TABLES}
    silent = {f"{room_of(m)}/{m.__name__}" for m in models_with_people() if (room_of(m), m) not in told}
    assert not silent, (
        f"name these in TABLES of their room's personal_data.py, export and erase them: {silent}"
    )


def test_every_personal_data_is_asked() -> None:
    """A module that nobody calls erases nothing."""
    written = {path.parent.name for path in PACKAGE.glob("*/personal_data.py")}
    assert written == {room_name(room) for room in PERSONAL}


def test_personal_data_is_asked_for_alike_everywhere() -> None:
    for room in PERSONAL:
        assert list(inspect.signature(room.export).parameters) == ["person"], room
        erase = inspect.signature(room.erase).parameters
        assert list(erase) == ["person", "by", "at"], room
        assert {erase[name].kind for name in ("by", "at")} == {inspect.Parameter.KEYWORD_ONLY}, room


def test_the_row_that_others_lean_on_comes_last() -> None:
    assert room_name(PERSONAL[-1]) == "accounts"


CANARY = "zzcanary"


def fill(at=AT) -> Person:
    """Someone who has left her name, address and words wherever they can be left."""
    nordlys = make_nordlys()
    ada = make_champion(
        f"Ada {CANARY}-name",
        email=f"{CANARY}-mail@demo.example",
        staff_id=f"{CANARY}-staff",
        entity=nordlys,
        team=make_team(nordlys),
        follows=[make_topic()],
        password_hash=f"{CANARY}-hash",
    )
    sessions.start(ada, device=f"{CANARY}-device", at=at)
    accounts.send_link(ada, at=at)
    make_certificate(make_course(), ada)
    guideline = make_guideline(at=at)
    guidelines.acknowledge(guideline, number=1, language="en", by=ada, at=at)
    mail.write(ada, kind="weekly", values={"note": f"{CANARY}-letter"}, at=at)
    mail.write(f"{CANARY}-mail@demo.example", kind="test", at=at)
    audit.record("kit.edit", by=ada, at=at, about="kit:x")
    boards.appear(Appearance.PSEUDONYM, f"{CANARY} otter", by=ada, at=at)
    account = Account(
        f"{CANARY}-remote",
        f"@{CANARY}-handle@social.example",
        f"{CANARY}-display",
        f"https://s.example/{CANARY}",
        "https://s.example",
        {},
    )
    connection = connecting.connect(make_registration(), account, make_tokens(), may_read=True, by=ada, at=at)
    trip = {
        "state": "s",
        "secret": "v",
        "session_code": "c",
        "may_read": False,
        "back_to": f"/{CANARY}-back",
    }
    connecting.begin_trip(make_registration(), by=ada, at=at, **trip)
    share = share_of(ada, connection)
    helping.ask_for_help(share, kind=HelpKind.MISTAKE, message=f"{CANARY}-help", by=ada, at=at)
    drafting.save_draft(make_kit(), "mastodon", f"{CANARY}-draft", by=ada, at=at)
    arranging.keep_help_contact(
        nordlys,
        HelpKind.PRESS,
        ada.name,
        f"{CANARY.upper()}-mail@demo.example",
        f"{CANARY}-phone",
        "",
        by=None,
        at=at,
    )
    actions.ask_for_copy(by=ada, at=at)
    make_kit(author=ada)
    return ada


def share_of(ada, connection):
    share = make_share(ada, connection=connection, text=f"{CANARY}-post #WorksAtNordlys")
    sent = make_share(ada, connection=connection, text=f"{CANARY}-sent #WorksAtNordlys").deliveries[0]
    sent.state, sent.remote_url, sent.remote_id = (
        DeliveryState.SENT,
        f"https://s.example/{CANARY}-post",
        f"{CANARY}-1",
    )
    sent.reason, sent.reason_values = "x", {"account": f"{CANARY}-reason"}
    db.session.flush()
    return share


def canaries() -> set[str]:
    """Every place in the database where one is left, with what stands there."""
    found = set()
    for table in db.Model.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            for name, value in row._mapping.items():
                shown = json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)
                if CANARY in shown.lower():
                    found.add(f"{table.name}.{name}: {shown[:80]}")
    return found


def test_export_holds_what_she_left(app: Flask) -> None:
    with db.unit_of_work():
        ada = fill()
        copy = {room_name(room): room.export(ada) for room in PERSONAL}
    told = json.dumps(copy, default=str, ensure_ascii=False)
    left = (
        "name",
        "mail",
        "staff",
        "device",
        "letter",
        "handle",
        "display",
        "post",
        "sent",
        "help",
        "draft",
        " otter",
    )
    for each in left:
        mark = f"{CANARY}{each}" if each.startswith(" ") else f"{CANARY}-{each}"
        assert mark in told, mark
    assert f"{CANARY}-hash" not in told, "a password's hash is a key, no knowledge about her"


def test_erase_leaves_nothing_that_names_her(app: Flask) -> None:
    with db.unit_of_work():
        ada = fill()
        assert len(canaries()) > 15
        actions.erase_me(PERSONAL, typed=ada.name, by=ada, at=AT)
    with db.unit_of_work(write=False):
        assert canaries() == set()


def test_erase_touches_nobody_else(app: Flask) -> None:
    with db.unit_of_work():
        eve = fill()
        before = canaries()
        ada = make_champion("Ada")
        actions.erase_me(PERSONAL, typed="Ada", by=ada, at=AT)
        assert canaries() == before and eve.email


def test_a_silent_table_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """This guard itself was seen to fail."""
    room = next(room for room in PERSONAL if room_name(room) == "links")
    assert isinstance(room, ModuleType) and room is sys.modules[room.__name__]
    monkeypatch.setattr(room, "TABLES", ())
    with pytest.raises(AssertionError, match="links/Link"):
        test_every_table_with_a_person_is_in_its_rooms_personal_data()
