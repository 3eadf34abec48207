"""A client that walks the pages of X's mode as a browser would, and calls its API as an app."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from advocacy.practice.mode import Client
from tests.practice.network import CALLBACK, CLIENTS, PASSWORD, Network, challenge, picture

SCOPES = "tweet.read tweet.write users.read media.write offline.access"
VERIFIER = "v" * 64


class Wayfarer:
    """An app and the person who uses it."""

    def __init__(self, network: Network, person: str = "ada", client: Client = CLIENTS[0]) -> None:
        self.network, self.person, self.client = network, person, client
        self.browser = requests.Session()

    def address(self, **more: str | None) -> str:
        """The authorisation page's address; a None leaves a parameter out."""
        params: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": CALLBACK,
            "state": "s-1",
            "scope": SCOPES,
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
            **more,
        }
        kept = {name: value for name, value in params.items() if value is not None}
        url = f"{self.network.url}/i/oauth2/authorize"
        return str(requests.Request("GET", url, params=kept).prepare().url)

    def form(self, page: requests.Response, **more: str) -> requests.Response:
        """Fill in a page's form and send it, without following where it leads."""
        names = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        names = {name: value.replace("&amp;", "&") for name, value in names.items()}
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text.split("<main", 1)[1])
        url = self.network.url + action[1] if action else page.url
        return self.browser.post(url, data={**names, **more}, allow_redirects=False, timeout=10)

    def visit(self, url: str) -> requests.Response:
        """Open a page, signing in where asked."""
        page = self.browser.get(url, timeout=10)
        if "/sign-in" in page.url:
            onward = self.form(page, username=self.person, password=PASSWORD).headers["Location"]
            page = self.browser.get(self.network.url + onward, timeout=10)
        return page

    def returned(self, decision: str = "authorise", **more: str | None) -> dict[str, str]:
        """What comes back to the app when the person has decided."""
        page = self.form(self.visit(self.address(**more)), decision=decision)
        return {name: value[0] for name, value in parse_qs(urlsplit(page.headers["Location"]).query).items()}

    def code(self, **more: Any) -> str:
        """A fresh authorisation code."""
        return self.returned(**more)["code"]

    def token(self, path: str = "token", auth: Any = "own", **sent: str | None) -> requests.Response:
        """Call a token endpoint with the app's id and secret; a None leaves a parameter out."""
        shown = (self.client.id, self.client.secret) if auth == "own" else auth
        kept = {name: value for name, value in sent.items() if value is not None}
        return requests.post(f"{self.network.url}/2/oauth2/{path}", data=kept, auth=shown, timeout=10)

    def exchange(self, code: str, **more: Any) -> requests.Response:
        """Ask for tokens."""
        sent: dict[str, Any] = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
        return self.token(**sent | {"code": code, "code_verifier": VERIFIER} | more)

    def renew(self, refresh_token: str, **more: Any) -> requests.Response:
        """Ask for new tokens."""
        return self.token(**{"grant_type": "refresh_token", "refresh_token": refresh_token} | more)

    def tokens(self, **more: Any) -> dict[str, Any]:
        """A new family's first tokens."""
        told: dict[str, Any] = self.exchange(self.code(**more)).json()
        return told

    def connected(self, **more: Any) -> Caller:
        """The API as this person's app may call it."""
        return Caller(self.network, self.tokens(**more)["access_token"])


class Caller:
    """Calls the API with a token."""

    def __init__(self, network: Network, token: str | None) -> None:
        self.network, self.token = network, token

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Call the API."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        more.setdefault("timeout", 15)
        return requests.request(method, self.network.url + path, headers=headers, **more)

    @property
    def id(self) -> str:
        """The user's id."""
        return str(self.call("GET", "/2/users/me").json()["data"]["id"])

    def send(self, sent: Any, **more: Any) -> requests.Response:
        """Publish a post as it stands here."""
        return self.call("POST", "/2/tweets", json=sent, **more)

    def post(self, text: str, **more: Any) -> requests.Response:
        """Publish a post."""
        return self.send({"text": text, **more})

    def id_of(self, text: str, **more: Any) -> str:
        """Publish a post and tell its id."""
        answer = self.post(text, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def look_up(self, *ids: str, fields: str = "") -> dict[str, Any]:
        """Read posts."""
        params = {"ids": ",".join(ids)} | ({"tweet.fields": fields} if fields else {})
        answer: dict[str, Any] = self.call("GET", "/2/tweets", params=params).json()
        return answer

    def upload(self, data: bytes | None = None, **more: Any) -> requests.Response:
        """Upload a picture; a None leaves a field out."""
        form = {"media_category": "tweet_image", "media_type": "image/png", **more}
        kept = {name: value for name, value in form.items() if value is not None}
        files = {"media": ("a.png", data or picture(), "image/png")}
        return self.call("POST", "/2/media/upload", data=kept, files=files)

    def media(self, alt_text: str = "") -> str:
        """Upload a picture, with words for it if there are any, and tell its id."""
        media_id = str(self.upload().json()["data"]["id"])
        if alt_text:
            assert self.describe(media_id, alt_text).status_code == 200
        return media_id

    def describe(self, media_id: str, text: str) -> requests.Response:
        """Give a picture words."""
        sent = {"id": media_id, "metadata": {"alt_text": {"text": text}}}
        return self.call("POST", "/2/media/metadata", json=sent)

    def page(self, post_id: str) -> requests.Response:
        """A post's public page."""
        url = f"{self.network.url}/i/web/status/{post_id}"
        return requests.get(url, headers={"Accept": "text/html"}, timeout=5)
