"""Numbers, moments, and kinds of calls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advocacy.practice.x import rules
from advocacy.practice.x.mode import MODE


def test_numbers_tell_their_moment_and_are_ids() -> None:
    at = datetime(2026, 11, 25, 10, 0, 0, 123000, UTC)
    number = rules.number_at(at)
    assert rules.moment_of(number) == at and rules.is_id(str(number))
    assert rules.told(at) == "2026-11-25T10:00:00.123Z"
    assert [rules.moment_of(number).year for number, _ in rules.COMPANY.posts] == [2026, 2026]


@pytest.mark.parametrize("text", ["", "1" * 20, "9" * 19, "-1", "１", "1 ", "x", 1, None])
def test_what_is_no_id(text: object) -> None:
    assert not rules.is_id(text)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/i/oauth2/authorize", "authorize"),
        ("POST", "/2/oauth2/token", "token"),
        ("POST", "/2/oauth2/revoke", "revoke"),
        ("GET", "/2/users/me", "me"),
        ("GET", "/2/users/5/tweets", "timeline"),
        ("POST", "/2/tweets", "posts"),
        ("DELETE", "/2/tweets/5", "delete"),
        ("GET", "/2/tweets", "lookup"),
        ("POST", "/2/media/upload", "media"),
        ("POST", "/2/media/metadata", "metadata"),
        ("GET", "/2/tweets/5", "reading"),
        ("GET", "/ada", None),
        ("GET", "/i/web/status/5", None),
    ],
)
def test_every_call_has_its_kind(method: str, path: str, kind: str | None) -> None:
    assert MODE.kind_of(method, path) == kind
