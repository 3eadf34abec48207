from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Entity, Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.guidelines import actions, queries
from advocacy.guidelines.rules import GuidelineWords
from advocacy.permissions import Role
from tests.makers.accounts import make_entity, make_person, make_team
from tests.makers.guidelines import make_guideline

WORDS = {"en-title": "Say it kindly", "en-body": "Text.", "en-summary": "", "fr-title": "", "fr-body": ""}


@pytest.fixture
def hr(client, database):
    """The client, signed in as someone of HR for the whole group."""
    with db.unit_of_work():
        hana = make_person("Hana", roles=[Role.HR])
    return client.sign_in(hana)


def draft_of(slug):
    with db.unit_of_work(write=False):
        guideline = queries.with_slug(slug)
        return guideline.draft.edition if guideline and guideline.draft else 0


def test_the_desk_is_for_hr(client, database):
    with db.unit_of_work():
        olga = make_person("Olga")
    client.sign_in(olga)
    for place in (
        "/people/guidelines/",
        "/people/reading/",
        "/people/reading/people",
        "/people/reading/people.csv",
    ):
        assert client.get(place).status_code == 403


def test_from_the_first_word_to_the_public_page(hr):
    assert "No guidelines yet" in hr.get("/people/guidelines/").text
    assert hr.get("/people/guidelines/new").status_code == 200
    answer = hr.post("/people/guidelines/new", data=WORDS)
    assert answer.location == "/people/guidelines/say-it-kindly/draft/preview"
    page = hr.get(answer.location).text
    assert "There is no text in Français yet" in page and "Publish version 1" in page
    assert hr.get("/guidelines/say-it-kindly").status_code == 404
    answer = hr.post("/people/guidelines/say-it-kindly/versions", data={"edition": draft_of("say-it-kindly")})
    assert answer.location == "/people/guidelines/say-it-kindly"
    assert "Say it kindly" in hr.get("/guidelines/say-it-kindly").text
    assert "Say it kindly" in hr.get("/people/guidelines/").text
    assert hr.get("/people/guidelines/say-it-kindly").status_code == 200
    assert (
        hr.get("/people/guidelines/say-it-kindly/draft/preview").location
        == "/people/guidelines/say-it-kindly"
    )


def test_begin_without_a_title_keeps_what_was_typed(hr):
    answer = hr.post("/people/guidelines/new", data={**WORDS, "en-title": "", "en-body": "Typed for an hour"})
    assert answer.status_code == 422
    assert "Give the guideline a title." in answer.text and "Typed for an hour" in answer.text


def test_what_is_too_long_is_said_beside_the_field(hr):
    answer = hr.post("/people/guidelines/new", data={**WORDS, "en-title": "x" * 161})
    assert answer.status_code == 422 and "160" in answer.text


def test_publish_says_what_is_missing(hr):
    hr.post("/people/guidelines/new", data={**WORDS, "fr-title": "Titre seul"})
    place = "/people/guidelines/say-it-kindly"
    assert "needs a title and a body" in hr.get(f"{place}/draft/preview").text
    answer = hr.post(f"{place}/versions", data={"edition": draft_of("say-it-kindly")})
    assert answer.status_code == 422 and "needs a title and a body" in answer.text


def test_publish_what_someone_changed_meanwhile_is_a_conflict(hr):
    hr.post("/people/guidelines/new", data=WORDS)
    answer = hr.post("/people/guidelines/say-it-kindly/versions", data={"edition": 99})
    assert answer.status_code == 409 and "Someone else saved" in answer.text
    with db.unit_of_work():
        make_guideline("other")
    assert hr.post("/people/guidelines/other/versions", data={"edition": 0}).status_code == 409


def test_the_second_of_two_writers_sees_the_difference_and_may_save_again(hr):
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
    place = "/people/guidelines/kind/draft"
    assert 'name="edition" value="0"' in hr.get(place).text
    hr.post(place, data={**WORDS, "en-body": "Hers.", "edition": 0})
    answer = hr.post(place, data={**WORDS, "en-body": "Mine.", "edition": 0})
    assert answer.status_code == 409
    assert "<del>Hers.</del>" in answer.text and "<ins>Mine.</ins>" in answer.text
    edition = draft_of("kind")
    assert f'name="edition" value="{edition}"' in answer.text
    assert hr.post(place, data={**WORDS, "en-body": "Mine.", "edition": edition}).status_code == 303
    assert "Mine." in hr.get(place).text


