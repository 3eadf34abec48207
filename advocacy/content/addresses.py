"""What may stand as an address in a kit: the story's own, and those of what the company itself posted."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from advocacy.errors import N_, Reason

LONGEST_LINK = 2_000
OWN_POSTS = ("linkedin", "x", "mastodon", "bluesky")
"""The networks on which a kit may name what the company itself posted."""
_ID = re.compile(r"urn:li:(?:share|ugcPost|activity):\d{1,30}|\d{5,30}|at://[\w.:%-]+/[\w.]+/[\w.~:-]+")


def link_fault(url: str) -> Reason | None:
    """What is wrong with an address that posts will carry."""
    if len(url) > LONGEST_LINK:
        return N_("The link is longer than %(limit)s characters."), {"limit": LONGEST_LINK}
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return N_("This is not a web address. Copy it from the browser's address bar."), {}
    if parts.scheme not in {"http", "https"}:
        return N_("The link must begin with https:// or http://."), {}
    if not named or any(letter.isspace() or not letter.isprintable() for letter in url):
        return N_("This is not a web address. Copy it from the browser's address bar."), {}
    if parts.username is not None or parts.password is not None:
        return N_("The link holds a name or a password. Remove what stands before the @."), {}
    return None


def own_post_fault(said: str) -> Reason | None:
    """What is wrong with what names a post of the company: its address, or the network's own id of it."""
    if _ID.fullmatch(said):
        return None
    if not said.startswith(("http://", "https://")):
        return N_("Paste the address of the post, or the id that the network gave it."), {}
    return link_fault(said)
