"""Which kits a person sees as stories, which she works on in the studio, and in what words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from advocacy import db
from advocacy.accounts.models import Entity, Following, Person, Team, Topic
from advocacy.audit import queries as audit
from advocacy.audit.models import AuditLine
from advocacy.content.models import (
    Kit,
    KitAsset,
    KitAssetText,
    KitAudience,
    KitState,
    KitText,
    KitTopic,
    Review,
    Variant,
    Verdict,
)
from advocacy.content.rules import (
    BEING_CHANGED,
    AudienceKind,
    Reader,
    Stage,
    best_language,
    language_keys,
)
from advocacy.content.stories import Alt, Story, StoryPicture, StoryText
from advocacy.errors import Missing

# ---- What is read with a kit ----
# Said by functions: a loader option makes SQLAlchemy set up every record there is, long before a row is read.


def shown() -> tuple[ExecutableOption, ...]:
    """What a page about a kit reads with it."""
    return (
        selectinload(Kit.texts),
        selectinload(Kit.assets).selectinload(KitAsset.texts),
        selectinload(Kit.topics).selectinload(KitTopic.topic),
    )


def listed() -> tuple[ExecutableOption, ...]:
    """What a list of kits reads with each."""
    return (selectinload(Kit.texts), joinedload(Kit.entity), joinedload(Kit.editor))


# ---- Stories ----


def reader(person: Person, follows: Collection[str] | None = None) -> Reader:
    """What audiences ask about this person; `follows` are the slugs of her topics, where they are known."""
    if follows is None:
        follows = db.session.scalars(_followed(person)).all()
    return Reader(
        entity=person.entity.slug if person.entity else None,
        country=person.country,
        language=person.language,
        team=person.team.slug if person.team else None,
        topics=frozenset(follows),
    )


def is_for(person: Person) -> sa.ColumnElement[bool]:
    """The law of `rules.matches` as SQL: of each kind that the audience names, one value is the person's."""
    met = sa.or_(*_met(person))
    unmet = (
        sa.select(sa.literal(1))
        .where(KitAudience.kit_id == Kit.id)
        .group_by(KitAudience.kind)
        .having(sa.func.sum(sa.case((met, 1), else_=0)) == 0)
    )
    return ~sa.exists(unmet)


def _followed(person: Person) -> sa.Select[str]:
    return (
        sa.select(Topic.slug)
        .join(Following, Following.topic_id == Topic.id)
        .where(Following.person_id == person.id)
    )


def _met(person: Person) -> list[sa.ColumnElement[bool]]:
    values: list[tuple[AudienceKind, Any]] = [
        (AudienceKind.ENTITY, [person.entity.slug] if person.entity else []),
        (AudienceKind.COUNTRY, [person.country.upper()] if person.country else []),
        (AudienceKind.LANGUAGE, sorted(language_keys(person.language))),
        (AudienceKind.TEAM, [person.team.slug] if person.team else []),
        (AudienceKind.TOPIC, _followed(person)),
    ]
    return [sa.and_(KitAudience.kind == kind, KitAudience.value.in_(any_of)) for kind, any_of in values]


def at_stage(stage: Stage, at: datetime) -> sa.ColumnElement[bool]:
    """The law of `rules.stage` as SQL."""
    approved = Kit.state == KitState.APPROVED
    over = sa.and_(Kit.expires_at.is_not(None), Kit.expires_at <= at)
    begun = sa.and_(Kit.publish_at.is_not(None), Kit.publish_at <= at)
    if stage is Stage.EXPIRED:
        return sa.and_(approved, over)
    if stage is Stage.OUT:
        return sa.and_(approved, begun, ~over)
    if stage is Stage.SCHEDULED:
        return sa.and_(approved, ~begun, ~over)
    return Kit.state == KitState(stage.value)


def visible_to(person: Person, at: datetime) -> sa.Select[Kit]:
    """The stories that are out now for this person, newest first."""
    return (
        sa.select(Kit)
        .where(at_stage(Stage.OUT, at), is_for(person))
        .order_by(Kit.publish_at.desc(), Kit.id.desc())
        .options(*shown())
    )


