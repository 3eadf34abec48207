"""Versions, kinds of calls, and numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advocacy.practice.linkedin import rules
from advocacy.practice.linkedin.mode import MODE


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "at", "active"),
    [
        ("202511", "2026-11-15T23:59", True),  # a Sunday
        ("202511", "2026-11-16T00:00", False),
        ("202601", "2027-01-14T23:59", True),
        ("202601", "2027-01-15T00:00", False),
        ("202607", "2026-08-01T00:00", True),
        ("202608", "2026-08-14T00:00", False),
        ("202608", "2026-08-15T00:00", True),
        ("202613", "2026-11-25T00:00", False),
        ("202600", "2026-11-25T00:00", False),
        ("20260701", "2026-11-25T00:00", False),
        ("2026-7", "2026-11-25T00:00", False),
        ("²02607", "2026-11-25T00:00", False),
        ("999912", "2026-11-25T00:00", False),
    ],
)
def test_a_version_answers_for_a_year(version: str, at: str, active: bool) -> None:
    assert rules.is_active(version, day(at)) is active


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/oauth/v2/authorization", "authorize"),
        ("POST", "/oauth/v2/accessToken", "token"),
        ("POST", "/oauth/v2/introspectToken", "introspect"),
        ("GET", "/v2/userinfo", "userinfo"),
        ("POST", "/rest/images", "images"),
        ("PUT", "/dms-uploads/C4E1/uploaded-image/0", "upload"),
        ("POST", "/rest/posts", "posts"),
        ("POST", "/rest/posts/urn:li:share:1", "edit"),
        ("DELETE", "/rest/posts/urn:li:share:1", "delete"),
        ("GET", "/rest/posts/urn:li:share:1", "reading"),
        ("GET", "/feed/update/urn:li:share:1", None),
        ("GET", "/", None),
    ],
)
def test_each_call_has_its_kind(method: str, path: str, kind: str | None) -> None:
    assert MODE.kind_of(method, path) == kind


def test_a_posts_number_tells_its_moment() -> None:
    at = day("2026-11-25T10:00")
    number = rules.number_at(at)
    assert len(str(number)) == 19 and rules.moment_of(number) == at
    assert rules.moment_of(rules.COMPANY.posts[0][0]) == day("2026-10-20T08:00")
