"""A post as it will be: her words with the disclosure and the short link, counted and folded as its network does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

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
from advocacy.sharing.networks.mentions import EXAMPLES, unheard
from advocacy.sharing.networks.passing_on import id_of
from advocacy.sharing.phrases import Phrase, refused_phrases
from advocacy.sharing.queries import Likeness
from advocacy.sharing.rules import is_web_address

_LIMITS = {one.name for one in fields(Limits)}


@dataclass(frozen=True)
class Place:
    """Where a post goes: a person's account, or (`connection` None) a network's own share dialog."""

    network: Previewed
    limits: Limits
    connection: Connection | None = None


@dataclass(frozen=True)
class OwnPost:
    """What the company itself posted: `id` is the network's, "" where it can only be linked, at `address`."""

    id: str
    address: str


def own_post(said: str, place: Place) -> OwnPost | None:
    """How what the company posted can be taken up at a place; by hand, or without an id, as a link alone."""
    slug = place.network.slug
    can = place.connection is not None and network(slug).can.reshares
    known = id_of(slug, said) if can else ""
    address = said if is_web_address(said) else ""
    return OwnPost(known, address) if known or address else None


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
    alts: list[str]
    hints: list[Reason]
    phrases: list[Phrase]
    """What cannot stay in her words, by its place in the whole text."""
    passing_on: OwnPost | None = None
    alike: Likeness | None = None
    """How much of it others said lately, if that is worth a word."""

    @property
    def network(self) -> str:
        """The network's slug."""
        return self.place.network.slug

    @property
    def connection(self) -> Connection | None:
        """The account; None by hand."""
        return self.place.connection

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


def refuses_alike(slug: str) -> bool:
    """Whether a network's rules forbid nearly the same words on several accounts."""
    try:
        return network(slug).can.near_identical_refused
    except Missing:
        return False


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
    alts: Mapping[str, str] | None = None,
    address: str = "",
    passing_on: OwnPost | None = None,
) -> Composed:
    """The post that these words make at this place.

    `link` is the whole short address, "" for none, `address` where it leads; `alts` are her own descriptions of
    pictures, by their codes; `passing_on` takes their place where the network can pass it on, else it is linked.
    """
    words = _linked(words, passing_on)
    text, disclosure = with_disclosure(
        words, place, wording=wording, allowed=allowed, link=link, language=language
    )
    chosen = [] if passing_on is not None and passing_on.id else list(pictures)
    shown = [described(one, language, alts or {}) for one in chosen]
    phrases = _phrases(words, text, place, wording=wording, address=address)
    return Composed(
        place=place,
        text=text,
        disclosure=disclosure,
        language=language,
        link=link,
        fold=place.network.fold(text, language),
        count=place.network.count(text, place.limits),
        problems=_problems(words, text, list(zip(chosen, shown, strict=True)), place, phrases),
        pictures=chosen,
        alts=shown,
        hints=_unheard(text, place),
        phrases=phrases,
        passing_on=passing_on,
    )


def _linked(words: str, own: OwnPost | None) -> str:
    return words if own is None or own.id else f"{plain(words).strip()}\n\n{own.address}"


def _problems(
    words: str, text: str, shown: Sequence[tuple[KitAsset, str]], place: Place, phrases: Sequence[Phrase]
) -> list[Reason]:
    """Everything for which this post cannot go out; `shown` are its pictures with their descriptions."""
    images = [Image(b"", one.media_type, alt) for one, alt in shown]
    problems = place.network.problems(text, images, place.limits)
    problems += _too_large([one for one, _alt in shown], place)
    if not plain(words).strip():
        problems.insert(0, (N_("Write a few words of your own, or take a suggestion."), {}))
    return problems + [one.reason for one in phrases if one.better is not None]


def described(picture: KitAsset, language: str, alts: Mapping[str, str]) -> str:
    """What is said of a picture to those who do not see it: her own words, else the kit's."""
    return alts.get(picture.code, "").strip() or content.alt_in(picture, language)


def _phrases(words: str, text: str, place: Place, *, wording: str, address: str) -> list[Phrase]:
    """What cannot stay, and where it stands in the whole text; also what is more than the network takes."""
    words = plain(words).strip()
    found = refused_phrases(words, wording=wording, address=address)
    fits = _fitting(words, place, place.network.count(text, place.limits).left)
    if fits < len(words):
        found.append(
            Phrase(fits, len(words), (N_("Too much for %(network)s"), {"network": place.network.name}))
        )
    before = max(0, text.find(words))
    return [replace(one, start=one.start + before, end=one.end + before) for one in found]


def _fitting(words: str, place: Place, left: int) -> int:
    """How many characters of the words may stay when the whole is `left` (negative) under what is allowed."""
    if left >= 0:
        return len(words)
    most = place.network.count(words, place.limits).used + left
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = place.network.count(words[:middle], place.limits).used <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _unheard(text: str, place: Place) -> list[Reason]:
    """What she should know of her mentions: which of them this network tells nobody of."""
    form = place.network.facts.mention
    msgid = (
        N_("%(network)s makes no link of %(mention)s: there one writes %(example)s.")
        if form in EXAMPLES
        else N_("%(network)s makes no link of %(mention)s. It stays plain text.")
    )
    known = {"network": place.network.name, "example": EXAMPLES.get(form, "")}
    return [(msgid, {**known, "mention": one}) for one in unheard(text, form)]


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
