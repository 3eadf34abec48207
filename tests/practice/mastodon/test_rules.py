"""How the practice network counts, and which scopes it knows."""

from __future__ import annotations

import pytest

from advocacy.practice.mastodon import rules
from advocacy.practice.mastodon.mode import MODE


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("hello", 5),
        ("https://a.example/" + "x" * 300, 23),
        ("see https://a.b, now", 4 + 23 + 5),
        ("http://x.y http://x.y", 47),
        ("hi @ada@far.example.org there", len("hi @ada there")),
        ("mail ada@far.example.org", len("mail ada@far.example.org")),
        ("e\u0301", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("👍🏽", 1),
        ("🇫🇷🇩🇪", 2),
        ("❤️", 1),
        ("\r\n", 1),
        ("\u1112\u1161\u11ab", 1),
        ("\ud55c\uae00", 2),
        ("日本語", 3),
    ],
)
def test_length_is_what_mastodon_counts(text: str, count: int) -> None:
    assert rules.length(text) == count


@pytest.mark.parametrize(
    ("wanted", "registered", "allowed"),
    [
        ("read", "read write", "read"),
        ("write:statuses", "write", None),
        (None, "read", "read"),
        (None, "profile", None),
        ("profile profile", "profile", "profile"),
    ],
)
def test_scopes_must_be_registered_word_for_word(
    wanted: str | None, registered: str, allowed: str | None
) -> None:
    assert rules.subset(wanted, registered) == allowed


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/api/v1/statuses", "statuses"),
        ("GET", "/api/v1/statuses/1", "reading"),
        ("DELETE", "/api/v1/statuses/1", "delete"),
        ("GET", "/api/v1/media/1", "media"),
        ("GET", "/", None),
        ("GET", "/ledger.json", None),
    ],
)
def test_calls_have_a_kind(method: str, path: str, kind: str | None) -> None:
    assert MODE.kind_of(method, path) == kind
