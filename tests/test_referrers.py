"""Forms behind a proxy that ends https: from whose pages they are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

HOME = "https://advocacy.example.org"
BEHIND = {"Host": "127.0.0.1:8000", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def guarded(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application as an operator runs it at HOME, behind a proxy that names no host."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setitem(app.config, "BASE_URL", HOME)
    yield app


def sign_in(client: Any, referrer: str | None, token: str = "", scheme: str = "https", **headers: str) -> Any:
    behind = {"wsgi.url_scheme": scheme}
    page = client.get("/sign-in", headers={**BEHIND, **headers}, environ_overrides=behind)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    sent = {"email": "nobody@demo.example", "password": "x", "csrf_token": token or found[1]}
    said = {"Referer": referrer} if referrer is not None else {}
    return client.post(
        "/sign-in", data=sent, headers={**BEHIND, **headers, **said}, environ_overrides=behind
    ).status_code


@pytest.mark.parametrize(
    "referrer", [f"{HOME}/sign-in", f"{HOME}:443/sign-in", "https://127.0.0.1:8000/sign-in"]
)
def test_a_form_of_ours_is_taken_whatever_host_the_proxy_names(
    guarded: Any, client: Any, referrer: str
) -> None:
    assert sign_in(client, referrer) == 422


@pytest.mark.parametrize(
    "referrer",
    [
        None,
        "",
        "https://evil.example/sign-in",
        "https://advocacy.example.org.evil.example/",
        "https://advocacy.example.org@evil.example/",
        "https://advocacy.example.org:8443/",
        "http://advocacy.example.org/sign-in",
        "https://127.0.0.1/",
        "https://[",
        "https://advocacy.example.org:port/",
    ],
)
def test_a_form_from_elsewhere_is_refused_with_a_good_token(
    guarded: Any, client: Any, referrer: str | None
) -> None:
    assert sign_in(client, referrer) == 400


def test_a_page_of_ours_is_no_token(guarded: Any, client: Any) -> None:
    assert sign_in(client, f"{HOME}/sign-in", token="odd") == 400


def test_a_home_without_https_counts_for_nothing_over_https(
    guarded: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guarded.config, "BASE_URL", "http://advocacy.example.org")
    assert sign_in(client, "http://advocacy.example.org/sign-in") == 400
    assert sign_in(client, f"{HOME}/sign-in") == 400


@pytest.mark.parametrize(
    ("referrer", "answer"),
    [
        (f"{HOME}/sign-in", 422),
        ("https://evil.example/sign-in", 400),
        ("http://127.0.0.1:8000/", 400),
        (None, 400),
    ],
)
def test_a_proxy_that_does_not_tell_of_https_lets_no_more_in(
    guarded: Any, client: Any, referrer: str | None, answer: int
) -> None:
    assert sign_in(client, referrer, scheme="http", **{"X-Forwarded-Proto": ""}) == answer


def test_without_https_anywhere_a_form_needs_no_referrer(
    guarded: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guarded.config, "BASE_URL", "http://127.0.0.1:8000")
    assert sign_in(client, None, scheme="http", **{"X-Forwarded-Proto": ""}) == 422
