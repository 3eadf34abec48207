"""What a content kit holds, as the studio's form and the loader hand it in, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from advocacy.content.addresses import link_fault, own_post_fault
from advocacy.content.rules import Audience, best_language, tidy
from advocacy.errors import N_, Conflict, Reason, Several

LONGEST_TITLE = 160
LONGEST_STORY = 20_000
LONGEST_ALT = 1_500
LONGEST_CAPTION = 3_000
MOST_PICTURES = 4
MOST_CAPTIONS = 40
TAG = re.compile(r"(?=.{1,16}$)[A-Za-z]{1,16}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Text:
    """Title and story (Markdown) in one language."""

    title: str
    story: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture that storage keeps, with its size in pixels and bytes, and what it shows by language.

    `small` is the digest of its version for lists and phones, empty when there is none.
    """

    digest: str
    media_type: str
    width: int
    height: int
    size: int
    name: str = ""
    alt: Mapping[str, str] = field(default_factory=dict)
    small: str = field(default="", compare=False)


@dataclass(frozen=True)
class Caption:
    """A suggested caption for a network ("any" for all) in one language; without link and disclosure."""

    network: str
    language: str
    text: str


def _clean(text: str) -> str:
    """Forms send line ends as Windows writes them."""
    return text.replace("\r\n", "\n").strip()


def _filled(alt: Mapping[str, str]) -> dict[str, str]:
    return {tag.lower(): _clean(words) for tag, words in alt.items() if _clean(words)}


@dataclass(frozen=True)
class KitData:
    """Everything a kit says, as the studio's form and the loader hand it in; `entity` None is the whole group.

    `own_posts` says by network what the company itself posted there: an address or the network's own id.
    """

    texts: Mapping[str, Text]
    link_url: str = ""
    pictures: tuple[Picture, ...] = ()
    captions: tuple[Caption, ...] = ()
    topics: tuple[str, ...] = ()
    audience: Audience = field(default_factory=Audience)
    publish_at: datetime | None = None
    expires_at: datetime | None = None
    entity: str | None = None
    is_paid: bool = False
    own_posts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = {
            tag.lower(): Text(_clean(text.title), _clean(text.story)) for tag, text in self.texts.items()
        }
        captions = [Caption(one.network, one.language.lower(), _clean(one.text)) for one in self.captions]
        pictures = (replace(one, alt=_filled(one.alt)) for one in self.pictures)
        object.__setattr__(
            self, "texts", {tag: text for tag, text in texts.items() if text.title or text.story}
        )
        object.__setattr__(self, "captions", tuple(one for one in captions if one.text))
        object.__setattr__(self, "pictures", tuple(pictures))
        object.__setattr__(self, "link_url", self.link_url.strip())
        object.__setattr__(self, "topics", tidy(self.topics))
        own = {network: said.strip() for network, said in self.own_posts.items() if said.strip()}
        object.__setattr__(self, "own_posts", own)

    @property
    def title(self) -> str:
        """The title that names it: English first."""
        language = best_language([one for one, text in self.texts.items() if text.title])
        return self.texts[language].title if language else ""


class Problem(NamedTuple):
    """What stands against saving or sending a kit, and the part it is about."""

    field: str
    reason: Reason


class Faults(Several):
    """A kit cannot be kept or sent like this; every problem is named with its part."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__([problem.reason for problem in problems])
        self.problems = problems
        self.field = problems[0].field


def faults(data: KitData) -> list[Problem]:
    """Why a kit cannot be kept like this, even as a draft."""
    link = link_fault(data.link_url) if data.link_url else None
    return [
        *_text_faults(data.texts),
        *([Problem("link_url", link)] if link else []),
        *(Problem(f"own-{at}", one) for at, said in data.own_posts.items() if (one := own_post_fault(said))),
        *_picture_faults(data.pictures),
        *_caption_faults(data.captions, data.link_url),
        *_time_faults(data.publish_at, data.expires_at),
        *_tag_faults(data),
    ]


def _text_faults(texts: Mapping[str, Text]) -> Iterable[Problem]:
    if not any(text.title for text in texts.values()):
        yield Problem("texts", (N_("Give the story a title in at least one language."), {}))
    for language, text in texts.items():
        if text.story and not text.title and any(other.title for other in texts.values()):
            yield Problem(f"title-{language}", (N_("This story has no title yet."), {}))
        if len(text.title) > LONGEST_TITLE:
            yield Problem(f"title-{language}", _too_long(text.title, LONGEST_TITLE))
        if len(text.story) > LONGEST_STORY:
            yield Problem(f"story-{language}", _too_long(text.story, LONGEST_STORY))


def _too_long(text: str, limit: int) -> Reason:
    values = {"length": len(text), "limit": limit}
    return N_("This is %(length)s characters long; %(limit)s is the most."), values


def _picture_faults(pictures: tuple[Picture, ...]) -> Iterable[Problem]:
    if len(pictures) > MOST_PICTURES:
        reason = N_("A kit holds at most %(limit)s pictures. Remove some."), {"limit": MOST_PICTURES}
        yield Problem("pictures", reason)
    if len({picture.digest for picture in pictures}) < len(pictures):
        yield Problem("pictures", (N_("The same picture is here twice. Remove one."), {}))
    for number, picture in enumerate(pictures):
        for language, alt in picture.alt.items():
            if len(alt) > LONGEST_ALT:
                yield Problem(f"alt-{number}-{language}", _too_long(alt, LONGEST_ALT))


def _caption_faults(captions: tuple[Caption, ...], link_url: str) -> Iterable[Problem]:
    if len(captions) > MOST_CAPTIONS:
        reason = N_("A kit holds at most %(limit)s captions. Remove some."), {"limit": MOST_CAPTIONS}
        yield Problem("captions", reason)
    for number, caption in enumerate(captions):
        if len(caption.text) > LONGEST_CAPTION:
            yield Problem(f"caption-{number}", _too_long(caption.text, LONGEST_CAPTION))
        if link_url and link_url in caption.text:
            reason = N_("Leave the link out of the caption: it is added when the post is made."), {}
            yield Problem(f"caption-{number}", reason)
        if caption in captions[:number]:
            yield Problem(f"caption-{number}", (N_("This caption is here twice. Remove one."), {}))


def _time_faults(publish_at: datetime | None, expires_at: datetime | None) -> Iterable[Problem]:
    if publish_at is not None and expires_at is not None and expires_at <= publish_at:
        msgid = N_("The story would end before it is published. Choose a later end.")
        yield Problem("expires_at", (msgid, {}))


def _tag_faults(data: KitData) -> Iterable[Problem]:
    """Only a form that was tampered with, or a loader's mistake, gets here."""
    tags = [("texts", tag) for tag in data.texts]
    tags += [("captions", tag) for one in data.captions for tag in (one.language, one.network)]
    tags += [("pictures", tag) for one in data.pictures for tag in one.alt]
    tags += [("languages", tag) for tag in data.audience.languages]
    tags += [("countries", tag) for tag in data.audience.countries]
    for part, tag in tags:
        if not TAG.fullmatch(tag):
            yield Problem(part, (N_("“%(tag)s” is not known here."), {"tag": tag[:40]}))


