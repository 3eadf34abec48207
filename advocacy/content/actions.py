"""Everything that happens to a content kit: written, sent to review, approved or sent back, recalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Entity, Person
from advocacy.audit import queries as audit
from advocacy.audit.actions import record
from advocacy.audit.models import AuditLine
from advocacy.content import fitting, rules, writing
from advocacy.content.models import Kit, KitState, Review, Verdict
from advocacy.content.shape import (
    Faults,
    KitData,
    Overtaken,
    differences,
    faults,
    missing,
    needs_review_again,
)
from advocacy.errors import N_, Conflict, Missing, Reason, Refused
from advocacy.text import slug as address_part

RESERVED = {"new", "pictures"}


def create(data: KitData, *, by: Person, at: datetime) -> Kit:
    """Write a new kit as a draft; raises Faults for what cannot be kept, Refused for companies that are not hers."""
    _check(data)
    entity = _entity(data.entity, by)
    data = _addressed(data, entity, by)
    db.lock_exclusive("kit-slugs")
    kit = _new(address_part(data.title, _taken), by, at)
    _fill(kit, data, entity, by=by, at=at)
    record("kit.create", by=by, at=at, about=f"kit:{kit.slug}")
    return kit


def save(kit: Kit, data: KitData, *, edition: int, by: Person, at: datetime) -> None:
    """Save an edited kit, of which the editor saw that edition; what was approved or in review becomes a draft again.

    Raises Overtaken when someone else saved something else meanwhile, Faults for what cannot be kept.
    """
    _open(kit, "kit.edit", by)
    _check(data)
    before = kit.data
    entity = kit.entity if data.entity == before.entity else _entity(data.entity, by)
    if differences(data, before):
        data = _addressed(data, entity, by)
    changed = differences(data, before)
    if not changed:
        return
    if edition != kit.edition:
        raise Overtaken(changed)
    if kit.state is KitState.IN_REVIEW or (
        kit.state is KitState.APPROVED and needs_review_again(before, data)
    ):
        _to_draft(kit, by=by, at=at)
    _fill(kit, data, entity, by=by, at=at)
    record(
        "kit.edit", by=by, at=at, about=f"kit:{kit.slug}", details={"parts": [one.field for one in changed]}
    )


def send_to_review(kit: Kit, *, by: Person, at: datetime) -> Review:
    """Ask a colleague to look at a draft; raises Faults while something is missing."""
    _open(kit, "kit.edit", by)
    if kit.state is not KitState.DRAFT:
        raise Refused(N_("Only a draft can be sent to review."))
    _check_complete(kit, at)
    kit.state = KitState.IN_REVIEW
    review = Review(kit=kit, asker=by, asked_at=at)
    db.session.add(review)
    record("kit.review", by=by, at=at, about=f"kit:{kit.slug}")
    db.session.flush()
    return review


def approve(kit: Kit, *, by: Person, at: datetime, edition: int | None = None) -> None:
    """Approve what was sent to review; it is out from its publish time on, or now when it has none.

    Raises Conflict when it is no longer the edition that the reviewer read, Refused for one who had a hand in it.
    """
    _open(kit, "kit.approve", by)
    reason = rules.reason_against_approval(kit.state, hands_in(kit), by.id)
    reason = reason or reason_against_audience(kit, by=by)
    if reason:
        raise Refused(reason[0], **reason[1])
    if edition is not None and edition != kit.edition:
        raise Conflict(N_("This kit changed after you opened it. Read it again before you approve it."))
    _check_complete(kit, at)
    _decide(kit, Verdict.APPROVED, by=by, at=at)
    _release(kit, at)
    record("kit.approve", by=by, at=at, about=f"kit:{kit.slug}")
    db.session.flush()


def send_back(kit: Kit, remark: str, *, by: Person, at: datetime) -> None:
    """Give a kit back to its author with a remark; raises Refused without one."""
    _open(kit, "kit.approve", by)
    if kit.state is not KitState.IN_REVIEW:
        raise Refused(N_("This kit is not waiting for review."))
    _decide(
        kit, Verdict.SENT_BACK, by=by, at=at, remark=_words(remark, N_("Say what should change."), "remark")
    )
    kit.state = KitState.DRAFT
    record("kit.send_back", by=by, at=at, about=f"kit:{kit.slug}")
    db.session.flush()


def recall(kit: Kit, *, reason: str, by: Person, at: datetime) -> None:
    """Withdraw a kit that was approved once, for good; what is scheduled is the sharing room's to cancel."""
    _open(kit, "kit.recall", by)
    if kit.approved_at is None:
        raise Refused(N_("This kit was never out. Leave it as a draft."))
    words = _words(
        reason, N_("Say why it is recalled: everyone who planned to share it reads this."), "reason"
    )
    if kit.open_review:
        _decide(kit, Verdict.WITHDRAWN, by=by, at=at)
    kit.state, kit.recalled_at, kit.recall_reason = KitState.RECALLED, at, words
    record("kit.recall", by=by, at=at, about=f"kit:{kit.slug}", details={"reason": words})
    db.session.flush()


