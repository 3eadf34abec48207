"""Bluesky's law on the practice network: names, keys, lifetimes, limits and scopes (atproto.com/specs)."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import parse_qs

#: Handles are `ada.practice.test`: `.test` is kept for this (specs/handle), so that no real handle is meant.
HANDLE_DOMAIN = "practice.test"
POST = "app.bsky.feed.post"

CODE_LIFE = timedelta(seconds=60)
REQUEST_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(minutes=15)  # specs/oauth: under 30 minutes
GRANT_LIFE = timedelta(days=14)  # specs/oauth: a public client's whole session, and its refresh tokens
JWT_ACCESS_LIFE = timedelta(hours=2)
JWT_REFRESH_LIFE = timedelta(days=90)
JWT_GRACE = timedelta(hours=2)

MAX_UPLOAD = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}

#: What each budget allows in how many seconds (docs.bsky.app/docs/advanced-guides/rate-limits).
RATES = {
    "address": (3000, 300),
    "hour": (5000, 3600),
    "day": (35000, 86400),
    "session": (30, 300),
    "session_day": (300, 86400),
}
#: What a write costs, in points.
POINTS = {"createRecord": 3, "putRecord": 2, "deleteRecord": 1}

FAULTS = {
    "new_nonce": "Refuse the DPoP nonce and tell a new one (calls with a DPoP proof)",
    "ended_session": "End the app's whole session, refresh token and all, as a person does (calls with a token)",
    "wrong_subject": "Give tokens that stand for somebody else (token only)",
    "wrong_issuer": "Send the person back in the name of another server (consent only)",
    "away": "Say that the view of the network cannot be reached (posts only)",
}
KINDS = (
    ("discovery", "GET", r"/\.well-known/(oauth-protected-resource|oauth-authorization-server|atproto-did)"),
    ("plc", "GET", r"/did:plc:[^/]*"),
    ("identity", "GET", r"/xrpc/com\.atproto\.(identity\.resolveHandle|server\.describeServer)"),
    ("par", ".*", r"/oauth/par"),
    ("authorize", "GET", r"/oauth/authorize"),
    ("consent", "POST", r"/oauth/authorize"),
    ("token", ".*", r"/oauth/token"),
    ("revoke", ".*", r"/oauth/revoke"),
    ("create_session", "POST", r"/xrpc/com\.atproto\.server\.createSession"),
    ("refresh_session", "POST", r"/xrpc/com\.atproto\.server\.refreshSession"),
    ("session", ".*", r"/xrpc/com\.atproto\.server\.(getSession|deleteSession)"),
    ("blob", "POST", r"/xrpc/com\.atproto\.repo\.uploadBlob"),
    ("publish", "POST", r"/xrpc/com\.atproto\.repo\.(putRecord|createRecord)"),
    ("delete", "POST", r"/xrpc/com\.atproto\.repo\.deleteRecord"),
    ("posts", "GET", r"/xrpc/app\.bsky\.feed\.(getPosts|getAuthorFeed)"),
    ("reading", ".*", r"/xrpc/.*"),
)

HANDLE = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
NSID = re.compile(
    r"[a-zA-Z]([a-zA-Z0-9-]{0,62})?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,62})?)+\.[a-zA-Z][a-zA-Z0-9]{0,62}"
)
RECORD_KEY = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9_~.:-]{1,512}")
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


class Refusal(Exception):
    """An error that is answered with its documented body."""

    def __init__(
        self, status: int, error: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.error, self.message, self.headers = status, error, message, dict(headers or {})


def invalid(message: str, error: str = "InvalidRequest") -> Refusal:
    """The refusal of a request that is wrong in itself (specs/xrpc)."""
    return Refusal(400, error, message)


def did_of(username: str) -> str:
    """A person's DID: made from the name alone, so that it outlives the database."""
    told = hashlib.sha256(f"practice network: {username}".encode()).digest()
    return f"did:plc:{b32encode(told).decode().lower()[:24]}"


def handle_of(username: str) -> str:
    """A person's handle."""
    return f"{username}.{HANDLE_DOMAIN}"


def app_password_of(username: str) -> str:
    """A person's first app password: made from the name alone, so that a tester can know it."""
    told = b32encode(hashlib.sha256(f"app password: {username}".encode()).digest()).decode().lower()
    return "-".join(told[place : place + 4] for place in range(0, 16, 4))


def tid(number: int) -> str:
    """A timestamp identifier: microseconds and a clock's 10 bits, in 13 letters that sort (specs/tid)."""
    return "".join(_TID_LETTERS[(number >> 5 * place) & 31] for place in range(12, -1, -1))


def tid_number(text: str) -> int:
    """The number that a timestamp identifier stands for."""
    number = 0
    for letter in text:
        number = number << 5 | _TID_LETTERS.index(letter)
    return number


SCOPE_WORDS = {
    "atproto": "Know who you are",
    "transition:generic": "Do everything on your account but read messages and change how you sign in",
    "transition:email": "See your e-mail address",
    "transition:chat.bsky": "Read and send your messages",
}
_RESOURCES = {
    "repo": "Write in your repository",
    "blob": "Upload files for you",
    "rpc": "Call other servers for you",
    "account": "See or change your account",
    "identity": "Change your handle",
    "include": "Do what a set of permissions says",
}


def known_scopes(asked: str) -> str:
    """The scopes that this server knows, once each; others are left out (specs/permission)."""
    return " ".join(scope for scope in dict.fromkeys(asked.split()) if scope_words(scope))


def scope_words(scope: str) -> str | None:
    """A scope in words; None for one that is not known."""
    return SCOPE_WORDS.get(scope) or _RESOURCES.get(re.split(r"[:?]", scope, maxsplit=1)[0])


def may_write(scope: str, collection: str, action: str) -> bool:
    """Whether scopes let an app do something with records of a collection (specs/permission#repo)."""
    for head, options in _granular(scope, "repo"):
        names, actions = [head, *options.get("collection", [])], options.get("action")
        if {"*", collection} & set(names) and (actions is None or action in actions):
            return True
    return "transition:generic" in scope.split()


def may_upload(scope: str, mime: str) -> bool:
    """Whether scopes let an app upload a file of a type (specs/permission#blob)."""
    wanted = {"*/*", mime.partition("/")[0] + "/*", mime}
    uploads = (wanted & {head, *options.get("accept", [])} for head, options in _granular(scope, "blob"))
    return "transition:generic" in scope.split() or any(uploads)


def _granular(scopes: str, resource: str) -> Iterable[tuple[str, dict[str, list[str]]]]:
    """Each scope of a resource: what stands after the colon, and its parameters."""
    for scope in scopes.split():
        name, _, query = scope.partition("?")
        kind, _, head = name.partition(":")
        if kind == resource:
            yield head, parse_qs(query)
