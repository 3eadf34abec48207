"""Which networks the practice network plays, told without loading it: their names, and the port of each."""

from __future__ import annotations

#: What is offered, by slug; the same as `advocacy.practice.app.MODES`, which a test compares.
NAMES = {"mastodon": "Mastodon", "linkedin": "LinkedIn", "x": "X", "bluesky": "Bluesky"}
#: How far above practice.port each network answers, unless it has a port of its own.
PLACES = {"mastodon": 0, "linkedin": 1, "x": 2, "bluesky": 3}


def ports(first: int, **own: int) -> dict[str, int]:
    """The port of each network that is offered, by slug; an own port of 0 is the usual place above the first."""
    return {slug: own.get(slug) or first + PLACES[slug] for slug in NAMES}