def test_a_refused_draft_keeps_what_was_typed(hr):
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
    answer = hr.post("/people/guidelines/kind/draft", data={**WORDS, "en-summary": "s" * 301, "edition": 0})
    assert answer.status_code == 422 and "s" * 301 in answer.text


def test_hr_of_one_entity_is_told_whom_to_ask(client, database):
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
        local, entity = make_person("Local"), make_entity()
        local.grants = [Grant(role=Role.HR, entity_id=entity.id, granted_at=clock.now())]
    client.sign_in(local)
    answer = client.post("/people/guidelines/kind/draft", data={**WORDS, "edition": 0})
    assert answer.status_code == 403 and "for the whole group" in answer.text
    for place in ("new", "kind/draft"):  # before she has typed a word
        answer = client.get(f"/people/guidelines/{place}")
        assert answer.status_code == 403 and "for the whole group" in answer.text
    for place in ("", "kind"):
        page = client.get(f"/people/guidelines/{place}")
        main = page.text.partition("<main")[2]
        assert page.status_code == 200 and "for the whole group" in main and "Kindness" in main
        assert "<form" not in main and "/draft" not in main and "guidelines/new" not in main


def test_hr_of_one_entity_reads_what_is_being_written(client, database):
    with db.unit_of_work():
        guideline = make_guideline("kind", "Kindness")
        words = queries.words_of(guideline.current)
        actions.save_draft(guideline, words, asks_again=False, edition=0, by=None, at=clock.now())
        local, entity = make_person("Local"), make_entity()
        local.grants = [Grant(role=Role.HR, entity_id=entity.id, granted_at=clock.now())]
    page = client.sign_in(local).get("/people/guidelines/kind/draft/preview").text.partition("<main")[2]
    assert "Kindness" in page and "<form" not in page


@pytest.fixture
def accepted_by_three(hr):
    """A guideline that one person accepted in English and two in French, with a draft new in English alone."""
    with db.unit_of_work():
        guideline = make_guideline("kind", "Kindness", at=clock.now() - timedelta(days=2))
        for language in ("en", "fr", "fr"):
            actions.acknowledge(guideline, number=1, language=language, by=make_person(), at=clock.now())
        gone = make_person("Gone", disabled_at=clock.now())
        actions.acknowledge(guideline, number=1, language="fr", by=gone, at=clock.now())
        words = queries.words_of(guideline.current)
        words["en"] = GuidelineWords("Kindness", "A new rule.")
        actions.save_draft(guideline, words, asks_again=True, edition=0, by=None, at=clock.now())
    return hr


def test_asking_again_for_an_unchanged_language_is_warned_of_with_how_many(accepted_by_three):
    page = accepted_by_three.get("/people/guidelines/kind/draft/preview").text
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "The text in French is word for word that of version 1." in said
    assert "The text in English is word for word" not in said
    assert "Asking again would ask 3 people." in said and "would read nothing new: 2." in said
    assert re.search(r'value="yes" checked', page) and 'value="no"' in page


@pytest.mark.parametrize(("again", "counting"), [("yes", [2]), ("no", [1, 2]), ("", [2])])
def test_she_chooses_whether_everyone_is_asked_again(accepted_by_three, again, counting):
    form = {"edition": draft_of("kind"), "again": again}
    assert accepted_by_three.post("/people/guidelines/kind/versions", data=form).status_code == 303
    with db.unit_of_work(write=False):
        assert [version.number for version in queries.counting(queries.with_slug("kind"))] == counting


def test_what_is_asked_of_nobody_says_so(hr):
    hr.post("/people/guidelines/new", data=WORDS)
    place = "/people/guidelines/say-it-kindly"
    for page in (place, f"{place}/draft/preview"):
        assert "Nobody is asked to accept this guideline: it is for all staff" in hr.get(page).text
    hr.post(f"{place}/versions", data={"edition": draft_of("say-it-kindly")})
    form = {"readers": "champions", "unlocks_sharing": "", "due_days": "", "position": "3"}
    nobody = hr.post(f"{place}/readers", data=form, follow_redirects=True).text
    assert "Kept. Nobody is asked to accept it" in nobody and "it is for champions, but" in nobody
    somebody = hr.post(
        f"{place}/readers", data={**form, "readers": "everyone", "due_days": "30"}, follow_redirects=True
    ).text
    assert "Kept. It holds from now on." in somebody and "Nobody is asked" not in somebody