def is_visible(kit: Kit, person: Person, at: datetime) -> bool:
    """Whether the kit is out now for this person."""
    asked = sa.select(Kit.id).where(Kit.id == kit.id, at_stage(Stage.OUT, at), is_for(person))
    return db.session.scalar(asked) is not None


def story(person: Person, slug: str, at: datetime) -> Kit | None:
    """A story that is or was out for this person: also expired or recalled; ask `kit.stage(at)`."""
    was_out = sa.or_(
        at_stage(Stage.OUT, at),
        at_stage(Stage.EXPIRED, at),
        sa.and_(at_stage(Stage.RECALLED, at), Kit.publish_at <= at),
    )
    return db.session.scalar(
        sa.select(Kit).where(Kit.slug == slug, was_out, is_for(person)).options(*shown())
    )


def not_out(person: Person, slug: str, at: datetime) -> Missing:
    """The refusal for a story that is not out; those who could see it before it was changed are told so."""
    was_out = sa.and_(Kit.slug == slug, Kit.approved_at.is_not(None), Kit.publish_at <= at, is_for(person))
    return Missing(*([BEING_CHANGED] if db.session.scalar(sa.select(Kit.id).where(was_out)) else []))


def picture(person: Person, code: str, at: datetime) -> KitAsset | None:
    """A picture of a story that is or was out for this person and was not recalled, or that she works on."""
    seen = sa.and_(sa.or_(at_stage(Stage.OUT, at), at_stage(Stage.EXPIRED, at)), is_for(person))
    allowed = sa.or_(seen, works_on(person, "kit.edit"), works_on(person, "kit.approve"))
    return db.session.scalar(sa.select(KitAsset).join(Kit).where(KitAsset.code == code, allowed))


def searched(kits: sa.Select[Kit], words: str) -> sa.Select[Kit]:
    """Those of `kits` in whose title or story, in any language, each of the words stands."""
    for word in words.split():
        # SQLite folds the case of ASCII letters only, so "été" is looked for as "Été" and "ÉTÉ" too
        forms = {word, word.lower(), word.upper(), word.capitalize()}
        found = [
            column.icontains(form, autoescape=True)
            for column in (KitText.title, KitText.story)
            for form in forms
        ]
        kits = kits.where(sa.exists().where(KitText.kit_id == Kit.id, sa.or_(*found)))
    return kits


def about(kits: sa.Select[Kit], topic: str) -> sa.Select[Kit]:
    """Those of `kits` that are about the topic with this slug."""
    named = sa.exists().where(KitTopic.kit_id == Kit.id, KitTopic.topic_id == Topic.id, Topic.slug == topic)
    return kits.where(named)


def topic_counts(kits: sa.Select[Kit]) -> dict[str, int]:
    """How many of `kits` are about each topic, by slug; topics without any are left out."""
    ids = kits.with_only_columns(Kit.id).order_by(None)
    rows = db.session.execute(
        sa.select(Topic.slug, sa.func.count())
        .join(KitTopic, KitTopic.topic_id == Topic.id)
        .where(KitTopic.kit_id.in_(ids))
        .group_by(Topic.slug)
    )
    return {str(slug): count for slug, count in rows}


# ---- Words ----


def text_in(kit: Kit | Story, language: str) -> KitText | StoryText:
    """The kit's title and story in that language, else its entity's, else English, else any."""
    texts: Sequence[KitText | StoryText] = kit.texts
    by_language = {text.language: text for text in texts}
    return by_language[best_language(by_language, language, kit.spoken) or ""]


def alt_in(asset: KitAsset | StoryPicture, language: str) -> str:
    """What the picture shows, in that language, else its kit's entity's, else English, else any."""
    texts: Sequence[KitAssetText | Alt] = asset.texts
    by_language = {text.language: text.alt for text in texts if text.alt}
    return by_language.get(best_language(by_language, language, asset.spoken) or "", "")


