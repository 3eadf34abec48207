"""Where a short link leads, and whose click is counted."""

from __future__ import annotations

import secrets
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlerdetect import CrawlerDetect

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 9


def new_code() -> str:
    """A random code for a short link (about 45 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def tagged(url: str, *, network: str, campaign: str) -> str:
    """The address with UTM parameters behind it; what the address says itself is kept."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    known = {name for name, _ in query}
    tags = {"utm_source": network, "utm_medium": "advocacy", "utm_campaign": campaign}
    query += [(name, value) for name, value in tags.items() if name not in known]
    return urlunsplit(parts._replace(query=urlencode(query)))


@cache
def _crawlers() -> CrawlerDetect:
    return CrawlerDetect()


def is_bot(agent: str) -> bool:
    """Whether a user agent is a known robot, a link preview, or says nothing at all."""
    return not agent.strip() or bool(_crawlers().isCrawler(agent))
