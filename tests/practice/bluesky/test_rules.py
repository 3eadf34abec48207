"""Names, keys and scopes."""

from __future__ import annotations

import pytest

from advocacy.practice.bluesky import rules


def test_a_person_has_the_same_names_everywhere() -> None:
    assert rules.handle_of("ada") == "ada.practice.test" and rules.HANDLE.fullmatch("ada.practice.test")
    assert rules.did_of("ada") == "did:plc:p5rj4irtzim23azvi4bg7f6w" and rules.DID.fullmatch(
        rules.did_of("ada")
    )
    assert rules.app_password_of("ada") == "gs35-puvi-odcr-povx"


def test_a_key_of_time_sorts_and_reads_back() -> None:
    first, later = rules.tid(1 << 20), rules.tid(1 << 21)
    assert rules.TID.fullmatch(first) and first < later and rules.tid_number(later) == 1 << 21
    assert not rules.TID.fullmatch("self") and not rules.TID.fullmatch("z" * 13)


@pytest.mark.parametrize(
    ("scope", "action", "allowed"),
    [
        ("atproto transition:generic", "delete", True),
        ("atproto repo:app.bsky.feed.post", "delete", True),
        ("atproto repo:*", "create", True),
        ("atproto repo:app.bsky.feed.post?action=create&action=update", "update", True),
        ("atproto repo:app.bsky.feed.post?action=create", "delete", False),
        ("atproto repo?collection=app.bsky.feed.like&collection=app.bsky.feed.post", "create", True),
        ("atproto repo:app.bsky.feed.like", "create", False),
        ("atproto", "create", False),
    ],
)
def test_scopes_say_what_may_be_written(scope: str, action: str, allowed: bool) -> None:
    assert rules.may_write(scope, rules.POST, action) is allowed


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("atproto transition:generic", True),
        ("atproto blob:image/*", True),
        ("atproto blob:*/*", True),
        ("atproto blob?accept=video/mp4&accept=image/png", True),
        ("atproto blob:video/*", False),
        ("atproto", False),
    ],
)
def test_scopes_say_what_may_be_uploaded(scope: str, allowed: bool) -> None:
    assert rules.may_upload(scope, "image/png") is allowed


def test_unknown_scopes_are_left_out() -> None:
    assert rules.known_scopes("atproto foo repo:* atproto") == "atproto repo:*"
