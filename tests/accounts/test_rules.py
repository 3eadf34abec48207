"""The law of signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy.accounts import rules


@pytest.mark.parametrize(
    ("created", "touched", "ended", "over"),
    [
        (timedelta(0), timedelta(0), None, False),
        (timedelta(days=31), timedelta(0), None, True),
        (timedelta(days=8), timedelta(days=8), None, True),
        (timedelta(0), timedelta(0), timedelta(0), True),
    ],
)
def test_session_is_over(at, created, touched, ended, over):
    ended_at = None if ended is None else at - ended
    assert rules.session_is_over(at - created, at - touched, ended_at, at=at) is over


def test_session_is_fresh(at):
    assert rules.session_is_fresh(at - timedelta(minutes=15), at=at)
    assert not rules.session_is_fresh(at - timedelta(minutes=16), at=at)


def test_link_is_good(at):
    assert rules.link_is_good(at + timedelta(seconds=1), None, at=at)
    assert not rules.link_is_good(at, None, at=at)
    assert not rules.link_is_good(at + timedelta(seconds=1), at, at=at)


def test_link_life():
    assert (rules.link_life("invitation"), rules.link_life("sign-in")) == (
        timedelta(days=7),
        timedelta(minutes=15),
    )


def test_tidy_email():
    assert rules.tidy_email(" Ada@Demo.Example ") == "ada@demo.example"
    assert rules.tidy_email("  ") is None and rules.tidy_email(None) is None


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("correct horse", True),
        ("short", False),
        ("x" * 201, False),
        ("abababababab", False),
        ("ada@demo.example", False),
        ("Ada Nyström-Berg", False),
        ("x" * 12, False),
    ],
)
def test_password_problem(password, fine):
    problem = rules.password_problem(password, email="Ada@demo.example", name="ada nyström-berg")
    assert (problem is None) is fine


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge, Windows"),
        ("curl/8", ""),
    ],
)
def test_device_named(agent, named):
    assert rules.device_named(agent) == named
