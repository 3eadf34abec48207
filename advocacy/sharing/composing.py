"""A post as it will be: her words with the disclosure and the short link, counted and folded as its network does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from advocacy.content import queries as content
from advocacy.content.models import Kit, KitAsset
from advocacy.errors import N_, Missing, Reason, Refused
from advocacy.sharing import rules
from advocacy.sharing.models import Connection
from advocacy.sharing.networks import connected, dialog, dialogs, network
from advocacy.sharing.networks.by_hand import ByHand
from advocacy.sharing.networks.counting import plain
from advocacy.sharing.networks.facts import Previewed
from advocacy.sharing.networks.interface import Count, Image, Limits

_LIMITS = {one.name for one in fields(Limits)}


@dataclass(frozen=True)
class Place:
    """Where a post goes: a person's account, or (`connection` None) a network's own share dialog."""

    network: Previewed
    limits: Limits
    connection: Connection | None = None


@dataclass(frozen=True)
class Composed:
    """One post, as it will stand at one place."""

    place: Place
    text: str
    disclosure: str
    language: str
    link: str
    fold: int
    count: Count
    problems: list[Reason]
    pictures: list[KitAsset]

    @property
    def before(self) -> str:
        """What the network shows at once."""
        return self.text[: self.fold]

    @property
    def after(self) -> str:
        """What stands behind "more"."""
        return self.text[self.fold :].strip()


def fold(slug: str, text: str, language: str) -> int:
    """How many characters of a text the network shows at once; all of them where the network is no longer known."""
    try:
        return network(slug).fold(text, language)
    except Missing:
        return len(text)


def place_of(connection: Connection) -> Place:
    """The place that an account is, with the limits that its server told when it was connected."""
    connector = network(connection.network)
    assert isinstance(connector, Previewed)
    told = {key: value for key, value in connection.limits.items() if key in _LIMITS}
    if not told.get("characters"):
        return Place(connector, connector.default_limits(), connection)
    told["media_types"] = tuple(told.get("media_types", ()))
    return Place(connector, Limits(**told), connection)


def by_hand(slug: str) -> Place:
    """The place that a network's own share dialog is; raises Missing."""
    found = dialog(slug)
    return Place(found, found.default_limits())


def by_hand_dialog(slug: str, text: str, link: str) -> str:
    """Where a network's share dialog opens; "" where there is none (any more)."""
    try:
        return dialog(slug).dialog_url(text, link)
    except Refused:
        return ""


def networks_by_hand(switched_off: set[str]) -> list[ByHand]:
    """The networks on which a person can share by hand, LinkedIn first; none that need a server named."""
    usable = [one for one in dialogs() if not one.needs_server and one.slug not in switched_off]
    return sorted(usable, key=lambda one: one.slug != "linkedin")


def networks_to_connect(switched_off: set[str]) -> list[Previewed]:
    """The networks on which a person can connect an account."""
    return [one for one in connected() if isinstance(one, Previewed) and one.slug not in switched_off]


def with_disclosure(
    words: str, place: Place, *, wording: str, allowed: Sequence[str], link: str, language: str
) -> tuple[str, str]:
    """The whole post and the wording that discloses in it.

    What she wrote herself in agreed words stands as it is; else the wording closes the post, or opens it where
    the network would fold its end away.
    """
    words = plain(words).strip()

    def discloses(text: str, wordings: Sequence[str]) -> bool:
        return rules.is_disclosed(text, list(wordings), place.network.fold(text, language))

    own = next((one for one in allowed if discloses(words, [one])), None)
    if own is not None:
        return rules.closing_text(words, "", link), own
    closing = rules.closing_text(words, wording, link)
    return (closing if discloses(closing, [wording]) else rules.opening_text(words, wording, link)), wording


def compose(
    words: str,
    place: Place,
    *,
    wording: str,
    allowed: Sequence[str],
    link: str,
    language: str,
    pictures: Sequence[KitAsset] = (),
) -> Composed:
    """The post that these words make at this place; `link` is the whole short address, "" for none."""
    text, disclosure = with_disclosure(
        words, place, wording=wording, allowed=allowed, link=link, language=language
    )
    chosen = list(pictures)
    images = [Image(b"", one.media_type, content.alt_in(one, language)) for one in chosen]
    problems = place.network.problems(text, images, place.limits) + _too_large(chosen, place)
    if not plain(words).strip():
        problems.insert(0, (N_("Write a few words of your own, or take a suggestion."), {}))
    return Composed(
        place=place,
        text=text,
        disclosure=disclosure,
        language=language,
        link=link,
        fold=place.network.fold(text, language),
        count=place.network.count(text, place.limits),
        problems=problems,
        pictures=chosen,
    )


def _too_large(pictures: Sequence[KitAsset], place: Place) -> list[Reason]:
    most = place.limits.image_bytes
    values = {"network": place.network.name, "megabytes": round(most / 1_048_576, 1)}
    large = any(most and one.size > most for one in pictures)
    return (
        [(N_("The picture is too large for %(network)s: at most %(megabytes)s MB."), values)] if large else []
    )


def words_of(text: str, disclosure: str, link: str) -> str:
    """Her own words out of a whole post, without the link and a disclosure that was put at its end or beginning."""
    words = text.replace(link, "").strip() if link else text.strip()
    return words.removesuffix(f"\n\n{disclosure}").removeprefix(f"{disclosure}\n\n").strip()


def fitting_pictures(kit: Kit, places: Sequence[Place]) -> list[KitAsset]:
    """The pictures to tick at first: as many as every place takes."""
    limits = [place.limits.images for place in places if place.limits.images]
    return kit.pictures[: min(limits)] if limits else kit.pictures


def name_of(slug: str) -> str:
    """What people call a network; its slug where it is no longer known."""
    names = {one.slug: one.name for one in connected()} | {one.slug: one.name for one in dialogs()}
    return names.get(slug, slug)