def test_drop_draft(hr):
    hr.post("/people/guidelines/new", data=WORDS)
    place = "/people/guidelines/say-it-kindly"
    assert hr.post(f"{place}/draft/removal", data={"edition": draft_of("say-it-kindly")}).status_code == 303
    assert hr.get(place).status_code == 404


def test_change_readers(hr):
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
    place = "/people/guidelines/kind/readers"
    form = {"readers": "champions", "unlocks_sharing": "y", "due_days": "", "position": "3"}
    assert hr.post(place, data=form).status_code == 303
    with db.unit_of_work(write=False):
        assert queries.with_slug("kind").position == 3
    assert hr.post(place, data={**form, "due_days": "999"}).status_code == 422


def test_retire(hr):
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
    place = "/people/guidelines/kind/retirement"
    assert hr.post(place).status_code == 303
    assert hr.get("/guidelines/kind").status_code == 404
    assert "in force again" in hr.get("/people/guidelines/kind").text
    hr.post(place, data={"back": 1})
    assert hr.get("/guidelines/kind").status_code == 200


@pytest.fixture
def staff(database) -> tuple[Person, Person]:
    """Ada has accepted; =Bob is overdue, in another entity."""
    with db.unit_of_work():
        long_ago = clock.now() - timedelta(days=50)
        guideline = make_guideline("kind", "Kindness", at=long_ago)
        first, second = make_entity("alpha", name="Alpha"), make_entity("beta", name="Beta")
        ada = make_person(
            "Ada", entity=first, team=make_team(first, "care", name="Care"), created_at=long_ago
        )
        bob = make_person("=Bob", entity=second, created_at=long_ago)
        actions.acknowledge(guideline, number=1, language="en", by=ada, at=long_ago)
        return ada, bob


def trail(verb):
    with db.unit_of_work(write=False):
        return db.session.scalars(
            sa.select(AuditLine).where(AuditLine.verb == verb).order_by(AuditLine.id)
        ).all()


@pytest.fixture
def larger(staff):
    """Alpha's Care team has five people and Beta one, so that Alpha alone is spoken of by its name."""
    with db.unit_of_work():
        ada = db.session.get(Person, staff[0].id)
        for _ in range(4):
            make_person(entity=ada.entity, team=ada.team)


