"""The law of stages, audiences, languages and approvals."""

from datetime import UTC, datetime, timedelta

import pytest

from advocacy.content.rules import (
    Audience,
    AudienceKind,
    KitState,
    Reader,
    Stage,
    best_language,
    covers,
    instant,
    is_out,
    local,
    matches,
    reason_against_approval,
    stage,
)
from advocacy.errors import Refused
from tests.makers.accounts import AT

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "publish", "expires", "expected"),
    [
        (KitState.DRAFT, AT - HOUR, None, Stage.DRAFT),
        (KitState.IN_REVIEW, AT - HOUR, None, Stage.IN_REVIEW),
        (KitState.RECALLED, AT - HOUR, None, Stage.RECALLED),
        (KitState.APPROVED, None, None, Stage.SCHEDULED),
        (KitState.APPROVED, AT + HOUR, None, Stage.SCHEDULED),
        (KitState.APPROVED, AT, None, Stage.OUT),
        (KitState.APPROVED, AT - HOUR, AT + HOUR, Stage.OUT),
        (KitState.APPROVED, AT - HOUR, AT, Stage.EXPIRED),
    ],
)
def test_stage(state: KitState, publish: datetime | None, expires: datetime | None, expected: Stage) -> None:
    assert stage(state, publish, expires, AT) is expected


def test_is_out_asks_a_kit() -> None:
    class Timed:
        state, publish_at, expires_at = KitState.APPROVED, AT, None

    assert is_out(Timed(), AT)
    assert not is_out(Timed(), AT - HOUR)


READER = Reader(entity="norge", country="no", language="pt-BR", team="care", topics=frozenset({"product"}))


@pytest.mark.parametrize(
    ("audience", "met"),
    [
        (Audience(), True),
        (Audience(entities=("norge",)), True),
        (Audience(entities=("ireland", "norge")), True),
        (Audience(entities=("ireland",)), False),
        (Audience(countries=("NO",)), True),
        (Audience(countries=("no",)), True),
        (Audience(countries=("IE",)), False),
        (Audience(languages=("pt",)), True),
        (Audience(languages=("PT-br",)), True),
        (Audience(languages=("pt-pt",)), False),
        (Audience(teams=("care",)), True),
        (Audience(teams=("shops",)), False),
        (Audience(topics=("people", "product")), True),
        (Audience(topics=("people",)), False),
        (Audience(entities=("norge",), languages=("en",)), False),
        (Audience(entities=("norge",), languages=("en", "pt")), True),
    ],
)
def test_an_audience_joins_kinds_by_and_and_values_by_or(audience: Audience, met: bool) -> None:
    assert matches(audience, READER) is met


def test_who_belongs_nowhere_meets_only_what_is_for_everyone() -> None:
    nobody = Reader()
    assert matches(Audience(), nobody)
    for audience in (
        Audience(entities=("a",)),
        Audience(countries=("IE",)),
        Audience(teams=("t",)),
        Audience(topics=("x",)),
    ):
        assert not matches(audience, nobody)


def test_an_audience_is_tidied_and_comes_back_from_its_lines() -> None:
    audience = Audience(entities=(" b", "a", "a", ""), countries=("no",), languages=("NB",))
    assert audience == Audience(entities=("a", "b"), countries=("NO",), languages=("nb",))
    assert audience.lines()[0] == (AudienceKind.ENTITY, "a")
    assert Audience.of(audience.lines()) == audience


@pytest.mark.parametrize(
    ("offered", "wanted", "chosen"),
    [
        (["en", "fr"], ["fr", "nb"], "fr"),
        (["en", "fr"], ["fr-CA"], "fr"),
        (["pt-br"], ["pt"], "pt-br"),
        (["de", "nb"], ["fr", "nb"], "nb"),
        (["de", "en"], ["fr", None], "en"),
        (["nb", "de"], ["fr"], "de"),
        ([], ["fr"], None),
    ],
)
def test_best_language(offered: list[str], wanted: list[str | None], chosen: str | None) -> None:
    assert best_language(offered, *wanted) == chosen


def test_a_permission_for_one_entity_does_not_reach_the_group() -> None:
    assert covers(None, None)
    assert covers(None, 3)
    assert covers({3}, 3)
    assert not covers({3}, 4)
    assert not covers({3}, None)


def test_neither_author_nor_editor_approves() -> None:
    assert reason_against_approval(KitState.DRAFT, {1}, 2)
    assert reason_against_approval(KitState.IN_REVIEW, {1, 2}, 2)
    assert reason_against_approval(KitState.IN_REVIEW, {1, None}, 2) is None


def test_times_are_read_and_shown_in_the_editors_zone() -> None:
    assert instant("2026-11-22T14:05", "Europe/Oslo") == datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
    assert instant("", "Europe/Oslo") is None
    assert local(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "Europe/Oslo") == "2026-07-01T14:00"
    assert local(None, "UTC") == ""


def test_a_time_that_does_not_exist_that_night_is_refused() -> None:
    with pytest.raises(Refused, match="02:30 does not exist"):
        instant("2027-03-28T02:30", "Europe/Oslo")
    assert instant("2026-10-25T02:30", "Europe/Oslo") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["tomorrow", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="day and time"):
        instant(typed, "Europe/Oslo")
