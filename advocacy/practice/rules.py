"""The law of the practice network: Mastodon's limits, scopes, and how it counts a post's length."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

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

FAULTS = {
    "status": "Answer with a status and its error, and do nothing",
    "delay": "Wait, then do the work and answer",
    "reset": "Close the connection before doing anything",
    "accept_then_hang_up": "Do the work, then close the connection without an answer",
    "hold": "Do the work, then hold the answer back until released",
    "expired_token": "Revoke the caller's token and say so",
    "processing": "Take a picture, but take time to process it (media only)",
}
_KINDS = (
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
KINDS = (*(kind for kind, _, _ in _KINDS), "any")


class Refusal(Exception):
    """An error that the API answers with its documented body."""

    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.headers = status, error, headers or {}


def kind_of(method: str, path: str) -> str | None:
    """Which kind of API call this is; None for pages."""
    for kind, methods, pattern in _KINDS:
        if re.fullmatch(methods, method) and re.fullmatch(pattern, path):
            return kind
    return None


def subset(wanted: str | None, registered: str) -> str | None:
    """The scopes wanted if each was registered, `read` if none is named, else None."""
    asked = (wanted or DEFAULT_SCOPE).split()
    return " ".join(dict.fromkeys(asked)) if set(asked) <= set(registered.split()) else None


_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?')\]]", re.IGNORECASE)
_REMOTE_MENTION = re.compile(r"(?<![\w/@])@(\w+(?:[\w.-]*\w)?)@[\w-]+(?:\.[\w-]+)+")


def length(text: str) -> int:
    """A post's length in characters as Mastodon counts: every link is 23, a remote mention its name only."""
    shortened = _URL.sub("x" * CHARACTERS_PER_URL, text)
    return graphemes(_REMOTE_MENTION.sub(r"@\1", shortened))


def graphemes(text: str) -> int:
    """How many characters a reader sees (extended grapheme clusters, near enough for posts)."""
    count, flags, previous = 0, 0, ""
    for character in text:
        flags = flags + 1 if _is_flag_half(character) else 0
        joined = bool(previous) and (_extends(previous, character) or (flags > 0 and flags % 2 == 0))
        count += not joined
        previous = character
    return count


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _extends(previous: str, character: str) -> bool:
    if previous == "\r":
        return character == "\n"
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or character in "\u200d\u200c":
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return True
    if previous == "\u200d":
        return unicodedata.category(character) == "So" or character >= "\U0001f000"
    return _continues_syllable(previous, character)


def _continues_syllable(previous: str, character: str) -> bool:
    """Whether two Hangul letters belong to one syllable block."""
    if "\u1160" <= character <= "\u11ff":
        return "\u1100" <= previous <= "\u11ff" or "\uac00" <= previous <= "\ud7a3"
    leads = "\u1100" <= previous <= "\u115f"
    return leads and ("\u1100" <= character <= "\u115f" or "\uac00" <= character <= "\ud7a3")