def table(page):
    """What the overview's table says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<tbody>")[1].split("</tbody>")[0]))


def test_reading_by_entity_and_team(hr, larger):
    with db.unit_of_work():
        for _ in range(4):
            make_person(entity=db.session.scalars(sa.select(Entity).where(Entity.slug == "beta")).one())
            make_person()
    page = table(hr.get("/people/reading/").text)
    assert "Alpha 1 4 0 1 of 5 accepted" in page and "Beta 0 4 1 0 of 5 accepted" in page
    assert "Ada" not in page
    assert "Care" in table(hr.get("/people/reading/?by=team").text)
    assert trail("reading.look") == []


def test_reading_shows_no_figures_about_a_few(hr, staff):
    page = hr.get("/people/reading/").text
    assert "Alpha" not in page and "Beta" not in page
    assert "Smaller companies not shown not shown not shown not shown" in table(page)
    assert "Groups of fewer than 5 people stand together" in page


def test_reading_puts_a_few_with_the_next_smallest(hr, larger):
    assert "Alpha" not in hr.get("/people/reading/").text
    with db.unit_of_work():
        for _ in range(6):
            make_person("Of three", entity=db.session.scalars(sa.select(Entity)).first())
    page = table(hr.get("/people/reading/?by=team").text)
    assert "Smaller teams 1 5 1 1 of 7 accepted" in page and "Without a team Alpha 0 6 0" in page


@pytest.mark.parametrize(
    ("zone", "accepted", "due"),
    [
        ("Europe/Berlin", (date(2026, 10, 11), "11 October 2026"), (date(2026, 11, 6), "6 November 2026")),
        ("UTC", (date(2026, 10, 10), "10 October 2026"), (date(2026, 11, 5), "5 November 2026")),
    ],
)
def test_the_file_gives_the_same_days_as_the_page(client, database, zone, accepted, due):
    late = datetime(2026, 10, 10, 22, 30, tzinfo=UTC)  # the next day in Berlin
    with db.unit_of_work():
        hana = make_person("Hana", roles=[Role.HR], time_zone=zone, created_at=late - timedelta(days=90))
        accepted_one = make_guideline("kind", at=late - timedelta(days=20), due_days=None)
        actions.acknowledge(accepted_one, number=1, language="en", by=hana, at=late)
        make_guideline("second", at=datetime(2026, 10, 6, 23, 30, tzinfo=UTC))
    client.sign_in(hana)
    rows = list(csv.reader(io.StringIO(client.get("/people/reading/people.csv").data.decode("utf-8-sig"))))
    assert sorted(row[7] or row[8] for row in rows[1:]) == [accepted[0].isoformat(), due[0].isoformat()]
    page = client.get("/people/reading/people").text
    assert accepted[1] in page and f"by {due[1]}" in page


def test_reading_when_nothing_is_asked(hr):
    assert "Nothing is asked of all staff yet" in hr.get("/people/reading/").text
    assert "Nobody matches" in hr.get("/people/reading/people").text
    assert hr.get("/people/reading/people.csv").text.count("\n") == 1


def test_each_look_at_people_is_audited(hr, staff):
    page = hr.get("/people/reading/people?state=overdue&guideline=kind&entity=beta").text
    assert "=Bob" in page and "Ada" not in page
    (line,) = trail("reading.look")
    assert line.by_name == "Hana"
    assert line.details == {"entity": "beta", "guideline": "kind", "state": "overdue"}
    page = hr.get("/people/reading/people?team=care&state=nonsense&entity=gone").text
    assert "Ada" in page and "state=nonsense, which means nothing here" in page and "entity=gone" in page
    assert "Nobody matches" in hr.get("/people/reading/people?name=zzz").text


def test_turning_pages_is_one_look(hr, staff):
    for page in ("", "?page=2", "?page=1"):
        hr.get(f"/people/reading/people{page}")
    assert len(trail("reading.look")) == 1
    hr.get("/people/reading/people?name=Ada")
    assert [line.details for line in trail("reading.look")] == [{}, {"name": "Ada"}]


def test_the_file_is_formula_safe_and_audited(hr, staff):
    answer = hr.get("/people/reading/people.csv?state=overdue&entity=beta")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["Name", "'=Bob"]
    assert rows[1][5:7] == ["Kindness", "Overdue"]
    assert trail("reading.export")[0].details["rows"] == 1


@pytest.mark.parametrize("name", ["entity", "team", "guideline", "state"])
def test_no_file_is_made_of_what_means_nothing(hr, staff, name):
    """A file cannot say that a filter was passed over: whoever opens it takes everyone for what she asked for."""
    answer = hr.get(f"/people/reading/people.csv?{name}=nope")
    assert answer.status_code == 400 and answer.mimetype == "text/html"
    assert f"{name}=nope, which means nothing here, so no file was made." in answer.text
    assert not trail("reading.export")
    page = hr.get(f"/people/reading/people?{name}=nope&name=Ada").text
    assert f"{name}=nope, which means nothing here. It was passed over" in page
    assert 'href="/people/reading/people.csv?name=Ada"' in page, "the file is of what stands on the page"


def test_hr_of_one_entity_sees_only_its_people(client, staff):
    with db.unit_of_work():
        local = make_person("Local")
        entity = db.session.get(Person, staff[0].id).entity
        local.grants = [Grant(role=Role.HR, entity_id=entity.id, granted_at=clock.now())]
    client.sign_in(local)
    assert "Beta" not in client.get("/people/reading/").text
    page = client.get("/people/reading/people").text
    assert "Ada" in page and "Bob" not in page and "Beta" not in page
    assert "Bob" not in client.get("/people/reading/people.csv?entity=beta").text
