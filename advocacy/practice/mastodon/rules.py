"""Mastodon's law on the practice network: limits, scopes, and how it counts a post's length."""

from __future__ import annotations

import re
from datetime import timedelta

from advocacy.practice.text import URL, graphemes

MAX_CHARACTERS = 500
CHARACTERS_PER_URL = 23
MAX_MEDIA = 4
MAX_DESCRIPTION = 1500
IMAGE_SIZE_LIMIT = 16 * 1024 * 1024
IMAGE_MATRIX_LIMIT = 33_177_600
IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
VISIBILITIES = ("public", "unlisted", "private", "direct")
CODE_LIFE = timedelta(minutes=10)
IDEMPOTENCY_LIFE = timedelta(hours=1)
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"

#: What each budget allows in how many seconds (docs.joinmastodon.org/api/rate-limits).
RATES = {"any": (300, 300), "media": (30, 1800), "delete": (30, 1800)}

_THINGS = {
    "accounts": "accounts",
    "blocks": "blocks",
    "bookmarks": "bookmarks",
    "favourites": "favourites",
    "filters": "filters",
    "follows": "follows",
    "lists": "lists",
    "mutes": "mutes",
    "notifications": "notifications",
    "search": "searches",
    "statuses": "posts",
    "media": "pictures",
    "conversations": "conversations",
    "reports": "reports",
}
SCOPE_WORDS = (
    {
        "profile": "See your name and picture",
        "read": "See everything on your account",
        "write": "Change everything on your account, and post for you",
        "follow": "Change whom you follow, block and mute",
        "push": "Receive your notifications",
    }
    | {
        f"read:{name}": f"See your {word}"
        for name, word in _THINGS.items()
        if name not in ("media", "reports")
    }
    | {f"write:{name}": f"Change your {word}" for name, word in _THINGS.items() if name != "search"}
    | {"write:statuses": "Publish and delete posts for you", "write:media": "Upload pictures for you"}
)
DEFAULT_SCOPE = "read"

FAULTS = {"processing": "Take a picture, but take time to process it (media only)"}
KINDS = (
    ("discovery", "GET", r"/\.well-known/oauth-authorization-server"),
    ("apps", "POST", r"/api/v1/apps"),
    ("authorize", "GET|POST", r"/oauth/authorize"),
    ("token", "POST", r"/oauth/token"),
    ("revoke", "POST", r"/oauth/revoke"),
    ("verify_credentials", "GET", r"/api/v1/(accounts|apps)/verify_credentials|/oauth/userinfo"),
    ("instance", "GET", r"/api/v[12]/instance"),
    ("media", "GET|POST|PUT", r"/api/v[12]/media(/\d+)?"),
    ("statuses", "POST", r"/api/v1/statuses"),
    ("delete", "DELETE", r"/api/v1/statuses/\d+"),
    ("reading", ".*", r"/(api|oauth)/.*"),
)


class Refusal(Exception):
    """An error that the API answers with its documented body."""

    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.headers = status, error, headers or {}


def subset(wanted: str | None, registered: str) -> str | None:
    """The scopes wanted if each was registered, `read` if none is named, else None."""
    asked = (wanted or DEFAULT_SCOPE).split()
    return " ".join(dict.fromkeys(asked)) if set(asked) <= set(registered.split()) else None


_REMOTE_MENTION = re.compile(r"(?<![\w/@])@(\w+(?:[\w.-]*\w)?)@[\w-]+(?:\.[\w-]+)+")


def length(text: str) -> int:
    """A post's length in characters as Mastodon counts: every link is 23, a remote mention its name only."""
    shortened = URL.sub("x" * CHARACTERS_PER_URL, text)
    return graphemes(_REMOTE_MENTION.sub(r"@\1", shortened))
