"""Clicks are noted, folded into days, and forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.links import actions, jobs, personal_data, queries
from advocacy.links.models import Click, ClickDay, Link
from tests.makers.accounts import AT, make_champion


def made(person_id: int | None = None) -> Link:
    link = actions.shorten("https://n.example/a", kit_id=None, person_id=person_id, at=AT)
    db.session.flush()
    return link


def test_shorten_takes_a_code_that_was_drawn_before(unit: db.Unit) -> None:
    link = actions.shorten("https://n.example/a", kit_id=7, person_id=None, at=AT, code="abcdefghj")
    db.session.flush()
    assert queries.link("abcdefghj") is link
    assert queries.link("abcdefgh") is None


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//n.example", "ftp://n.example", "/a"])
def test_shorten_leads_to_the_web_only(url: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        actions.shorten(url, kit_id=None, person_id=None, at=AT)


def test_tagged_is_the_rules() -> None:
    assert actions.tagged("https://n.example", network="x", campaign="k").startswith(
        "https://n.example?utm_source=x"
    )


def test_clicks_are_counted_before_and_after_folding(unit: db.Unit) -> None:
    link, other = made(), made()
    for hours in (0, 1, 16):
        actions.count_click(link, at=AT + timedelta(hours=hours))
    actions.count_click(other, at=AT)
    db.session.flush()
    assert queries.clicks([link.id, other.id]) == {link.id: 3, other.id: 1}
    assert actions.fold_clicks(at=AT + timedelta(hours=20)) == 4
    assert queries.clicks([link.id, other.id]) == {link.id: 3, other.id: 1}
    assert db.session.scalars(sa.select(Click)).all() == []
    days = {(row.link_id, row.day): row.clicks for row in db.session.scalars(sa.select(ClickDay))}
    assert days == {
        (link.id, date(2026, 11, 2)): 2,
        (link.id, date(2026, 11, 3)): 1,
        (other.id, date(2026, 11, 2)): 1,
    }


def test_folding_adds_to_a_day_that_is_there(unit: db.Unit) -> None:
    link = made()
    for minutes in (0, 5):
        actions.count_click(link, at=AT + timedelta(minutes=minutes))
        actions.fold_clicks(at=AT + timedelta(minutes=minutes + 1))
    assert [row.clicks for row in db.session.scalars(sa.select(ClickDay))] == [2]


def test_folding_leaves_the_newest_and_takes_a_few_at_once(unit: db.Unit) -> None:
    link = made()
    for seconds in (0, 1, 2, 90):
        actions.count_click(link, at=AT + timedelta(seconds=seconds))
    db.session.flush()
    later = AT + timedelta(seconds=100)
    assert [actions.fold_clicks(at=later, most=2) for _ in range(3)] == [2, 1, 0]
    assert queries.clicks([link.id]) == {link.id: 4}


def test_clicks_of_no_link(unit: db.Unit) -> None:
    assert queries.clicks([]) == {}


def test_fold_due_folds_all(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST", 3)
    monkeypatch.setattr(
        actions.fold_clicks, "__kwdefaults__", {**actions.fold_clicks.__kwdefaults__, "most": 3}
    )
    with db.unit_of_work():
        link = made()
        for _ in range(7):
            actions.count_click(link, at=clock.now() - timedelta(hours=1))
    assert jobs.fold_due() == 7
    with db.unit_of_work(write=False):
        assert queries.clicks([link.id]) == {link.id: 7}
        assert db.session.scalars(sa.select(Click)).all() == []


def test_a_persons_links_are_hers_to_take_and_lead_on_when_she_is_gone(unit: db.Unit) -> None:
    ada = make_champion()
    mine = made(ada.id)
    made()
    actions.count_click(mine, at=AT)
    db.session.flush()
    told = {"code": mine.code, "leads_to": "https://n.example/a", "made_at": AT.isoformat(), "clicks": 1}
    assert personal_data.export(ada) == {"short_links": [told]}
    personal_data.erase(ada, by=None, at=AT)
    db.session.expire_all()
    assert personal_data.export(ada) == {"short_links": []}
    assert queries.link(mine.code) is not None
