"""A client that walks Bluesky's mode as an app and a browser would, with an HTTP library alone."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests

from tests.practice.bluesky.prover import Prover
from tests.practice.network import CALLBACK, PASSWORD, Network, challenge, picture

SCOPE = "atproto transition:generic"
POST = "app.bsky.feed.post"
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


def client_id(scope: str = SCOPE, redirect: str = CALLBACK) -> str:
    """The localhost client's address."""
    return "http://localhost?" + urlencode({"redirect_uri": redirect, "scope": scope})


def tid() -> str:
    """A fresh record key."""
    number = time.time_ns() // 1000 << 10 | secrets.randbits(10)
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(12, -1, -1))


class Wayfarer:
    """An app with its key, and the person who uses it."""

    def __init__(self, network: Network, person: str = "ada", scope: str = SCOPE) -> None:
        self.network, self.person, self.scope = network, person, scope
        self.browser, self.prover = requests.Session(), Prover()
        self.verifier = secrets.token_urlsafe(48)
        self.client_id = client_id(scope)
        self.nonce: str | None = None

    def send(self, path: str, form: dict[str, str | None], **more: Any) -> requests.Response:
        """Send a form with a proof, once more if a nonce is wanted; a None leaves a parameter out."""
        url, kept = (
            self.network.url + path,
            {name: value for name, value in form.items() if value is not None},
        )
        for _ in range(2):
            headers = {"DPoP": self.prover.proof("POST", url, self.nonce, **more)}
            answer = requests.post(url, data=kept, headers=headers, timeout=30)
            self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
            if answer.status_code != 400 or answer.json()["error"] != "use_dpop_nonce":
                break
        return answer

    def pushed(self, **more: str | None) -> requests.Response:
        """Push an authorisation request."""
        form: dict[str, str | None] = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": self.scope,
            "state": "s-1",
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
            "login_hint": f"{self.person}.practice.test",
            **more,
        }
        return self.send("/oauth/par", form)

    def address(self, **more: str | None) -> str:
        """The authorise page's address for a fresh request."""
        uri = self.pushed(**more).json()["request_uri"]
        query = urlencode({"client_id": self.client_id, "request_uri": uri})
        return f"{self.network.url}/oauth/authorize?{query}"

    def form(self, page: requests.Response, **more: str) -> requests.Response:
        """Fill in a page's form and send it, without following where it leads."""
        names = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        names = {name: value.replace("&amp;", "&") for name, value in names.items()}
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text.split("<main", 1)[1])
        url = self.network.url + action[1] if action else page.url
        return self.browser.post(url, data={**names, **more}, allow_redirects=False, timeout=30)

    def visit(self, url: str) -> requests.Response:
        """Open a page, signing in where asked; stops at the app's own address."""
        page = self.browser.get(url, allow_redirects=False, timeout=30)
        while page.is_redirect and not page.headers["Location"].startswith(CALLBACK):
            page = self.browser.get(
                urljoin(page.url, page.headers["Location"]), allow_redirects=False, timeout=30
            )
            if "/sign-in" in page.url:
                page = self.form(page, username=self.person, password=PASSWORD)
        return page

    def returned(self, decision: str = "authorise", **more: str | None) -> dict[str, str]:
        """What the app is told at its callback."""
        page = self.visit(self.address(**more))
        if not page.is_redirect:
            page = self.form(page, decision=decision)
        return {name: value[0] for name, value in parse_qs(urlsplit(page.headers["Location"]).query).items()}

    def code(self, **more: str | None) -> str:
        """A fresh authorisation code."""
        return self.returned(**more)["code"]

    def exchange(self, code: str, /, **more: str | None) -> requests.Response:
        """Ask for tokens."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        own = {"client_id": self.client_id, "code_verifier": self.verifier}
        return self.send("/oauth/token", {**form, **own, **more})

    def refresh(self, token: str, **more: str | None) -> requests.Response:
        """Ask for the next tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.client_id}
        return self.send("/oauth/token", {**form, **more})

    def connected(self) -> Caller:
        """The API as this person's app may call it."""
        return Caller(self, self.exchange(self.code()).json())


class Caller:
    """Calls the API with a token and proofs."""

    def __init__(self, way: Wayfarer, tokens: dict[str, Any]) -> None:
        self.way, self.network, self.tokens = way, way.network, tokens
        self.nonce: str | None = None

    @property
    def did(self) -> str:
        """Whom the tokens stand for."""
        return str(self.tokens["sub"])

    def once(
        self, method: str, path: str, claims: dict[str, Any] | None = None, **more: Any
    ) -> requests.Response:
        """One call with one proof, as it is answered."""
        url, token = self.network.url + path, self.tokens["access_token"]
        proof = self.way.prover.proof(method, url, **{"nonce": self.nonce, "token": token, **(claims or {})})
        headers = {"Authorization": f"DPoP {token}", "DPoP": proof, **more.pop("headers", {})}
        more.setdefault("timeout", 30)
        answer = requests.request(method, url, headers=headers, **more)
        self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
        return answer

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """The same, once more if a nonce is wanted."""
        answer = self.once(method, path, **dict(more))
        wanted = answer.status_code == 401 and "use_dpop_nonce" in answer.headers.get("WWW-Authenticate", "")
        return self.once(method, path, **more) if wanted else answer

    def procedure(self, name: str, sent: Any, **more: Any) -> requests.Response:
        """Call a procedure with JSON."""
        return self.call("POST", f"/xrpc/{name}", json=sent, **more)

    def query(self, name: str, **params: Any) -> requests.Response:
        """Ask a query, as anybody may."""
        return requests.get(f"{self.network.url}/xrpc/{name}", params=params, timeout=30)

    def put(self, record: Any = None, rkey: str | None = None, **more: Any) -> requests.Response:
        """Put a record, new unless it is told otherwise."""
        sent = {"repo": self.did, "collection": POST, "rkey": rkey or tid(), "swapRecord": None}
        timeout = more.pop("timeout", 30)
        sent |= {"record": record if record is not None else text(), **more}
        return self.procedure("com.atproto.repo.putRecord", sent, timeout=timeout)

    def upload(self, data: bytes | None = None, mime: str = "image/png") -> requests.Response:
        """Upload a file."""
        body, headers = picture() if data is None else data, {"Content-Type": mime}
        return self.call("POST", "/xrpc/com.atproto.repo.uploadBlob", data=body, headers=headers)

    def posts(self) -> list[dict[str, Any]]:
        """This person's records."""
        found = self.query("com.atproto.repo.listRecords", repo=self.did, collection=POST, limit=100)
        return list(found.json()["records"])


def text(words: str = "Hello", **more: Any) -> dict[str, Any]:
    """A post's record."""
    return {"$type": POST, "text": words, "createdAt": "2026-11-25T00:00:00.000Z", **more}
