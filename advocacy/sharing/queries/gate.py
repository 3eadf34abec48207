"""What stands between a person and sharing a story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitState
from advocacy.content.rules import BEING_CHANGED, Stage
from advocacy.errors import N_, Reason
from advocacy.guidelines import queries as guidelines
from advocacy.guidelines.models import Guideline
from advocacy.leaderboards import queries as leaderboards
from advocacy.sharing.models import Delivery
from advocacy.sharing.queries.arranged import networks_off
from advocacy.training import queries as training
from advocacy.training.models import Course

CHANGED = N_("The story was changed since you wrote this. Look at your words again, then send it.")
UNDISCLOSED = N_("The post no longer says where you work in the words agreed for your company.")
NOW_PAID = N_(
    "This story is paid for now, and your post does not say so. Make it yours again: the words for it come first."
)
PICTURE_GONE = N_("A picture was taken out of this story. Cancel the post, then make it yours again.")
OFF = N_("%(network)s is switched off in your company.")
FOR_OTHERS = N_("This story is meant for other colleagues now.")
NOT_NOW = N_("This story is not out at the moment.")
RECALLED = N_("This story was recalled: %(reason)s")
NOT_OUT = {BEING_CHANGED, FOR_OTHERS, NOT_NOW}


@dataclass(frozen=True)
class BeforeSharing:
    """What a person still lacks before she can share through this product."""

    joining: bool
    guidelines: list[Guideline]
    courses: list[Course]

    def __bool__(self) -> bool:
        return bool(self.joining or self.guidelines or self.courses)

    def keys(self) -> list[str]:
        """The same as short texts, to be kept with a post that was held for them."""
        return (
            ["join"] * self.joining
            + [f"guideline:{guideline.slug}" for guideline in self.guidelines]
            + [f"course:{course.slug}" for course in self.courses]
        )


def before_sharing(person: Person, *, at: datetime) -> BeforeSharing:
    """What stands between a person and sharing: joining, a guideline, a certificate."""
    return BeforeSharing(
        not person.is_champion, guidelines.missing_for(person, at), training.missing_for(person, at)
    )


@dataclass(frozen=True)
class Road:
    """How much is to be read and learnt before one can share: guidelines, courses, and minutes for all of it."""

    guidelines: int
    courses: int
    minutes: int

    def __bool__(self) -> bool:
        return bool(self.guidelines or self.courses)


def road_of(person: Person, *, at: datetime) -> Road:
    """What a person still has to read and to learn, whether she has joined or not."""
    missing = before_sharing(person, at=at)
    reading = sum(guidelines.minutes_of(one, person.language) for one in missing.guidelines)
    learning = sum(training.minutes_left(person, one, at) for one in missing.courses)
    return Road(len(missing.guidelines), len(missing.courses), reading + learning)


def whole_road(language: str, *, at: datetime) -> Road:
    """What anyone has to read and to learn who begins today."""
    to_read, to_take = guidelines.unlocking(at), training.unlocking(at)
    reading = sum(guidelines.minutes_of(one, language) for one in to_read)
    learning = sum(one.current.minutes for one in to_take if one.current)
    return Road(len(to_read), len(to_take), reading + learning)


def reasons_against(person: Person, kit: Kit, networks: Iterable[str], *, at: datetime) -> list[Reason]:
    """Everything beside the gate for which this kit cannot be shared on these networks by this person now."""
    reasons: list[Reason] = []
    if not is_out_for(kit, person, at=at):
        reasons.append(out_of_date(kit, at=at))
    for network in sorted(set(networks) & networks_off(person)):
        reasons.append(switched_off(network))
    return reasons


def switched_off(network: str) -> Reason:
    """Why nothing goes out on this network, which is called by its name."""
    name = leaderboards.network_names().get(network, network)
    return OFF, {"network": name}


def out_of_date(kit: Kit, *, at: datetime) -> Reason:
    """Why this person is not to share a kit that is not out for her."""
    if kit.recalled_at is not None:
        return RECALLED, {"reason": kit.recall_reason or "–"}
    if kit.expires_at is not None and kit.expires_at <= at:
        return N_("This story has expired, so it is not shared any more."), {}
    stage = kit.stage(at)
    if stage in (Stage.DRAFT, Stage.IN_REVIEW):
        return BEING_CHANGED, {}
    if stage is Stage.OUT:
        return FOR_OTHERS, {}
    return NOT_NOW, {}


def is_out_for(kit: Kit, person: Person, *, at: datetime) -> bool:
    """Whether this kit may be shared by this person now."""
    visible = content.visible_to(person, at).where(Kit.id == kit.id).with_only_columns(Kit.id).order_by(None)
    return db.session.scalar(visible) is not None


def was_changed(delivery: Delivery) -> bool:
    """Whether the story says something else than when the owner of this post last said that it may go out."""
    return delivery.kit_mark not in ("", delivery.share.kit.words_mark)


def is_over(kit: Kit, *, at: datetime) -> bool:
    """Whether a kit will not be shared again: it was recalled or has expired."""
    return kit.stage(at) in {Stage.RECALLED, Stage.EXPIRED}


def kit_for(person: Person, slug: str, *, at: datetime) -> Kit:
    """The kit with this slug that is or was out for this person; raises Missing."""
    kit = content.story(person, slug, at)
    if kit is None:
        raise content.not_out(person, slug, at)
    return kit


def kit_being_changed(person: Person, slug: str, *, at: datetime) -> Kit | None:
    """The kit with this slug if it was out for this person and is waiting to be approved anew."""
    was_out = sa.and_(Kit.approved_at.is_not(None), Kit.publish_at <= at, content.is_for(person))
    reworked = Kit.state.in_((KitState.DRAFT, KitState.IN_REVIEW))
    return db.session.scalar(sa.select(Kit).where(Kit.slug == slug, was_out, reworked))
