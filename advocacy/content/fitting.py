"""Whether suggested captions fit their networks, by the measure of the room that knows what a post carries besides."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from advocacy import places
from advocacy.content.shape import KitData, Problem
from advocacy.errors import N_, Reason

ANY = "any"
TOO_LONG = N_(
    "Caption %(number)s is too long for %(network)s: with disclosure and link %(used)s of %(allowed)s characters."
)
NOT_EVERYWHERE = N_(
    "Caption %(number)s, for any network, is too long for %(networks)s: whoever shares there has to shorten it. "
    "Suggest a shorter one for there too."
)


def networks() -> dict[str, tuple[str, int]]:
    """The networks that captions are written for: name and characters, by slug, as the file of networks says."""
    return _networks_in(places.networks())


@functools.cache
def _networks_in(file: Path) -> dict[str, tuple[str, int]]:
    tables = tomllib.loads(file.read_text("utf-8"))
    return {slug: (table["name"], int(table["characters"])) for slug, table in tables.items()}


class Excess(NamedTuple):
    """A caption (by its place, from 0) that is too long on a network, with all that its post will carry."""

    place: int
    network: str
    used: int
    allowed: int


class Room(NamedTuple):
    """How many characters of its own a caption may have on a network, beside what its post will carry."""

    network: str
    characters: int


class Measure(NamedTuple):
    """How captions are measured: those that are too long, and the room there is on each network (by slug)."""

    overlong: Callable[[KitData], list[Excess]]
    rooms: Callable[[KitData], dict[str, Room]]


_measure: list[Measure] = []


def measure_by(measure: Measure) -> None:
    """From now on let captions be measured by this."""
    _measure[:] = [measure]


def problems(data: KitData) -> list[Problem]:
    """The captions that do not fit the network they were written for."""
    return [
        Problem(f"caption-{one.place}", (TOO_LONG, {"number": one.place + 1, **_values(one)}))
        for one in _overlong(data)
        if data.captions[one.place].network != ANY
    ]


def warnings(data: KitData) -> list[Reason]:
    """Of the captions for any network, those that some networks are too narrow for, and which these are."""
    found: dict[int, list[str]] = {}
    for one in _overlong(data):
        if data.captions[one.place].network == ANY:
            found.setdefault(one.place, []).append(one.network)
    return [
        (NOT_EVERYWHERE, {"number": place + 1, "networks": ", ".join(names)})
        for place, names in found.items()
    ]


def rooms(data: KitData) -> dict[str, Room]:
    """The room that a caption has on each network, by slug."""
    return _measure[0].rooms(data) if _measure else {}


def _overlong(data: KitData) -> list[Excess]:
    return _measure[0].overlong(data) if _measure else []


def _values(one: Excess) -> dict[str, object]:
    return {"network": one.network, "used": one.used, "allowed": one.allowed}
