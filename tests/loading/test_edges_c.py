"""Odd organisations and rosters, and what is refused only as it is written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Person, Team, TopicText
from advocacy.errors import Refused, Several
from advocacy.loading.actions.organisation import keep_organisation
from advocacy.loading.actions.people import keep_people
from advocacy.loading.actions.tally import Outcome, Tally, whole
from advocacy.loading.rules import organisation, people
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.organisation import Organisation
from advocacy.loading.rules.problems import Place, Problems
from tests.makers.loading import HEADING, ORGANISATION, PEOPLE

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
INGRID = 'email = "ingrid@nordlys.example", phone = "+47 00 00 41 10"'
PLACE = Place("here.md", 3, 2)


def read(text: str) -> tuple[Organisation, list[str]]:
    problems = Problems()
    found = organisation.read(text.encode(), "organisation.toml", Known(), problems)
    return found, [one.reason for one in problems]


def test_an_organisation_needs_an_entity() -> None:
    found, reasons = read('name = "Nordlys"\n')
    assert reasons == ["entities: at least one is needed"]
    assert found == Organisation()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name_fr", "name_french", ["name_french: “french” is not a language"]),
        ('"Nordlys Ireland"', '"NORDLYS norge"', ["name: “NORDLYS norge” is the name of another entity"]),
        (
            'language = "en", wording',
            'language = "english", wording',
            ["language: “english” is not a language"],
        ),
        (f", {INGRID}", "", ["name: give an email or a phone, or nobody can be reached"]),
        (INGRID, 'email = "", phone = ""', ["name: give an email or a phone, or nobody can be reached"]),
        (
            "help = [\n",
            'help = [\n  { kind = "attacked", name = "Bo", phone = "112" },\n',
            ["kind: “attacked” stands there twice"],
        ),
        (
            "[[teams]]\n",
            '[[teams]]\nslug = "other"\nname = "plattform OG drift"\nentity = "norge"\n\n[[teams]]\n',
            ["name: “Plattform og drift” stands twice in this entity"],
        ),
    ],
)
def test_what_is_wrong_in_an_organisation_is_said(old: str, new: str, said: list[str]) -> None:
    assert old in ORGANISATION
    reasons = read(ORGANISATION.replace(old, new, 1))[1]
    assert [reason[: len(one)] for reason, one in zip(reasons, said, strict=False)] == said


def test_an_unclosed_quotation_mark_in_the_heading_is_the_only_mistake() -> None:
    problems = Problems()
    roster = people.read(f'"{HEADING}\n'.encode(), "people.csv", Known(), problems)
    assert roster.rows == []
    [problem] = problems
    assert problem.place == Place("people.csv") and "is a quotation mark missing?" in problem.reason


def keep(text: str) -> tuple[Tally, list[str]]:
    found, reasons = read(text)
    assert reasons == []
    tally, problems = Tally(), Problems()
    keep_organisation(found, at=NOW, tally=tally, problems=problems)
    return tally, [one.reason for one in problems]


def test_a_topic_with_a_new_name_is_updated(unit: db.Unit) -> None:
    assert keep(ORGANISATION)[0].counts["topics"] == {Outcome.CREATED: 1}
    tally, _ = keep(ORGANISATION.replace("Produits", "Nos produits"))
    assert tally.counts["topics"] == {Outcome.UPDATED: 1}
    assert "Nos produits" in db.session.scalars(sa.select(TopicText.name)).all()


def test_an_entity_refused_as_it_is_written_takes_its_teams_along(unit: db.Unit) -> None:
    found, _ = read(ORGANISATION)
    norge = found.entities[0]
    unreachable = replace(norge, help=(replace(norge.help[0], email="", phone=""),))
    found.entities[found.entities.index(norge)] = unreachable
    tally, problems = Tally(), Problems()
    keep_organisation(found, at=NOW, tally=tally, problems=problems)
    assert [one.reason for one in problems] == ["Give an e-mail address or a telephone number."]
    assert db.session.scalars(sa.select(Entity.slug)).all() == ["ireland"]
    assert db.session.scalars(sa.select(Team.slug)).all() == []
    assert "teams" not in tally.counts


def test_an_entity_refused_as_it_is_written_takes_its_people_along(unit: db.Unit) -> None:
    known, problems = Known(), Problems()
    organisation.read(ORGANISATION.encode(), "organisation.toml", known, problems)
    roster = people.read(PEOPLE.encode(), "people.csv", known, problems)
    keep(ORGANISATION.replace('slug = "ireland"', 'slug = "eire"'))
    keep_people(roster, at=NOW, tally=Tally(), problems=problems)
    assert [str(one) for one in problems] == [
        f"people.csv:{line}:1: the entity “ireland” was refused, so this is too" for line in (2, 4, 5)
    ]
    assert db.session.scalars(sa.select(Person.staff_id)).all() == ["N-2"]


def test_each_reason_of_a_refusal_is_a_problem(unit: db.Unit) -> None:
    problems = Problems()
    with whole(PLACE, problems):
        raise Several([("Too long: %(most)d.", {"most": 5}), ("100% wrong", {})])
    with whole(PLACE, problems):
        raise Refused("No.")
    assert problems == [(PLACE, "Too long: 5."), (PLACE, "100% wrong"), (PLACE, "No.")]
