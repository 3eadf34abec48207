"""Whether a post found on a network is the one that we sent, though the network shows it as HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

from advocacy.sharing.networks.counting import REMOTE_MENTION, compiled


def same_words(text: str, content: str) -> bool:
    """Whether a post's HTML says what the text says, white space, schemes and mentioned people's servers apart."""
    spaced = re.sub(r"<br\s*/?>|</p>", " ", content, flags=re.IGNORECASE)
    shown = unescape(re.sub(r"<[^>]*>", "", spaced))
    return _bones(shown) == _bones(text)


def _bones(text: str) -> str:
    bare = re.sub(r"https?://(?:www\.)?", "", compiled(REMOTE_MENTION).sub(r"@\1", text), flags=re.IGNORECASE)
    return " ".join(bare.split())


def when(text: Any) -> datetime | None:
    """An ISO 8601 instant as a network writes it, or None."""
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
