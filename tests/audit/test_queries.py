"""The trail, read and filtered; a person in it, exported and erased."""

from __future__ import annotations

from datetime import timedelta

from advocacy import db
from advocacy.audit import actions, personal_data, queries
from tests.makers.accounts import make_person


def test_lines_newest_first_and_filtered(unit, at):
    ada = make_person("Ada")
    actions.record("kit.approve", by=ada, at=at, about="kit:a")
    actions.record("kit.recall", by=None, at=at + timedelta(hours=1), about="kit:b")
    actions.record("role.grant", by=ada, at=at, about="kit:a")
    db.session.flush()

    def verbs(**filters):
        return [line.verb for line in db.session.scalars(queries.lines(**filters))]

    assert verbs() == ["kit.recall", "role.grant", "kit.approve"]
    assert verbs(verb="kit.") == ["kit.recall", "kit.approve"]
    assert verbs(verb="kit.approve") == ["kit.approve"]
    assert verbs(about="kit:a", by=ada.id) == ["role.grant", "kit.approve"]
    assert list(db.session.scalars(queries.verbs())) == ["kit.approve", "kit.recall", "role.grant"]


def test_lines_of_the_system_are_written_together(unit, at):
    actions.record_each("delivery.sent", [], at=at)
    assert not list(db.session.scalars(queries.lines()))
    actions.record_each(
        "delivery.sent", [("delivery:a", {"url": "https://a.example"}), ("delivery:b", {})], at=at
    )
    lines = {line.about: (line.by_name, line.details) for line in db.session.scalars(queries.lines())}
    assert lines == {"delivery:a": (None, {"url": "https://a.example"}), "delivery:b": (None, {})}


def test_a_look_is_one_line_for_a_while(unit, at):
    """By one person, at one thing, with the same filters; a later look is another."""
    ada, eve = make_person("Ada"), make_person("Eve")

    def look(minutes, by=ada, about="reading:people", **filters):
        then = at + timedelta(minutes=minutes)
        actions.record_look("reading.look", by=by, at=then, about=about, details=filters)
        db.session.flush()
        return len(list(db.session.scalars(queries.lines("reading.look"))))

    assert [look(0), look(1), look(14, state="due"), look(14), look(15)] == [1, 1, 2, 2, 3]
    assert [look(16, by=eve), look(16, about="reading:other")] == [4, 5]


def test_personal_data(unit, at):
    ada, eve = make_person("Ada"), make_person("Eve")
    actions.record("kit.approve", by=ada, at=at, about="kit:a")
    actions.record("role.grant", by=eve, at=at, about=f"person:{ada.code}")
    db.session.flush()
    held = personal_data.export(ada)["audit_trail"]
    assert [(line["verb"], line["by_me"]) for line in held] == [("kit.approve", True), ("role.grant", False)]
    personal_data.erase(ada, by=ada, at=at)
    db.session.expire_all()
    names = [line.by_name for line in db.session.scalars(queries.lines())]
    assert names == ["Eve", f"person:{ada.code}"]
