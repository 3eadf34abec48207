"""Every room with a person in it can hand out and erase what it holds about her."""

import importlib
import inspect

import sqlalchemy as sa

from advocacy import app as front_door
from advocacy import db
from tests.house.source import PACKAGE

assert front_door.RECORDS
SAID_BY_NAME = {"email", "person_id", "person_code", "ip_address"}


def about_a_person(table: sa.Table) -> bool:
    """Say whether a table is the people's, points at them, or names one."""
    pointing = {key.column.table.name for key in table.foreign_keys}
    return table.name == "people" or "people" in pointing or bool(SAID_BY_NAME & set(table.columns.keys()))


def rooms_with_people() -> dict[str, set[str]]:
    """Return the tables about people, by room."""
    found: dict[str, set[str]] = {}
    for mapper in db.Model.registry.mappers:
        table = mapper.local_table
        if isinstance(table, sa.Table) and about_a_person(table):
            found.setdefault(mapper.class_.__module__.split(".")[1], set()).add(table.name)
    return found


def test_every_room_with_a_person_in_it_knows_what_is_hers() -> None:
    missing = {
        room: sorted(tables)
        for room, tables in rooms_with_people().items()
        if not (PACKAGE / room / "personal_data.py").exists()
    }
    assert not missing, f"write personal_data.py with export and erase for these: {missing}"


def test_every_table_about_people_is_named_in_its_rooms_personal_data() -> None:
    """A new table with a person in it is not forgotten when she asks for her data, or to be erased."""
    unnamed = {
        f"{room}.{mapper.class_.__name__}"
        for room, tables in rooms_with_people().items()
        for mapper in db.Model.registry.mappers
        if mapper.local_table.name in tables  # type: ignore[attr-defined]
        and (file := PACKAGE / room / "personal_data.py").exists()
        and mapper.class_.__name__ not in file.read_text(encoding="utf-8")
    }
    assert not unnamed, f"export and erase these, or say in a comment there why not: {sorted(unnamed)}"


def test_personal_data_is_asked_for_alike_everywhere() -> None:
    for path in sorted(PACKAGE.glob("*/personal_data.py")):
        module = importlib.import_module(f"advocacy.{path.parent.name}.personal_data")
        assert list(inspect.signature(module.export).parameters)[:1] == ["person"], path
        erase = inspect.signature(module.erase).parameters
        assert list(erase)[:1] == ["person"], path
        assert erase["at"].kind is inspect.Parameter.KEYWORD_ONLY, path