def check_discard(kit: Kit, *, by: Person) -> None:
    """Raise Refused for a kit that cannot be thrown away, Missing where it is not hers to write."""
    _open(kit, "kit.edit", by)
    if not rules.may_discard(kit.state, kit.approved_at):
        raise Refused(
            N_("Only a draft that was never approved can be thrown away. Recall a story that was out.")
        )


def discard(kit: Kit, *, by: Person, at: datetime) -> str:
    """Throw a draft away with all that is in it, and return the title it had; raises Refused for any other kit."""
    check_discard(kit, by=by)
    title = kit.data.title
    for review in list(kit.reviews):
        db.session.delete(review)
    db.session.delete(kit)
    record("kit.discard", by=by, at=at, about=f"kit:{kit.slug}", details={"title": title})
    db.session.flush()
    return title


def keep_kit(slug: str, data: KitData, *, by: Person, at: datetime, approver: Person | None = None) -> str:
    """Make or update the kit of that slug, as its author `by`; with an approver it is approved.

    Returns "new", "changed", "same", or "recalled" (which stays so). Raises Faults, or Refused for the approver.
    """
    _check(data)
    kit = db.session.scalar(sa.select(Kit).where(Kit.slug == slug))
    if kit is not None and kit.state is KitState.RECALLED:
        return "recalled"
    outcome = _keep(kit, slug, data, by=by, at=at)
    kept = kit or db.session.scalars(sa.select(Kit).where(Kit.slug == slug)).one()
    if approver is not None and kept.state is not KitState.APPROVED:
        if kept.state is KitState.DRAFT:
            send_to_review(kept, by=by, at=at)
        approve(kept, by=approver, at=at)
    return outcome


def announce(kit: Kit, *, at: datetime) -> None:
    """Note once in the trail that an approved kit went live, at the moment it did."""
    # an UPDATE of its own: an editor who has the kit open has missed nothing by it
    db.session.execute(sa.update(Kit).where(Kit.id == kit.id).values(announced_at=at, edition=Kit.edition))
    live = max(moment for moment in (kit.publish_at, kit.approved_at) if moment)
    record("kit.publish", by=None, at=live, about=f"kit:{kit.slug}")


def _keep(kit: Kit | None, slug: str, data: KitData, *, by: Person, at: datetime) -> str:
    if kit is not None:
        data = replace(
            data, publish_at=data.publish_at or kit.publish_at
        )  # none said: when it was loaded first
        data = _addressed(data, kit.entity, by)
        same = not differences(data, kit.data)
        save(kit, data, edition=kit.edition, by=by, at=at)
        return "same" if same else "changed"
    entity = _entity(data.entity, by)
    data = _addressed(data, entity, by)
    _fill(_new(slug, by, at), data, entity, by=by, at=at)
    record("kit.create", by=by, at=at, about=f"kit:{slug}")
    return "new"


def _new(slug: str, by: Person, at: datetime) -> Kit:
    kit = Kit(slug=slug, state=KitState.DRAFT, author=by, created_at=at, edited_at=at)
    db.session.add(kit)
    return kit


