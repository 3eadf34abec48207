"""The way that a person goes from our pages to her network and back, in a client and an HTTP session."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.practice.network import PASSWORD, Network


def set_out(client: Any, network: Network, **more: str) -> str:
    """Ask to connect, and return the address that the page leads on to."""
    sent = {"network": "mastodon", "server": network.url, **more}
    page = client.post("/connections/", data=sent)
    assert page.status_code == 200, page.text
    found = re.search(rf'href="({re.escape(network.url)}/oauth/authorize[^"]*)"', page.text)
    assert found, page.text
    return unescape(found[1])


def allow(address: str, person: str = "ada", decision: str = "authorise") -> str:
    """Sign in at the network and decide; returns the address back to us, path and query."""
    with requests.Session() as browser:
        page = browser.get(address, timeout=10)
        if 'name="password"' in page.text:
            page = _send(browser, page, username=person, password=PASSWORD)
        if 'name="decision"' not in page.text:
            raise AssertionError(page.text)
        last = _send(browser, page, follow=False, decision=decision)
    parts = urlsplit(last.headers["Location"])
    return f"{parts.path}?{parts.query}"


def _send(browser: requests.Session, page: requests.Response, *, follow: bool = True, **typed: str) -> Any:
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.S) if next(iter(typed)) in one)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    data = {name: unescape(value) for name, value in hidden.items()} | typed
    return browser.post(page.url, data=data, allow_redirects=follow, timeout=10)


def connect(client: Any, network: Network, person: str = "ada", **more: str) -> Any:
    """Connect an account, whole; returns what we answered at the end."""
    return client.get(allow(set_out(client, network, **more), person))


def fields(page: str) -> dict[str, Any]:
    """What the composer's form would send as it stands: hidden fields, ticked boxes, the words."""
    form = page.split('id="composer"', 1)[1].split("</form>", 1)[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name and (kind is None or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = [unescape(text)]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = [chosen[1] if chosen else ""]
    return sent
