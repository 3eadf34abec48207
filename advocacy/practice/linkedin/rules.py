"""LinkedIn's law on the practice network: limits, scopes, versions, and names of things."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

CODE_LIFE = timedelta(minutes=30)
TOKEN_LIFE = timedelta(days=60)
REFRESH_LIFE = timedelta(days=365)
DUPLICATE_LIFE = timedelta(hours=24)
UPLOAD_LIFE = timedelta(hours=1)
SUNSET_DAY = 15

MAX_COMMENTARY = 3000
MAX_TITLE = 400
MAX_DESCRIPTION = 4086
MULTI_IMAGE = (2, 20)
MAX_PIXELS = 36_152_320
MAX_FRAMES = 250
IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
VISIBILITIES = ("PUBLIC", "CONNECTIONS", "LOGGED_IN")
PROTOCOL = "2.0.0"

#: The scopes of the products Sign In with LinkedIn using OpenID Connect and Share on LinkedIn.
SCOPE_WORDS = {
    "openid": "Use your name and photo",
    "profile": "See your name, photo and language",
    "email": "Use the primary email address of your account",
    "w_member_social": "Create, modify and delete posts, comments and reactions on your behalf",
}
#: Counted by UTC day, per member and resource and per application; LinkedIn does not publish the numbers.
RATES = {"posts": (150, 86_400), "images": (1_000, 86_400), "application": (100_000, 86_400)}

FAULTS = {
    "duplicate": "Refuse the post as a duplicate, naming the author's latest post or a ghost (posts only)",
    "forget_duplicates": "Publish the post although it is a duplicate (posts only)",
    "revoked_for_now": "Call the token revoked (65601), as happens just after it was given, and let it live",
    "lapsed_token": "Let the caller's token run out of its time (65602)",
    "sunset": "Call the version that was asked for no longer active (426)",
    "processing": "Take an image, but take time to process it (upload only)",
}
KINDS = (
    ("authorize", "GET|POST", r"/oauth/v2/authorization"),
    ("token", "POST", r"/oauth/v2/accessToken"),
    ("introspect", "POST", r"/oauth/v2/introspectToken"),
    ("discovery", "GET", r"/oauth/\.well-known/openid-configuration|/oauth/openid/jwks"),
    ("userinfo", "GET", r"/v2/userinfo"),
    ("images", "POST", r"/rest/images"),
    ("upload", "PUT", r"/dms-uploads/.*"),
    ("posts", "POST", r"/rest/posts"),
    ("edit", "POST", r"/rest/posts/.+"),
    ("delete", "DELETE", r"/rest/posts/.+"),
    ("reading", ".*", r"/(rest|v2|oauth)/.*"),
)


@dataclass(frozen=True)
class Page:
    """A company page, with the posts (number, little text, link, headline) that are there from the beginning."""

    urn: str
    slug: str
    name: str
    posts: tuple[tuple[int, str, str, str], ...]

    @property
    def path(self) -> str:
        """Where it is shown."""
        return f"/company/{self.slug}"


COMPANY = Page(
    "urn:li:organization:10045321",
    "nordlys-group",
    "Nordlys Group",
    (
        (
            7518219455692800001,
            "Our new office in Tromsø opens its doors: warm, and cheap to heat. {hashtag|\\#|EnergyEfficiency}",
            "https://nordlys.example/news/new-office-in-tromso",
            "A new office in Tromsø",
        ),
        (
            7518581843558400002,
            "We are hiring electricians, planners and people who like cold mornings \\(there are many\\).",
            "https://nordlys.example/careers/join-us",
            "Join us",
        ),
    ),
)


class Refusal(Exception):
    """An error that the API answers with this body; `status` stands in it, as LinkedIn does it."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.message, self.more = status, message, more


class TokenRefusal(Exception):
    """An error of the token endpoints, as OAuth words it."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def number_at(at: datetime) -> int:
    """A new post's number: its milliseconds and 22 bits of chance, as LinkedIn's seem to be."""
    return int(at.timestamp() * 1000) << 22 | secrets.randbits(22)


def moment_of(number: int) -> datetime:
    """When a post of this number was made."""
    return datetime.fromtimestamp((number >> 22) / 1000, UTC)


def subject(client_id: str, account_id: int) -> str:
    """A member's id as one application knows it; another application knows another."""
    return hashlib.sha256(f"{client_id} {account_id}".encode()).hexdigest()[:10]


def person(subject: str) -> str:
    """A member's URN."""
    return f"urn:li:person:{subject}"


def scopes_of(asked: str | None) -> list[str]:
    """The scopes of an authorisation request, which spaces part, once each."""
    return list(dict.fromkeys((asked or "").split()))


def unknown_scope(scopes: Iterable[str]) -> str | None:
    """The first scope that no product of the application brings."""
    return next((scope for scope in scopes if scope not in SCOPE_WORDS), None)


def is_active(version: str, at: datetime) -> bool:
    """Whether a version answers: from the 15th of its month on, for a year (marketing/versioning).

    A sunset that falls on a weekend waits for Monday: 202511 ended on Monday 16 November 2026.
    """
    if len(version) != 6 or not version.isascii() or not version.isdecimal():
        return False
    year, month = int(version[:4]), int(version[4:])
    if not 2022 <= year < 9999 or not 1 <= month <= 12:
        return False
    end = date(year + 1, month, SUNSET_DAY)
    end += timedelta(days={5: 2, 6: 1}.get(end.weekday(), 0))
    return date(year, month, SUNSET_DAY) <= at.date() < end


def full_version(version: str) -> str:
    """A version as errors name it, with its day: 202511 is 20251101."""
    return version + "01" if len(version) == 6 else version
