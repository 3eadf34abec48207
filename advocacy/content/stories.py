"""The stories that are out and the topics' names, as everybody's pages show them; kept in memory for a few seconds.

Whether a story is out is asked of the clock each time, so that none is shown once it has expired. A story that was
withdrawn in another process may be shown for those seconds; it cannot be shared, since the gate asks the database.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Topic, TopicText
from advocacy.content.models import (
    Kit,
    KitAsset,
    KitAssetText,
    KitAudience,
    KitState,
    KitText,
    KitTopic,
)
from advocacy.content.rules import Asked, best_language, is_out
from advocacy.keep import LONGEST, Shelf

NEWEST = 500
"""So many stories are kept; who is offered few of them is offered older ones from the database."""


@dataclass(frozen=True)
class StoryText:
    """A story's words in one language."""

    language: str
    title: str
    story: str


@dataclass(frozen=True)
class Alt:
    """What a picture shows, in one language."""

    language: str
    alt: str


@dataclass(frozen=True)
class StoryPicture:
    """A picture of a story."""

    code: str
    width: int
    height: int
    texts: tuple[Alt, ...]
    spoken: str | None


@dataclass(frozen=True)
class Story:
    """A kit as its readers see it."""

    id: int
    slug: str
    state: KitState
    publish_at: datetime | None
    expires_at: datetime | None
    spoken: str | None
    texts: tuple[StoryText, ...]
    pictures: tuple[StoryPicture, ...]
    topic_slugs: tuple[str, ...]
    asked: Asked


STORIES: Shelf[list[Story]] = Shelf(
    Kit, KitText, KitAsset, KitAssetText, KitTopic, KitAudience, Topic, Entity, most=1
)
NAMES: Shelf[dict[str, str]] = Shelf(Topic, TopicText, most=200)


def newest(at: datetime) -> list[Story]:
    """The stories that are out, for whomever, newest first; at most NEWEST of them."""
    found = STORIES.read(db.current(), "", lambda: _read(at), at=at)
    return [story for story in found if is_out(story, at)]


def topic_names(language: str, at: datetime) -> dict[str, str]:
    """Every topic's name by its slug, in that language where there is one, in the order of the names."""
    return dict(NAMES.read(db.current(), language, lambda: _names(language), at=at))


def _names(language: str) -> dict[str, str]:
    rows = db.session.execute(
        sa.select(Topic.slug, TopicText.language, TopicText.name).outerjoin(
            TopicText, TopicText.topic_id == Topic.id
        )
    )
    by_slug: dict[str, dict[str, str]] = {}
    for slug, tag, name in rows:
        by_slug.setdefault(slug, {}).update({tag: name} if tag else {})
    named = {
        slug: names[best_language(names, language) or ""] if names else slug
        for slug, names in by_slug.items()
    }
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


def _read(at: datetime) -> list[Story]:
    """The stories out now and those that will be before this is read again."""
    kits = db.session.execute(
        sa.select(Kit.id, Kit.slug, Kit.state, Kit.publish_at, Kit.expires_at, Entity.language)
        .outerjoin(Kit.entity)
        .where(Kit.state == KitState.APPROVED, Kit.publish_at <= at + LONGEST)
        .where(sa.or_(Kit.expires_at.is_(None), Kit.expires_at > at))
        .order_by(Kit.publish_at.desc(), Kit.id.desc())
        .limit(NEWEST)
    ).all()
    ids = [kit.id for kit in kits]
    texts, pictures, topics, audience = _texts(ids), _pictures(ids), _topics(ids), _audience(ids)
    return [
        Story(
            *kit,
            texts=tuple(texts[kit.id]),
            pictures=tuple(
                StoryPicture(code, width, height, alts, kit.language)
                for code, width, height, alts in pictures[kit.id]
            ),
            topic_slugs=tuple(topics[kit.id]),
            asked=tuple((kind, frozenset(values)) for kind, values in audience[kit.id].items()),
        )
        for kit in kits
    ]


def _texts(ids: list[int]) -> dict[int, list[StoryText]]:
    asked = sa.select(KitText.kit_id, KitText.language, KitText.title, KitText.story)
    found = defaultdict(list)
    for kit, *words in db.session.execute(asked.where(KitText.kit_id.in_(ids)).order_by(KitText.id)):
        found[kit].append(StoryText(*words))
    return found


def _pictures(ids: list[int]) -> dict[int, list[Any]]:
    """The code, width, height and words of each picture, by kit."""
    shown = sa.and_(KitAsset.kit_id.in_(ids), KitAsset.retired_at.is_(None))
    alts = defaultdict(list)
    said = sa.select(KitAssetText.asset_id, KitAssetText.language, KitAssetText.alt).join(KitAsset)
    for asset, *words in db.session.execute(said.where(shown).order_by(KitAssetText.id)):
        alts[asset].append(Alt(*words))
    asked = sa.select(KitAsset.kit_id, KitAsset.id, KitAsset.code, KitAsset.width, KitAsset.height)
    found = defaultdict(list)
    for kit, asset, *shape in db.session.execute(asked.where(shown).order_by(KitAsset.position, KitAsset.id)):
        found[kit].append((*shape, tuple(alts[asset])))
    return found


def _topics(ids: list[int]) -> dict[int, list[str]]:
    asked = sa.select(KitTopic.kit_id, Topic.slug).join(KitTopic.topic).where(KitTopic.kit_id.in_(ids))
    found = defaultdict(list)
    for kit, slug in db.session.execute(asked.order_by(KitTopic.id)):
        found[kit].append(slug)
    return found


def _audience(ids: list[int]) -> dict[int, dict[Any, set[str]]]:
    asked = sa.select(KitAudience.kit_id, KitAudience.kind, KitAudience.value)
    found: dict[int, dict[Any, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kit, kind, value in db.session.execute(asked.where(KitAudience.kit_id.in_(ids))):
        found[kit][kind].add(value)
    return found
