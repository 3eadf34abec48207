"""What posts of several people stand on, when they are looked at together: asked once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Following, Person, Topic
from advocacy.content import queries as content
from advocacy.content.models import Kit
from advocacy.content.rules import matches
from advocacy.guidelines import queries as guidelines
from advocacy.sharing import slots
from advocacy.sharing.models import Delivery, Disclosure, Hold
from advocacy.sharing.queries import arranged, holds, pace
from advocacy.sharing.queries.gate import BeforeSharing
from advocacy.sharing.slots import Planned
from advocacy.training import queries as training


class Ground:
    """The holds, stories, guidelines, certificates and arrangements of these people's companies, at a moment."""

    def __init__(self, people: Sequence[Person], *, at: datetime) -> None:
        self.people = people
        self.at = at
        self._lacking: dict[datetime, dict[int, BeforeSharing]] = {}

    def hold_against(self, person: Person, kit: Kit, network: str, *, at: datetime) -> Hold | None:
        """The hold that keeps this person's post of this kit on this network back at a moment, the oldest first."""
        return holds.first_against(self._holds, person, kit, network, at=at)

    def is_out_for(self, kit: Kit, person: Person) -> bool:
        """Whether this kit may be shared by this person now."""
        readers = kit.readers
        follows = self._follows[person.id] if readers.topics else ()
        return kit.is_out(self.at) and matches(readers, content.reader(person, follows))

    def lacking(self, person: Person, *, at: datetime) -> BeforeSharing:
        """What stands between this person and sharing at a moment: joining, a guideline, a certificate."""
        if at not in self._lacking:
            ids = [one.id for one in self.people]
            to_accept = guidelines.missing_for_each(ids, at)
            to_pass = training.missing_for_each(ids, at)
            self._lacking[at] = {
                one.id: BeforeSharing(not one.is_champion, to_accept[one.id], to_pass[one.id])
                for one in self.people
            }
        return self._lacking[at][person.id]

    def off(self, person: Person) -> set[str]:
        """The networks that are switched off in the person's entity."""
        return self._off.get(person.entity_id, set())

    def wordings(self, person: Person, language: str, *, paid: bool) -> list[str]:
        """The wordings by which the person may state her employment in this language, the default first."""
        rows = self._rows.get(person.entity_id, [])
        return arranged.wordings(person.entity, rows, language, paid=paid)

    def count(self, delivery: Delivery) -> None:
        """A post passes the gate: it takes its place in its owner's day, that of its first try."""
        moment, zone = delivery.first_tried_at or self.at, delivery.share.person.time_zone
        if slots.local(moment, zone).date() == slots.local(self.at, zone).date():
            out = Planned(delivery.share_id, delivery.network, moment)
            self.days[delivery.share.person_id].append(out)

    @cached_property
    def days(self) -> dict[int, list[Planned]]:
        """What is out or on its way on the day of each (by key), those that passed the gate just now among it."""
        return pace.out_on_her_day(self.people, self.at)

    @cached_property
    def _entities(self) -> set[int | None]:
        return {one.entity_id for one in self.people} - {None}

    @cached_property
    def _holds(self) -> list[Hold]:
        return holds.unended(self.at)

    @cached_property
    def _off(self) -> dict[int | None, set[str]]:
        return arranged.networks_off_in(self._entities)

    @cached_property
    def _rows(self) -> dict[int | None, list[Disclosure]]:
        return arranged.disclosure_rows_in(self._entities)

    @cached_property
    def _follows(self) -> dict[int, set[str]]:
        """The topics (slugs) that each follows."""
        found: dict[int, set[str]] = defaultdict(set)
        asked = sa.select(Following.person_id, Topic.slug).join(Topic, Following.topic_id == Topic.id)
        for person, slug in db.session.execute(
            asked.where(Following.person_id.in_([one.id for one in self.people]))
        ):
            found[person].add(slug)
        return found
