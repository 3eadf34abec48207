"""How long things are kept, what confirms an erasure, what is a post's address."""

from datetime import UTC, datetime, timedelta

import pytest

from advocacy.privacy import rules

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_every_kind_of_data_says_how_long_and_why():
    assert len({kept.kind for kept in rules.RETENTION}) == len(rules.RETENTION)
    assert all(kept.name and kept.until and kept.why for kept in rules.RETENTION)
    assert {kept.kind for kept in rules.CLEARED} >= {"letters", "sessions", "copies", "audit", "drafts"}


def test_has_run_out_counts_back_from_now():
    letters = next(kept for kept in rules.CLEARED if kept.kind == "letters")
    assert rules.has_run_out(letters, AT) == AT - timedelta(days=90)


def test_next_try_waits_longer_each_time_and_gives_up():
    tries = [rules.next_try(attempts, at=AT) for attempts in range(1, 5)]
    assert tries == sorted(tries)
    assert rules.next_try(5, at=AT) is None


@pytest.mark.parametrize(
    ("typed", "name", "confirms"),
    [
        ("Ada Nyström", "Ada Nyström", True),
        ("  ada   NYSTRÖM ", "Ada Nyström", True),
        ("Ada Nystro\u0308m", "Ada Nyström", True),
        ("محمد العربي", "محمد العربي", True),
        ("Ada", "Ada Nyström", False),
        ("", "Ada", False),
        ("  ", "  ", False),
    ],
)
def test_confirms_takes_the_name_and_nothing_else(typed, name, confirms):
    assert rules.confirms(typed, name) is confirms


@pytest.mark.parametrize("address", ["https://social.example/@ada/1", "HTTP://x.example"])
def test_address_problem_takes_addresses_of_the_web(address):
    assert rules.address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x.example/1",
        "javascript://x.example",
        "https:x.example",
        "https://localhost/1",
        "https://x.example/a b",
    ],
)
def test_address_problem_refuses_what_cannot_be_a_post(address):
    assert rules.address_problem(address)


def test_lists_are_those_that_hold_records():
    data = {"a": [{"x": 1}], "b": [], "c": ["text"], "d": "text", "e": {"x": 1}}
    assert list(rules.lists(data)) == [("a", [{"x": 1}])]
