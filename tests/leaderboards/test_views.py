"""The boards, my own points, and how I appear."""

from __future__ import annotations

import re
from typing import Any

import pytest

from advocacy import clock, db
from advocacy.accounts.models import Entity, Person
from advocacy.guidelines import actions as guidelines
from advocacy.leaderboards import actions, queries
from advocacy.leaderboards.models import Appearance
from tests.makers.accounts import AT, make_champion, make_entity, make_person, make_team
from tests.makers.guidelines import make_guideline
from tests.makers.leaderboards import make_agreement, make_points, make_seen, make_team_of
from tests.makers.training import make_certificate, make_course


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


pytestmark = pytest.mark.usefixtures("now", "app")


def boards(*, on: bool = True) -> tuple[Entity, Person]:
    """An entity, and a champion of it who is hidden and has 30 points."""
    with db.unit_of_work():
        entity = make_entity(name="Nordlys")
        if on:
            make_agreement(entity)
        ada = make_champion("Ada Nyström", entity=entity)
        make_points(ada, 30)
        return entity, ada


def words(answer: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_index_is_for_who_is_signed_in(client: Any) -> None:
    assert client.get("/leaderboards/").status_code == 303


def test_index_shows_teams_per_champion_and_how_it_is_computed(client: Any) -> None:
    entity, ada = boards()
    with db.unit_of_work():
        make_team_of(5, make_team(entity, name="Fibre"), 63)
    said = words(client.sign_in(ada).get("/leaderboards/"))
    assert "Rank 1 Fibre Nordlys 12.6 per champion" in said
    assert "divided by the number of its champions" in said
    assert "Clicks on your posts earn nothing" in said


def test_index_shows_my_row_to_me_alone_thanks_first(client: Any, new_client: Any) -> None:
    entity, ada = boards()
    with db.unit_of_work():
        bea = make_seen("Bea", entity, 40, pseudonym="North Star")
    mine = words(client.sign_in(ada).get("/leaderboards/?board=people"))
    assert "You: rank 2, 30 points" in mine
    assert mine.index("Thank you for this month") < mine.index("1 story shared") < mine.index("30 points")
    assert "Rank 1 NS North Star 40 points" in mine
    assert "Rank 2 AN Ada Nyström Only you see this line 30 points" in mine
    assert "Bea" not in mine
    theirs = words(new_client().sign_in(bea).get("/leaderboards/?board=people"))
    assert "You: rank 1, 40 points" in theirs
    assert "Ada" not in theirs


@pytest.mark.parametrize("period", ["week", "month", "ever", "nonsense"])
def test_index_of_each_period(client: Any, period: str) -> None:
    _entity, ada = boards()
    answer = client.sign_in(ada).get(f"/leaderboards/?board=people&period={period}")
    assert answer.status_code == 200
    assert ("2 Nov 2026, 00:00" in words(answer)) == (period == "week")


def test_index_of_people_is_off_without_an_agreement(client: Any) -> None:
    entity, ada = boards(on=False)
    with db.unit_of_work():
        make_seen("Bea", entity, 40)
    said = words(client.sign_in(ada).get("/leaderboards/?board=people"))
    assert "board is off in your company" in said
    assert "You: 30 points" in said
    assert "Bea" not in said
    assert "rank" not in said.lower().replace("share a rank", "").replace("sees your rank", "")


def test_index_of_people_is_for_who_has_joined(client: Any) -> None:
    entity, _ada = boards()
    with db.unit_of_work():
        make_seen("Bea", entity, 40)
        olga = make_person("Olga", entity=entity)
    said = words(client.sign_in(olga).get("/leaderboards/?board=people"))
    assert "For those who have joined" in said
    assert "Bea" not in said


def test_index_with_nobody_on_it(client: Any) -> None:
    _entity, ada = boards()
    client.sign_in(ada)
    assert "Nobody is on this board" in words(client.get("/leaderboards/?board=people"))
    assert "No team yet" in words(client.get("/leaderboards/"))


def test_me_tells_what_each_point_was_for(client: Any) -> None:
    _entity, ada = boards()
    with db.unit_of_work():
        make_points(
            ada, 5, reason="You read and accepted %(title)s", values={"title": "<Our> guideline"}, kind="read"
        )
    answer = client.sign_in(ada).get("/leaderboards/me")
    said = words(answer)
    assert "35 points in all" in said
    assert "You shared a story on Mastodon" in said
    assert "You read and accepted &lt;Our&gt; guideline" in said
    assert "At most 3 shares a day earn points" in said
    assert "none whatever you choose" not in said
    assert '<form method="post" action="/leaderboards/appearance"' in answer.get_data(as_text=True)


def test_me_without_points_and_before_joining(client: Any) -> None:
    with db.unit_of_work():
        olga = make_person("Olga")
    answer = client.sign_in(olga).get("/leaderboards/me")
    assert "No points yet" in words(answer)
    assert "/leaderboards/appearance" not in answer.get_data(as_text=True)


def test_me_says_when_the_board_is_off(client: Any) -> None:
    _entity, ada = boards(on=False)
    assert "off in your company" in words(client.sign_in(ada).get("/leaderboards/me"))


def choose(client: Any, appearance: str, pseudonym: str = "") -> Any:
    return client.post("/leaderboards/appearance", data={"appearance": appearance, "pseudonym": pseudonym})


def test_appear_holds_at_once_and_can_be_taken_back(client: Any, new_client: Any) -> None:
    entity, ada = boards()
    with db.unit_of_work():
        bea = make_champion("Bea", entity=entity)
    client.sign_in(ada)
    other = new_client().sign_in(bea)
    for appearance, pseudonym, seen in (
        ("name", "", "Ada Nyström"),
        ("pseudonym", "North Star", "North Star"),
        ("hidden", "", "Nobody is on this board"),
    ):
        assert choose(client, appearance, pseudonym).headers["Location"] == "/leaderboards/me"
        assert seen in words(other.get("/leaderboards/?board=people"))
    assert 'value="North Star"' in client.get("/leaderboards/me").get_data(as_text=True)


@pytest.mark.parametrize(
    ("appearance", "pseudonym", "said"),
    [
        ("pseudonym", "Bea Berg", "Someone has this name already"),
        ("pseudonym", "x", "3 to 40 letters"),
        ("loud", "", "Please choose one of those"),
    ],
)
def test_appear_says_why_not_and_keeps_what_was_typed(
    client: Any, appearance: str, pseudonym: str, said: str
) -> None:
    _entity, ada = boards()
    with db.unit_of_work():
        make_person("Bea Berg")
    answer = choose(client.sign_in(ada), appearance, pseudonym)
    assert answer.status_code == 422
    assert said in words(answer)
    assert f'value="{pseudonym}"' in answer.get_data(as_text=True)
    with db.unit_of_work(write=False):
        assert queries.appearance_of(ada)[0] is Appearance.HIDDEN


def test_appear_is_for_who_has_joined(client: Any) -> None:
    with db.unit_of_work():
        olga = make_person("Olga")
    assert choose(client.sign_in(olga), "name").status_code == 403


def test_rules_to_come_are_announced(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _entity, ada = boards()
    new = actions.points_rules()[-1]
    to_come = type(new)(AT.date().replace(year=2027), {"sent": 7}, 1)
    monkeypatch.setattr(actions, "points_rules", lambda: [to_come])
    said = words(client.sign_in(ada).get("/leaderboards/me"))
    assert "Nothing at the moment." in said
    assert "From 2 November 2027" in said
    assert "At most one share a day" in said


def test_me_names_what_was_read_in_the_language_of_now(client: Any) -> None:
    """Points that were earned in English have French titles as soon as she reads French."""
    with db.unit_of_work():
        ada = make_champion("Ada", language="en")
        guideline, course = make_guideline("kind", "Kind words"), make_course("first", "First steps")
        guidelines.acknowledge(guideline, number=1, language="en", by=ada, at=AT)
        make_certificate(course, ada)
    client.sign_in(ada)
    assert "You read “Kind words”" in words(client.get("/leaderboards/me"))
    with db.unit_of_work():
        db.session.merge(ada).language = "fr"
    page = words(client.get("/leaderboards/me"))
    assert "“Kind words”" not in page and "Kind words (fr)" in page and "First steps (fr)" in page
