"""A post of the company that is passed on with a person's own words, or linked where the network cannot do that."""

from __future__ import annotations

import re
from urllib.parse import unquote

LINKEDIN = re.compile(r"urn:li:(?:share|ugcPost):\d+")
X = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/[^/]+(?:/web)?/status/(\d{1,19})(?:[/?#].*)?")
ID = re.compile(r"\d{1,19}")


def linkedin_id(said: str) -> str:
    """The URN in what names a LinkedIn post; "" where it has none that can be passed on (Posts API, "Reshare")."""
    found = LINKEDIN.search(unquote(said))
    return found[0] if found else ""


def x_id(said: str) -> str:
    """The id in what names a post on X; "" where it has none."""
    if ID.fullmatch(said):
        return said
    found = X.fullmatch(said)
    return found[1] if found else ""


IDS = {"linkedin": linkedin_id, "x": x_id}


def id_of(network: str, said: str) -> str:
    """The network's own id of the post that this names, as its `publish` takes it; "" where it cannot be passed on."""
    return IDS[network](said) if network in IDS else ""