def _fill(kit: Kit, data: KitData, entity: Entity | None, *, by: Person, at: datetime) -> None:
    kit.entity, kit.editor, kit.edited_at = entity, by, at
    writing.write(kit, data, at)
    db.session.flush()


def _open(kit: Kit, permission: str, by: Person) -> None:
    """Lock the kit for this transaction and check that `by` may do this to it."""
    db.session.refresh(kit, with_for_update=True)
    if not rules.covers(by.entities_for(permission), kit.entity_id):
        raise Missing()
    if kit.state is KitState.RECALLED:
        raise Refused(N_("This kit was recalled. Make a new one instead."))


def _check(data: KitData) -> None:
    found = faults(data)
    if found:
        raise Faults(found)


def _check_complete(kit: Kit, at: datetime) -> None:
    found = [*missing(kit.data, at), *fitting.problems(kit.data)]
    if found:
        raise Faults(found)


def _entity(slug: str | None, by: Person) -> Entity | None:
    """The entity that the kit is to belong to; raises Missing when `by` may not write for it."""
    entity = db.session.scalar(sa.select(Entity).where(Entity.slug == slug)) if slug else None
    unknown = slug is not None and entity is None
    if unknown or not rules.covers(by.entities_for("kit.edit"), entity.id if entity else None):
        raise Refused(N_("You cannot make kits for this company. Choose one of yours."), field="entity")
    return entity


def hands_in(kit: Kit) -> set[int | None]:
    """Whoever (keys) had a hand in what is to be approved: its author, and all who edited it since it last was."""
    edits = audit.done_since("kit.edit", last="kit.approve").where(AuditLine.about == f"kit:{kit.slug}")
    editors = db.session.scalars(edits.with_only_columns(AuditLine.by_person))
    return {kit.author_id, kit.edited_by, *editors}


def reason_against_audience(kit: Kit, *, by: Person) -> Reason | None:
    """Why `by` may not approve a kit for the audience that it has."""
    return rules.reason_against_audience(kit.data.audience, _hers(by, "kit.approve"))


def _addressed(data: KitData, entity: Entity | None, by: Person) -> KitData:
    """The kit for its own company where one who speaks for some companies names none; raises Refused for others."""
    hers = _hers(by, "kit.edit")
    if hers is None:
        return data
    if not data.audience.entities and entity is not None:
        data = replace(data, audience=replace(data.audience, entities=(entity.slug,)))
    reason = rules.reason_against_audience(data.audience, hers)
    if reason:
        raise Refused(reason[0], field="entities", **reason[1])
    return data


def _hers(by: Person, permission: str) -> set[str] | None:
    """The companies (slugs) for which someone has a permission; None means the whole group."""
    scope = by.entities_for(permission)
    return None if scope is None else {entity.slug for entity in accounts.entities(scope)}


def _taken(slug: str) -> bool:
    return slug in RESERVED or db.session.scalar(sa.select(Kit.id).where(Kit.slug == slug)) is not None


def _to_draft(kit: Kit, *, by: Person, at: datetime) -> None:
    if kit.open_review:
        _decide(kit, Verdict.WITHDRAWN, by=by, at=at)
    kit.state = KitState.DRAFT


def _decide(kit: Kit, verdict: Verdict, *, by: Person, at: datetime, remark: str = "") -> None:
    review = kit.open_review
    assert review is not None, "a kit in review has an open review"
    review.verdict, review.decider, review.decided_at, review.remark = verdict, by, at, remark


def _release(kit: Kit, at: datetime) -> None:
    kit.state, kit.approved_at, kit.announced_at = KitState.APPROVED, at, None
    kit.publish_at = kit.publish_at or at


def _words(text: str, when_empty: str, field: str) -> str:
    """What was said, trimmed; raises Refused when it is nothing or too much."""
    words = text.strip()
    if not words:
        raise Refused(when_empty, field=field)
    if len(words) > rules.LONGEST_REMARK:
        raise Refused(N_("Keep it under %(limit)s characters."), field=field, limit=rules.LONGEST_REMARK)
    return words