def missing(data: KitData, at: datetime) -> list[Problem]:
    """What a kit still needs before it can be reviewed or published."""
    found = [
        Problem(f"story-{language}", (N_("“%(title)s” has no story yet."), {"title": text.title}))
        for language, text in data.texts.items()
        if not text.story
    ]
    found += [
        Problem(
            f"alt-{number}",
            (N_("Say what the picture “%(name)s” shows."), {"name": picture.name or number + 1}),
        )
        for number, picture in enumerate(data.pictures)
        if not any(picture.alt.values())
    ]
    if not data.captions:
        found.append(Problem("captions", (N_("Suggest at least one caption."), {})))
    if data.expires_at is not None and data.expires_at <= at:
        found.append(
            Problem("expires_at", (N_("The story's end has passed already. Choose a later one."), {}))
        )
    return found


def needs_review_again(before: KitData, after: KitData) -> bool:
    """Whether an approved kit must be approved anew: anything changed, save that it is out for a shorter time."""
    if replace(after, publish_at=before.publish_at, expires_at=before.expires_at) != before:
        return True
    return not (
        _not_earlier(before.publish_at, after.publish_at) and _not_longer(before.expires_at, after.expires_at)
    )


def _not_earlier(before: datetime | None, after: datetime | None) -> bool:
    return after == before or (before is not None and after is not None and after > before)


def _not_longer(before: datetime | None, after: datetime | None) -> bool:
    return after == before or (after is not None and (before is None or after < before))


class Difference(NamedTuple):
    """A part of a kit as I have it and as someone else saved it."""

    field: str
    mine: str | datetime | None
    theirs: str | datetime | None


class Overtaken(Conflict):
    """Someone else saved the kit in the meantime; nothing of either is lost."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__(N_("Someone else changed this kit while you were editing it."))
        self.differences = differences


def differences(mine: KitData, theirs: KitData) -> list[Difference]:
    """Part by part, where the two differ."""
    left, right = _parts(mine), _parts(theirs)
    return [
        Difference(part, left.get(part), right.get(part))
        for part in dict.fromkeys((*left, *right))
        if (left.get(part) or None) != (right.get(part) or None)
    ]


def _named(picture: Picture) -> str:
    return f"{picture.name} ({picture.digest[:8]})".strip()  # two pictures may have one name


def _parts(data: KitData) -> dict[str, str | datetime | None]:
    return {
        **{f"title-{one}": text.title for one, text in data.texts.items()},
        **{f"story-{one}": text.story for one, text in data.texts.items()},
        "link_url": data.link_url,
        "own_posts": "\n".join(f"{network}: {said}" for network, said in sorted(data.own_posts.items())),
        "pictures": "\n".join(
            " · ".join((_named(one), *(f"{tag}: {alt}" for tag, alt in sorted(one.alt.items()))))
            for one in data.pictures
        ),
        "captions": "\n".join(f"{one.network} · {one.language}: {one.text}" for one in data.captions),
        "topics": ", ".join(data.topics),
        "audience": ", ".join(f"{kind}: {value}" for kind, value in data.audience.lines()),
        "entity": data.entity or "",
        "is_paid": "✓" if data.is_paid else "",
        "publish_at": data.publish_at,
        "expires_at": data.expires_at,
    }
