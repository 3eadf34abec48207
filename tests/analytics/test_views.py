"""What stories did, for those who made them, as pages and as files."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.content.shape import Text
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_champion, make_entity, make_person
from tests.makers.analytics import make_post, make_posts
from tests.makers.content import make_kit


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


pytestmark = pytest.mark.usefixtures("now", "app")


def carl(**values: Any) -> Person:
    with db.unit_of_work():
        return make_person("Carl", roles=[Role.COMMS], **values)


def words(answer: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def table(answer: Any) -> list[list[str]]:
    """A file's rows, as a spreadsheet reads them."""
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def sharers(kit: Any, number: int = 7, **values: Any) -> None:
    make_posts(kit, number, people=[make_champion(f"Sharer {n}") for n in range(number)], clicks=2, **values)


@pytest.mark.parametrize("path", ["", "weeks.csv", "stories.csv", "open-day", "open-day.csv"])
def test_figures_are_for_communications(client: Any, path: str) -> None:
    with db.unit_of_work():
        make_kit("open-day")
        hana = make_person(roles=[Role.HR, Role.ADMIN])
    assert client.sign_in(hana).get(f"/studio/figures/{path}").status_code == 403


def test_index_before_anything_was_shared(client: Any) -> None:
    assert "Nothing shared yet" in words(client.sign_in(carl()).get("/studio/figures/"))


def test_index_tells_what_moved_and_names_nobody(client: Any) -> None:
    with db.unit_of_work():
        kit = make_kit(title="Island fibre")
        sharers(kit)
        sharers(kit, 5, weeks_ago=5)
    said = words(client.sign_in(carl()).get("/studio/figures/"))
    assert "Shares went up: 7 in four weeks, 5 in the four before" in said
    assert "2 more than in the four weeks before" in said
    assert "Clicks went up: 14 in four weeks, 10 in the four before" in said
    assert "Island fibre 12 12 0 24" in said
    assert "Sharer" not in said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (9, "Shares went down: 7 in four weeks, 9 in the four before"),
        (7, "Shares stayed the same: 7 in four weeks"),
        (2, "Shares by week"),
    ],
)
def test_index_titles(client: Any, before: int, said: str) -> None:
    with db.unit_of_work():
        kit = make_kit()
        sharers(kit)
        sharers(kit, before, weeks_ago=5)
        sharers(kit, 9, weeks_ago=20)
    assert said in words(client.sign_in(carl()).get("/studio/figures/"))


def test_index_shows_few_as_fewer_than_five(client: Any) -> None:
    with db.unit_of_work():
        sharers(make_kit(), 3)
    said = words(client.sign_in(carl()).get("/studio/figures/"))
    assert "not shown last 4 weeks" in said
    assert "3" not in re.findall(r"\b\d+\b", said.split("By story", 1)[1].split("Week by week", 1)[0])


def test_index_has_pages(client: Any) -> None:
    with db.unit_of_work():
        ada = make_champion()
        for _ in range(26):
            make_post(make_kit(), ada)
    client.sign_in(carl())
    assert "Page 1 of 2" in words(client.get("/studio/figures/"))
    assert words(client.get("/studio/figures/?page=99")).count("not shown") > 1


def test_show_takes_one_story_apart(client: Any) -> None:
    with db.unit_of_work():
        kit = make_kit("island", title="Island fibre")
        sharers(kit, 8, caption=kit.captions[0])
        sharers(kit, 6, by_hand=True)
        sharers(kit, 1, network="nowhere")
        entity = make_entity(name="Nordlys")
        for _ in range(5):
            make_post(kit, make_champion(entity=entity))
    said = words(client.sign_in(carl()).get("/studio/figures/island"))
    assert "What it did: Island fibre" in said
    assert "Shares 20 in all" in said
    assert "Island fibre in one line. (any network, English) 8 16" in said
    assert "In their own words" in said
    assert "LinkedIn not shown not shown" in said  # or the one post elsewhere could be worked out
    assert "Nordlys 5 0" in said
    assert "Sharer" not in said


def test_show_a_story_that_nobody_shared(client: Any) -> None:
    with db.unit_of_work():
        make_kit("island")
    assert "Not shared yet" in words(client.sign_in(carl()).get("/studio/figures/island"))


@pytest.mark.parametrize("path", ["nothing", "nothing.csv", "island", "island.csv"])
def test_show_what_one_may_not_know_is_missing(client: Any, path: str) -> None:
    with db.unit_of_work():
        make_kit("island", entity=make_entity())
        manager = make_person(roles=[Role.COMMS])
        manager.grants[0].entity = make_entity()
    assert client.sign_in(manager).get(f"/studio/figures/{path}").status_code == 404


def test_weeks_csv(client: Any) -> None:
    with db.unit_of_work():
        kit = make_kit("island")
        sharers(kit)
        sharers(kit, 2, weeks_ago=2)
    client.sign_in(carl())
    for path in ("weeks.csv", "island.csv"):
        answer = client.get(f"/studio/figures/{path}")
        rows = table(answer)
        assert rows[0] == ["Week from (UTC)", "Shares", "Clicks"]
        assert rows[1] == ["2026-09-14", "0", "0"]
        assert rows[6] == ["2026-10-19", "not shown", "not shown"]
        assert len(rows) == 9
        assert f'filename="{path}"' in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_stories_csv_holds_no_formula(client: Any) -> None:
    with db.unit_of_work():
        kit = make_kit(texts={"en": Text('=HYPERLINK("https://evil.example")', "…")})
        sharers(kit)
    rows = table(client.sign_in(carl()).get("/studio/figures/stories.csv"))
    assert rows[1] == ['\'=HYPERLINK("https://evil.example")', "7", "7", "0", "14"]


def test_weeks_that_are_not_shown_are_told_beside_the_chart(client: Any) -> None:
    with db.unit_of_work():
        kit = make_kit("open-day")
        sharers(kit, 7)
        sharers(kit, 9, weeks_ago=1)
        sharers(kit, 2, weeks_ago=2)  # hidden, and with it the week of the seven
    page = client.sign_in(carl()).get("/studio/figures/open-day").get_data(as_text=True)
    assert 'aria-describedby="chart-shares-unseen"' in page
    note = re.search(r'id="chart-shares-unseen">(.*?)</p>', page, re.DOTALL)
    assert note and "What is not shown (a hatched column in the drawing) has fewer than 5 people" in note[1]
    shown = json.loads(re.findall(r"data-chart='([^']+)'", page)[0])
    unseen = [label for label, value in zip(shown["labels"], shown["values"], strict=True) if value is None]
    assert unseen and f"Not shown: {'; '.join(unseen)}." in note[1]
    assert shown["hidden"] == "not shown"


def test_a_chart_that_shows_all_has_no_such_words(client: Any) -> None:
    with db.unit_of_work():
        sharers(make_kit("open-day"), 7)
    assert "Hatched" not in client.sign_in(carl()).get("/studio/figures/open-day").get_data(as_text=True)
