"""How times are written, and where a person may be led back to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from advocacy import web


@pytest.mark.parametrize(
    ("language", "of_month", "day", "when"),
    [
        ("fr", 1, "1er novembre 2026", "1er nov. 2026, 09:00"),
        ("fr", 11, "11 novembre 2026", "11 nov. 2026, 09:00"),
        ("en", 1, "1 November 2026", "1 Nov 2026, 09:00"),
    ],
)
def test_the_first_of_a_month_is_ordinal_in_french(
    built_app: Any, language: str, of_month: int, day: str, when: str
) -> None:
    at = datetime(2026, 11, of_month, 9, tzinfo=UTC)
    with built_app.app_context(), web.written_for(language):
        assert (web.day(at), web.when(at)) == (day, when)


@pytest.mark.parametrize(
    ("wanted", "back"),
    [
        ("/shares/abc", "/shares/abc"),
        ("", ""),
        ("//evil.example", ""),
        ("https://evil.example", ""),
        ("/" + "a" * 500, ""),
    ],
)
def test_the_way_back_leads_to_a_page_of_ours(built_app: Any, wanted: str, back: str) -> None:
    with built_app.test_request_context("/", query_string={"next": wanted}):
        assert web.way_back() == back


def test_without_a_request_there_is_no_way_back(built_app: Any) -> None:
    with built_app.app_context():
        assert web.way_back() == ""
