"""Which stories are suggested to a person, and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content import queries, stories
from advocacy.content.models import Kit
from advocacy.content.rules import NEW_FOR, AudienceKind, Reader, meets
from advocacy.content.stories import Story
from advocacy.errors import N_, Reason

FROM = 60
"""So many of the newest stories are weighed."""


def suggested_for(
    person: Person,
    at: datetime,
    limit: int = 5,
    shared: Collection[int] = (),
    follows: Collection[str] | None = None,
) -> list[tuple[Story | Kit, Reason]]:
    """At most `limit` stories, each with its reason; those with the keys in `shared` come last.

    `follows` are the slugs of the topics that she follows, where they are known already.
    """
    reader = queries.reader(person, follows)
    names = stories.topic_names(person.language, at)
    weighed = [(*_why(kit, person, reader, names, at), kit) for kit in _newest(person, reader, at)]
    weighed.sort(key=lambda one: (one[2].id in shared, one[0]))
    return [(kit, reason) for _rank, reason, kit in weighed[:limit]]


def _newest(person: Person, reader: Reader, at: datetime) -> list[Story] | list[Kit]:
    """The newest stories that are for her; from the database where those kept in memory are too few to choose from."""
    kept, have = stories.newest(at), reader.values()
    hers = list(islice((story for story in kept if meets(story.asked, have)), FROM))
    if len(hers) == FROM or len(kept) < stories.NEWEST:
        return hers
    return list(db.session.scalars(queries.visible_to(person, at).limit(FROM)))


def _why(
    kit: Story | Kit, person: Person, reader: Reader, names: dict[str, str], at: datetime
) -> tuple[int, Reason]:
    """Why a story is suggested, and how good a reason that is (0 is best)."""
    for slug in kit.topic_slugs:
        if slug in reader.topics:
            return 0, (N_("You follow %(topic)s"), {"topic": names.get(slug, slug)})
    kinds = {kind for kind, _values in kit.asked}
    if AudienceKind.TEAM in kinds:
        return 1, (N_("For your team"), {})
    if AudienceKind.ENTITY in kinds and person.entity:
        return 2, (N_("New for %(entity)s"), {"entity": person.entity.name})
    if kit.publish_at and at - kit.publish_at <= NEW_FOR:
        return 3, (N_("New this week"), {})
    return 4, (N_("For everyone in the group"), {})
