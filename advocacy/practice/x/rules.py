"""X's law on the practice network: limits, scopes, kinds of calls, and names of things."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CODE_LIFE = timedelta(seconds=30)
TOKEN_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=182)
MEDIA_LIFE = timedelta(hours=24)
DUPLICATE_LIFE = timedelta(hours=24)
PRIVATE_METRICS_LIFE = timedelta(days=30)

MAX_STATE = 500
MAX_WEIGHT = 280
MAX_CHARACTERS = 10_000  # more are not even weighed
MAX_ALT_TEXT = 1000
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 8192 * 8192
IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
ID = re.compile(r"[0-9]{1,19}")
_HASHED = re.compile(r"[A-Za-z0-9._~-]{43}")
_BEGINNING = 1288834974657  # X's own epoch, in milliseconds

SCOPE_WORDS = {
    "tweet.read": "See posts that you can see, also protected ones",
    "tweet.write": "Post and delete posts for you",
    "users.read": "See accounts that you can see",
    "media.write": "Upload media for you",
    "offline.access": "Stay connected to your account until you revoke access",
}
_MINUTES = 15 * 60
_DAY = 24 * 3600
#: (calls, seconds): by user, and where the name says so by application (x-api/fundamentals/rate-limits).
#: X does not publish how many posts a user may make in a day through the API; 2,400 is the limit of the site.
RATES = {
    "me": (75, _MINUTES),
    "timeline": (900, _MINUTES),
    "posts": (100, _MINUTES),
    "delete": (50, _MINUTES),
    "lookup": (5000, _MINUTES),
    "media": (500, _MINUTES),
    "metadata": (500, _MINUTES),
    "user day": (2_400, _DAY),
    "app day": (10_000, _DAY),
}
FAULTS = {
    "duplicate": "Refuse the post as a duplicate, without saying of which (posts only)",
    "rotated_refresh_token": "Take the refresh token for one used before: the whole family of tokens ends (token only)",
    "revoked_permission": "Let the person take the app's permission back: the whole family of tokens ends",
    "usage_capped": "Say that the month's cap of the product is used up (429, but no rate limit)",
    "credits_depleted": "Say that the application's account has no credits (402)",
    "quote_refused": "Refuse to quote a post whose author did not mention the person (403, posts only)",
}
KINDS = (
    ("authorize", "GET|POST", r"/i/oauth2/authorize"),
    ("token", "POST", r"/2/oauth2/token"),
    ("revoke", "POST", r"/2/oauth2/revoke"),
    ("me", "GET", r"/2/users/me"),
    ("timeline", "GET", r"/2/users/[^/]+/tweets"),
    ("posts", "POST", r"/2/tweets"),
    ("delete", "DELETE", r"/2/tweets/[^/]+"),
    ("lookup", "GET", r"/2/tweets"),
    ("media", "POST", r"/2/media/upload"),
    ("metadata", "POST", r"/2/media/metadata"),
    ("reading", ".*", r"/2/.*"),
)


@dataclass(frozen=True)
class Company:
    """The company's account, with the posts (number, text) that are there from the beginning."""

    id: str
    username: str
    name: str
    posts: tuple[tuple[int, str], ...]


COMPANY = Company(
    "1523771020845113344",
    "nordlysgroup",
    "Nordlys Group",
    (
        (
            2112456916071350273,
            "Our new office in Tromsø opens its doors. https://nordlys.example/news/new-office-in-tromso #Heat",
        ),
        (
            2115015668003766274,
            "We hire electricians, planners & early risers. https://nordlys.example/careers/join-us",
        ),
    ),
)


class Refusal(Exception):
    """An error of the API: its status, and a problem (RFC 7807) with what else stands in it."""

    def __init__(self, status: int, detail: str, title: str = "", kind: str = "about:blank", **more: Any):
        super().__init__(detail)
        self.status, self.detail, self.title, self.kind, self.more = status, detail, title, kind, more


class TokenRefusal(Exception):
    """An error of the token endpoints, as OAuth words it."""

    def __init__(self, description: str, error: str = "invalid_request", status: int = 400) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def number_at(at: datetime) -> int:
    """A new post's or picture's number: its milliseconds and 22 bits of chance, as X's are."""
    return (int(at.timestamp() * 1000) - _BEGINNING) << 22 | secrets.randbits(22)


def moment_of(number: int) -> datetime:
    """When what has this number was made."""
    return datetime.fromtimestamp(((number >> 22) + _BEGINNING) / 1000, UTC)


def is_id(value: object) -> bool:
    """Whether this is an id: a string of 1 to 19 digits, for a number of 64 bits (fundamentals/x-ids)."""
    return isinstance(value, str) and ID.fullmatch(value) is not None and int(value) < 2**63


def scopes_of(asked: str | None) -> list[str]:
    """The scopes of an authorisation request, which spaces part, once each."""
    return list(dict.fromkeys((asked or "").split()))


def unknown_scope(scopes: Iterable[str]) -> str | None:
    """The first scope that is not known here."""
    return next((scope for scope in scopes if scope not in SCOPE_WORDS), None)


def is_challenge(challenge: str, method: str) -> bool:
    """Whether a verifier can match this challenge at all (RFC 7636, section 4.2)."""
    if method == "plain":
        return 0 < len(challenge) <= 128
    return method == "S256" and _HASHED.fullmatch(challenge) is not None


def matches(verifier: str, challenge: str, method: str) -> bool:
    """Whether a verifier is that of the challenge (RFC 7636, section 4.6)."""
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest((hashed if method == "S256" else verifier).encode(), challenge.encode())


def moment(text: str) -> datetime | None:
    """The moment that a parameter names as YYYY-MM-DDTHH:mm:ssZ, with milliseconds or not; else None."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", text, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def told(at: datetime) -> str:
    """A moment as X's JSON tells it, with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