def captions_for(kit: Kit, network: str, language: str) -> list[Variant]:
    """The captions that suit, those written for the network first; in the language that `text_in` would choose."""
    fitting = [one for one in kit.captions if one.network in {network, "any"}]
    chosen = best_language({one.language for one in fitting}, language, kit.spoken)
    return sorted((one for one in fitting if one.language == chosen), key=lambda one: one.network == "any")


# ---- The studio ----


def works_on(person: Person, permission: str) -> sa.ColumnElement[bool]:
    """Whether the person has `permission` for a kit's entity; a kit of the whole group needs it for the group."""
    entities = person.entities_for(permission)
    return sa.true() if entities is None else Kit.entity_id.in_(entities)


def in_studio(person: Person, permission: str = "kit.edit") -> sa.Select[Kit]:
    """The kits that the person works on, the last edited first."""
    return sa.select(Kit).where(works_on(person, permission)).order_by(Kit.edited_at.desc(), Kit.id.desc())


def kit_of(person: Person, slug: str, permission: str = "kit.edit") -> Kit | None:
    """One kit that the person works on; None when there is none that she may know of."""
    return db.session.scalar(in_studio(person, permission).where(Kit.slug == slug).options(*shown()))


def stage_counts(person: Person, at: datetime, words: str = "") -> dict[Stage, int]:
    """How many kits of the person's stand at each stage, of those in which the words stand."""
    which = sa.case(*((at_stage(stage, at), stage.value) for stage in Stage)).label("stage")
    mine = searched(in_studio(person), words).order_by(None).with_only_columns(which).subquery()
    rows = db.session.execute(sa.select(mine.c.stage, sa.func.count()).group_by(mine.c.stage))
    return dict.fromkeys(Stage, 0) | {Stage(name): count for name, count in rows}


def waiting_for(person: Person) -> int:
    """How many kits wait for this person's review: not those of her own hand."""
    hers = audit.done_since("kit.edit", last="kit.approve").where(AuditLine.by_person == person.id)
    edited = hers.where(AuditLine.about == "kit:" + Kit.slug).exists()
    theirs = sa.and_(works_on(person, "kit.approve"), Kit.author_id.is_distinct_from(person.id), ~edited)
    asked = sa.select(sa.func.count(Kit.id)).where(Kit.state == KitState.IN_REVIEW, theirs)
    return db.session.scalar(asked) or 0


def sent_back_to(person: Person, *, most: int = 3) -> list[Review]:
    """The reviews that gave her drafts back to her, the newest first, until they are sent to review again."""
    last = sa.select(sa.func.max(Review.id)).group_by(Review.kit_id)
    hers = sa.or_(Kit.author_id == person.id, Review.asked_by == person.id)
    return list(
        db.session.scalars(
            sa.select(Review)
            .join(Kit, Kit.id == Review.kit_id)
            .where(Review.id.in_(last), Review.verdict == Verdict.SENT_BACK, Kit.state == KitState.DRAFT)
            .where(hers, works_on(person, "kit.edit"))
            .options(joinedload(Review.kit).selectinload(Kit.texts))
            .order_by(Review.decided_at.desc(), Review.id.desc())
            .limit(most)
        )
    )


def unannounced(at: datetime) -> Kit | None:
    """The kit that went live first and stands in no trail yet."""
    begun = sa.and_(Kit.state == KitState.APPROVED, Kit.publish_at <= at, Kit.announced_at.is_(None))
    return db.session.scalar(sa.select(Kit).where(begun).order_by(Kit.publish_at, Kit.id).limit(1))


def countries() -> list[str]:
    """The countries in which people work."""
    return sorted(set(db.session.scalars(sa.select(Person.country).where(Person.country != "").distinct())))


def languages() -> list[str]:
    """The languages that people read and entities speak, without their regions."""
    spoken = sa.union(sa.select(Person.language), sa.select(Entity.language))
    return sorted({tag.lower().split("-")[0] for tag in db.session.scalars(spoken)})


def teams() -> list[Team]:
    """Every team, by entity and name."""
    return list(db.session.scalars(sa.select(Team).join(Entity).order_by(Entity.name, Team.name, Team.id)))
