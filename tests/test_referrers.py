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


def sign_in(client: Any, referrer: str | None, token: str = "", **headers: str) -> Any:
    behind = {"wsgi.url_scheme": "https"}
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
