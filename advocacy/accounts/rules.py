"""The law of signing in: how long a session, a link and a silence may be, and what a password must be."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from advocacy.errors import N_, Reason

SESSION_LIFE = timedelta(days=30)
SESSION_SILENCE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
LINK_LIFE = timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)
STARTING = timedelta(minutes=5)  # how long servers that start together take to learn which gets the port
FRESH = timedelta(minutes=15)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

SIGN_IN, INVITATION = "sign-in", "invitation"

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def session_is_over(
    created_at: datetime, touched_at: datetime, ended_at: datetime | None, *, at: datetime
) -> bool:
    """Whether a session no longer signs anyone in."""
    return ended_at is not None or at - created_at > SESSION_LIFE or at - touched_at > SESSION_SILENCE


def session_is_fresh(created_at: datetime, *, at: datetime) -> bool:
    """Whether someone signed in so lately that her password need not be asked again."""
    return at - created_at <= FRESH


def link_is_good(expires_at: datetime, used_at: datetime | None, *, at: datetime) -> bool:
    """Whether a one-time link may be used still."""
    return used_at is None and at < expires_at


def link_life(purpose: str) -> timedelta:
    """How long a one-time link may be used."""
    return INVITATION_LIFE if purpose == INVITATION else LINK_LIFE


_ADDRESS = re.compile(r"[^\s@<>,;:()\"\[\]\\]+@[^\s@<>,;:()\"\[\]\\.]+(?:\.[^\s@<>,;:()\"\[\]\\.]+)+")


def is_email(text: str) -> bool:
    """Whether letters can be sent to it: an address as people type it, without a name around it."""
    return len(text) <= 254 and text.isprintable() and _ADDRESS.fullmatch(text) is not None


def tidy_email(text: str | None) -> str | None:
    """An address as it is stored and looked up; None for nothing."""
    return (text or "").strip().lower() or None


def password_problem(password: str, *, email: str | None = None, name: str = "") -> Reason | None:
    """What stands against this password, if anything."""
    if len(password) < SHORTEST_PASSWORD:
        return N_("Use at least %(least)s characters. Three or four words that you can remember do well."), {
            "least": SHORTEST_PASSWORD
        }
    if len(password) > LONGEST_PASSWORD:
        return N_("Use at most %(most)s characters."), {"most": LONGEST_PASSWORD}
    if len(set(password)) < 5:
        return N_("This password repeats a few characters and is easily guessed. Use several words."), {}
    if password.lower() in {(email or "").lower(), name.lower()}:
        return N_("This password is your name or address, which others know. Use several other words."), {}
    return None


def device_named(user_agent: str) -> str:
    """A device in words that its owner recognises, such as "Firefox, Linux"; empty when it says nothing."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
