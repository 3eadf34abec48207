"""Making topics, entities and teams as the folder says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Team, Topic, TopicText
from advocacy.loading import queries
from advocacy.loading.actions.tally import Outcome, Tally, whole
from advocacy.loading.rules.organisation import EntityRow, HelpRow, Organisation, TeamRow, TopicRow
from advocacy.loading.rules.problems import Problems
from advocacy.sharing import arranging
from advocacy.sharing.models import Disclosure, HelpContact, HelpKind


def keep_organisation(found: Organisation, *, at: datetime, tally: Tally, problems: Problems) -> None:
    """Make the organisation's topics, entities and teams say what its file says."""
    for topic in found.topics:
        tally.note("topics", _keep_topic(topic))
    for entity in found.entities:
        with whole(entity.place, problems):
            tally.note("entities", _keep_entity(entity, at))
    keep_teams(found.teams, tally=tally)


def keep_teams(teams: list[TeamRow], *, tally: Tally) -> None:
    """Make these teams; one that moves to another entity keeps its people."""
    keys = queries.entity_keys()
    held = {team.slug: team for team in db.session.scalars(sa.select(Team))}
    for row in teams:
        if row.entity in keys:
            details = {"name": row.name, "entity_id": keys[row.entity]}
            tally.note("teams", _keep(held.get(row.slug), Team, {"slug": row.slug}, details))
    db.session.flush()


def _keep(record: Any, model: type[db.Model], key: dict[str, Any], details: dict[str, Any]) -> Outcome:
    """Set these details of a record, made with that key if there is none."""
    outcome = Outcome.UNCHANGED
    if record is None:
        record, outcome = model(**key), Outcome.CREATED
        db.session.add(record)
    for name, value in details.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
            outcome = Outcome.CREATED if outcome is Outcome.CREATED else Outcome.UPDATED
    return outcome


def _keep_topic(row: TopicRow) -> Outcome:
    topic = db.session.scalar(sa.select(Topic).where(Topic.slug == row.slug))
    outcome = _keep(topic, Topic, {"slug": row.slug}, {})
    db.session.flush()
    key = topic.id if topic else db.session.scalars(sa.select(Topic.id).where(Topic.slug == row.slug)).one()
    held = {
        text.language: text
        for text in db.session.scalars(sa.select(TopicText).where(TopicText.topic_id == key))
    }
    for language, name in row.names.items():
        one = _keep(held.get(language), TopicText, {"topic_id": key, "language": language}, {"name": name})
        if outcome is Outcome.UNCHANGED and one is not Outcome.UNCHANGED:
            outcome = Outcome.UPDATED
    return outcome


def _keep_entity(row: EntityRow, at: datetime) -> Outcome:
    held = db.session.scalar(sa.select(Entity).where(Entity.slug == row.slug))
    details = {name: getattr(row, name) for name in ("name", "country", "language", "time_zone", "accent")}
    outcome = _keep(held, Entity, {"slug": row.slug}, details)
    db.session.flush()
    entity = held or db.session.scalars(sa.select(Entity).where(Entity.slug == row.slug)).one()
    changed = _keep_wordings(entity, row, at)
    for contact in row.help:
        changed |= _keep_contact(entity, contact, at)
    return Outcome.UPDATED if changed and outcome is Outcome.UNCHANGED else outcome


def _keep_wordings(entity: Entity, row: EntityRow, at: datetime) -> bool:
    stored = db.session.execute(
        sa.select(Disclosure.language, Disclosure.wording)
        .where(Disclosure.entity_id == entity.id)
        .order_by(Disclosure.position, Disclosure.id)
    )
    if not row.disclosure or [tuple(one) for one in stored] == list(row.disclosure):
        return False
    arranging.keep_disclosures(entity, row.disclosure, by=None, at=at)
    return True


def _keep_contact(entity: Entity, row: HelpRow, at: datetime) -> bool:
    kind = HelpKind(row.kind)
    held = db.session.scalar(
        sa.select(HelpContact).where(HelpContact.entity_id == entity.id, HelpContact.kind == kind)
    )
    if held and (held.name, held.email, held.phone, held.note) == (row.name, row.email, row.phone, row.note):
        return False
    arranging.keep_help_contact(entity, kind, row.name, row.email, row.phone, row.note, by=None, at=at)
    return True
