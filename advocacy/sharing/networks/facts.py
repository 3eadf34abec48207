"""What `config/networks.toml` says of each network, and what follows from it without asking anyone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from advocacy.errors import N_, Reason
from advocacy.sharing.networks import counting
from advocacy.sharing.networks.interface import Count, Image, Limits
from advocacy.sharing.networks.mentions import Form


@dataclass(frozen=True)
class Facts:
    """One network's table; see the comments at the head of `config/networks.toml`."""

    slug: str
    name: str
    icon: str
    rule: str
    limits: Limits
    fold_characters: int = 0
    fold_lines: int = 0
    dialog: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    reading_scopes: tuple[str, ...] = ()
    version: str = ""
    version_ends: date | None = None
    prices: Mapping[str, int] = field(default_factory=dict)
    card_title: int = 0
    card_description: int = 0
    currency: str = ""
    mention: Form = Form.NONE
    hosts: tuple[str, ...] = ()

    def moved(self, origin: str) -> Facts:
        """The same network at another origin (`http://host:port`): the practice network's."""
        moved = {name: _moved(address, origin) for name, address in self.addresses.items()}
        return replace(self, addresses=moved)

    def may_hold(self, address: str) -> bool:
        """Whether a post of this network may stand at an address: https, on its own hosts where it has fixed ones."""
        if "post" in self.addresses and address.startswith(f"{_origin(self.addresses['post'])}/"):
            return True  # the practice network's too, which is plain http
        found = re.fullmatch(r"https://([^\s/?#@\\:]+)(?::443)?(?:[/?#]\S*)?", address, re.IGNORECASE)
        host = f".{found[1].lower()}" if found else ""
        return found is not None and (not self.hosts or host.endswith(tuple(f".{one}" for one in self.hosts)))

    @classmethod
    def parse(cls, slug: str, table: Mapping[str, Any]) -> Facts:
        """Check one table; raises ValueError naming what is wrong."""
        limits = {key: value for key, value in table.items() if key in LIMIT_KEYS}
        rest = {key: value for key, value in table.items() if key not in LIMIT_KEYS}
        unknown = rest.keys() - {one.name for one in fields(cls)} | rest.keys() & {"slug", "limits"}
        if unknown:
            raise ValueError(f"networks.toml: [{slug}] has an unknown key: {', '.join(sorted(unknown))}")
        if rest.get("rule") not in counting.RULES:
            raise ValueError(f"networks.toml: [{slug}] needs a rule out of {', '.join(counting.RULES)}")
        limits["media_types"] = tuple(limits.get("media_types", ()))
        if rest.get("mention", Form.NONE) not in list(Form):
            raise ValueError(f"networks.toml: [{slug}] mention is one of {', '.join(Form)}")
        rest |= {"mention": Form(rest.get("mention", Form.NONE))}
        rest |= {key: tuple(rest[key]) for key in ("scopes", "reading_scopes", "hosts") if key in rest}
        try:
            return cls(slug=slug, limits=Limits(**limits), **rest)
        except TypeError as missing:
            raise ValueError(f"networks.toml: [{slug}] lacks a key: {missing}") from missing


LIMIT_KEYS = {one.name for one in fields(Limits)}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _moved(address: str, origin: str) -> str:
    return address.replace(_origin(address), origin.rstrip("/"), 1)


def read(path: Path) -> dict[str, Facts]:
    """The facts of every network in a file, by slug; raises ValueError."""
    tables = tomllib.loads(path.read_text("utf-8"))
    return {slug: Facts.parse(slug, table) for slug, table in tables.items()}


class Previewed:
    """Shows a post as its network will show it, and says why the network would refuse it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.slug, self.name, self.icon = facts.slug, facts.name, facts.icon

    def default_limits(self) -> Limits:
        """The limits to go by as long as no server was asked."""
        return self.facts.limits

    def repeat_seconds(self, told: int) -> int:
        """For how many seconds a repeat under the same key is harmless: what is set now, whatever was told once."""
        return self.default_limits().idempotent_seconds

    def count(self, text: str, limits: Limits | None = None) -> Count:
        """The text's length by this network's own rule."""
        limits = limits or self.facts.limits
        return counting.count(self.facts.rule, text, limits.characters, limits.url_length)

    def fold(self, text: str, language: str = "") -> int:
        """How many leading characters of the text stand before "read more": text[:fold] is seen at once."""
        return counting.fold(text, self.facts.fold_characters, self.facts.fold_lines)

    def problems(self, text: str, images: Sequence[Image] = (), limits: Limits | None = None) -> list[Reason]:
        """Everything for which the network would refuse this post."""
        limits = limits or self.facts.limits
        return self._text_problems(text, bool(images), limits) + self._image_problems(images, limits)

    def _text_problems(self, text: str, pictured: bool, limits: Limits) -> list[Reason]:
        found: list[Reason] = []
        count = self.count(text, limits)
        if not text.strip() and not pictured:
            found.append((N_("There is nothing to post yet."), {}))
        if count.left < 0:
            values = {"network": self.name, "used": count.used, "allowed": count.allowed}
            found.append(
                (N_("This is too long for %(network)s: %(used)d of %(allowed)d characters."), values)
            )
        elif limits.text_bytes and len(text.encode()) > limits.text_bytes:
            found.append((N_("This is too long for %(network)s: please shorten it."), {"network": self.name}))
        return found

    def _image_problems(self, images: Sequence[Image], limits: Limits) -> list[Reason]:
        found: list[Reason] = []
        if limits.images and len(images) > limits.images:
            values = {"network": self.name, "allowed": limits.images}
            found.append((N_("Too many pictures for %(network)s: at most %(allowed)d in one post."), values))
        for image in images:
            found += self._one_image(image, limits)
        return found

    def _one_image(self, image: Image, limits: Limits) -> list[Reason]:
        found: list[Reason] = []
        alt = counting.graphemes(image.alt)
        if limits.image_bytes and len(image.data) > limits.image_bytes:
            values: dict[str, Any] = {
                "network": self.name,
                "megabytes": round(limits.image_bytes / 1_048_576, 1),
            }
            found.append((N_("The picture is too large for %(network)s: at most %(megabytes)s MB."), values))
        if limits.media_types and image.media_type not in limits.media_types:
            values = {"network": self.name, "kind": image.media_type}
            found.append((N_("%(network)s does not take pictures of this kind (%(kind)s)."), values))
        if limits.alt_characters and alt > limits.alt_characters:
            values = {"network": self.name, "used": alt, "allowed": limits.alt_characters}
            msgid = N_(
                "The picture's description is too long for %(network)s: %(used)d of %(allowed)d characters."
            )
            found.append((msgid, values))
        return found
