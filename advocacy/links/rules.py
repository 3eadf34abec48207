"""Where a short link leads, and whose click is counted."""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from crawlerdetect import CrawlerDetect

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 9


def new_code() -> str:
    """A random code for a short link (about 45 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def tagged(url: str, *, network: str, campaign: str) -> str:
    """The address with UTM parameters behind it; what the address says itself is kept to the letter."""
    parts = urlsplit(url)
    known = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    tags = {"utm_source": network, "utm_medium": "advocacy", "utm_campaign": campaign}
    added = urlencode({name: value for name, value in tags.items() if name not in known})
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, added) if part)))


@cache
def _crawlers() -> CrawlerDetect:
    from crawlerdetect import CrawlerDetect  # loaded when the first link is followed

    return CrawlerDetect()


def is_bot(agent: str) -> bool:
    """Whether a user agent is a robot or a link preview: known as one, or not calling itself as browsers do."""
    as_browsers_do = agent.startswith(("Mozilla/5.0", "Opera/")) and "(compatible;" not in agent
    return not as_browsers_do or bool(_crawlers().isCrawler(agent))


def is_counted(agent: str, purpose: str = "") -> bool:
    """Whether this visit is a click: by a person, and not a browser that only fetches ahead."""
    return not is_bot(agent) and "prefetch" not in purpose.lower() and "preview" not in purpose.lower()
