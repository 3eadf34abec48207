"""What happens to guidelines: they are written, published, accepted, retired, and people are reminded of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from advocacy import db, text
from advocacy.accounts.models import Person
from advocacy.audit import actions as audit
from advocacy.errors import N_, Conflict, Forbidden, Missing, Refused, Several
from advocacy.guidelines import queries, record, rules
from advocacy.guidelines.models import (
    Acknowledgement,
    Guideline,
    GuidelineText,
    GuidelineVersion,
    ReadingReminder,
)
from advocacy.guidelines.rules import Change, GuidelineData, GuidelineWords, ReaderGroup
from advocacy.leaderboards import actions as leaderboards
from advocacy.mail import actions as mail

Words = Mapping[str, GuidelineWords]


def begin(words: Words, *, by: Person | None, at: datetime) -> Guideline:
    """Start a guideline; its address is made of its title and stays, whatever the title becomes."""
    must_edit(by)
    _check_length(words)
    title = next((texts.title for texts in words.values() if texts.title), "")
    if not title:
        raise Refused(N_("Give the guideline a title."), field="title")
    guideline = _new(text.slug(title, queries.is_taken), by=by, at=at)
    _write(_draft(guideline, by=by, at=at), words, asks_again=True, by=by, at=at)
    return guideline


def save_draft(
    guideline: Guideline, words: Words, *, asks_again: bool, edition: int, by: Person | None, at: datetime
) -> GuidelineVersion:
    """Keep what was written; `edition` is the draft's that the writer began from, 0 when there was none."""
    must_edit(by)
    _check_edition(guideline, edition)
    _check_length(words)
    draft = guideline.draft or _draft(guideline, by=by, at=at)
    _write(draft, words, asks_again=asks_again, by=by, at=at)
    return draft


def publish(
    guideline: Guideline, *, edition: int, by: Person | None, at: datetime, again: bool | None = None
) -> GuidelineVersion:
    """Put the draft in force, asking everyone `again` or not (None: as it says); its words never change after."""
    must_edit(by)
    _check_edition(guideline, edition)
    draft = guideline.draft
    if draft is None:
        raise Conflict(N_("There is no draft to publish: it was published or thrown away in the meantime."))
    if lacking := rules.missing_words(queries.words_of(draft)):
        raise Several(lacking)
    draft.texts = [words for words in draft.texts if words.title]
    draft.asks_again = draft.asks_again if again is None else again
    draft.published_at, draft.published_by = at, by.id if by else None
    guideline.retired_at = None
    db.session.flush()
    _note("guideline.publish", guideline, by, at, version=draft.number, asks_again=draft.asks_again)
    return draft


def drop_draft(guideline: Guideline, *, edition: int, by: Person, at: datetime) -> None:
    """Throw the draft away; a guideline that was never published goes with it."""
    must_edit(by)
    _check_edition(guideline, edition)
    if guideline.draft is None:
        raise Missing
    _note("guideline.drop-draft", guideline, by, at)
    db.session.delete(guideline.draft)
    db.session.flush()
    db.session.expire(guideline, ["versions"])
    if not guideline.versions:
        db.session.delete(guideline)
        db.session.flush()


def change_readers(
    guideline: Guideline,
    *,
    readers: ReaderGroup,
    unlocks_sharing: bool,
    due_days: int | None,
    position: int,
    by: Person | None,
    at: datetime,
) -> bool:
    """Say who must read a guideline and until when; True when that changed anything."""
    must_edit(by)
    new = {
        "readers": readers,
        "unlocks_sharing": unlocks_sharing,
        "due_days": due_days if readers == ReaderGroup.EVERYONE else None,
        "position": position,
    }
    changed = {name: value for name, value in new.items() if getattr(guideline, name) != value}
    for name, value in changed.items():
        setattr(guideline, name, value)
    if changed:
        _note("guideline.readers", guideline, by, at, **changed)
    return bool(changed)


def retire(guideline: Guideline, *, by: Person, at: datetime) -> None:
    """Take a guideline out of force; what people accepted stays on record."""
    must_edit(by)
    if guideline.retired_at is None:
        guideline.retired_at = at
        _note("guideline.retire", guideline, by, at)


def bring_back(guideline: Guideline, *, by: Person, at: datetime) -> None:
    """Put a retired guideline in force again, with the acceptances it had."""
    must_edit(by)
    if guideline.retired_at is not None:
        guideline.retired_at = None
        _note("guideline.bring-back", guideline, by, at)


def acknowledge(
    guideline: Guideline, *, number: int, language: str, by: Person, at: datetime
) -> Acknowledgement:
    """Record that this person has read and accepted version `number`, once; refused when it is no longer in force."""
    version = guideline.current
    if version is None or guideline.retired_at is not None:
        raise Conflict(N_("This guideline is no longer in force. There is nothing left to accept."))
    if version.number != number:
        raise Conflict(
            N_(
                "A new version was published while you were reading. Here it is: read what changed, then accept it."
            )
        )
    known = queries.acknowledgement(by, version)
    if known is not None:
        return known
    shown = queries.text_of(version, language).language
    made = Acknowledgement(person_id=by.id, version_id=version.id, language=shown, at=at)
    db.session.add(made)
    db.session.flush()
    leaderboards.award(
        by,
        kind="read",
        source=f"acknowledgement:{made.id}",
        reason=N_("You read “%(title)s”"),
        values={"title": queries.title_of(guideline, by.language), "guideline": guideline.slug},
        at=at,
    )
    return made


def keep_guideline(slug: str, data: GuidelineData, *, by: Person | None, at: datetime) -> Change:
    """Make the guideline at `slug` say what `data` says; a new version is published only when words changed."""
    guideline = queries.with_slug(slug)
    is_new = guideline is None
    guideline = guideline or _new(slug, by=by, at=at)
    settings = change_readers(
        guideline,
        readers=data.readers,
        unlocks_sharing=data.required,
        due_days=data.due_days,
        position=data.position,
        by=by,
        at=at,
    )
    if not rules.words_differ(queries.words_of(guideline.current), data.words):
        return Change.SETTINGS if settings else Change.NONE
    _publish_beside_draft(guideline, data, by=by, at=at)
    return Change.MADE if is_new else Change.NEW_VERSION


def _publish_beside_draft(
    guideline: Guideline, data: GuidelineData, *, by: Person | None, at: datetime
) -> None:
    """Publish the loaded words; a draft that someone is writing stays, after them."""
    waiting = guideline.draft
    if waiting is not None:
        waiting.number += 1
        db.session.flush()
    number = waiting.number - 1 if waiting else _next_number(guideline)
    version = _version(guideline, number, by=by, at=at)
    _write(version, data.words, asks_again=data.asks_again, by=by, at=at)
    version.published_at, version.published_by = at, by.id if by else None
    db.session.flush()
    db.session.expire(guideline, ["versions"])
    _note("guideline.load", guideline, by, at, version=number)


def remind_due(*, at: datetime, limit: int = 100) -> int:
    """Write to people whose reading is due within a week or overdue, and return to how many."""
    people = record.due_reminders(at, limit)
    for person in people:
        _remind(person, at)
    return len(people)


def _remind(person: Person, at: datetime) -> None:
    told = record.reminders(person)
    items = []
    for reading in queries.to_read(person, at):
        stage = rules.stage(reading.due_at, at)
        version = queries.counting(reading.guideline)[0]
        if stage is None or reading.due_at is None:
            continue
        if (version.id, stage) not in told:
            db.session.add(ReadingReminder(person_id=person.id, version_id=version.id, stage=stage, at=at))
        items.append(
            {"title": reading.text.title, "slug": reading.guideline.slug, "due": reading.due_at.isoformat()}
        )
    db.session.flush()
    mail.write(
        person, kind="reading_due", values={"items": items}, at=at, key=f"reading:{person.id}:{at:%Y-%m-%d}"
    )


def may_edit(person: Person) -> bool:
    """Whether someone may write guidelines, which are for the whole group."""
    return person.may("guideline.edit") and person.entities_for("guideline.edit") is None


def must_edit(person: Person | None) -> None:
    """Raise Forbidden for whoever may not write guidelines; None is the system itself."""
    if person is not None and not may_edit(person):
        raise Forbidden(
            N_("Guidelines are for the whole group. Ask a colleague in HR whose role is for the whole group.")
        )


def _check_edition(guideline: Guideline, edition: int) -> None:
    """Lock the guideline's row and compare the draft with the one that the writer began from."""
    db.session.refresh(guideline, with_for_update=True)
    db.session.expire(guideline, ["versions"])
    draft = guideline.draft
    if draft is not None:
        db.session.refresh(draft)
    if (draft.edition if draft else 0) != edition:
        raise Conflict(
            N_(
                "Someone else saved this text while you were writing. Nothing of yours is lost: compare, then save."
            )
        )


def _check_length(words: Words) -> None:
    if long := rules.too_long(words):
        raise Several(long)


def _new(slug: str, *, by: Person | None, at: datetime) -> Guideline:
    guideline = Guideline(
        slug=slug, created_at=at, readers=ReaderGroup.EVERYONE, unlocks_sharing=False, position=100
    )
    db.session.add(guideline)
    db.session.flush()
    _note("guideline.begin", guideline, by, at)
    return guideline


def _draft(guideline: Guideline, *, by: Person | None, at: datetime) -> GuidelineVersion:
    return _version(guideline, _next_number(guideline), by=by, at=at)


def _next_number(guideline: Guideline) -> int:
    return max((version.number for version in guideline.versions), default=0) + 1


def _version(guideline: Guideline, number: int, *, by: Person | None, at: datetime) -> GuidelineVersion:
    version = GuidelineVersion(number=number, edited_at=at, edited_by=by.id if by else None)
    guideline.versions.append(version)
    return version


def _write(
    version: GuidelineVersion, words: Words, *, asks_again: bool, by: Person | None, at: datetime
) -> None:
    known = {texts.language: texts for texts in version.texts}
    version.texts = [
        _text(known.get(tag), tag, texts) for tag, texts in words.items() if not rules.is_blank(texts)
    ]
    version.asks_again = asks_again
    version.edited_at, version.edited_by = at, by.id if by else None
    version.edition = (version.edition or 0) + 1
    db.session.flush()


def _text(known: GuidelineText | None, language: str, words: GuidelineWords) -> GuidelineText:
    kept = known or GuidelineText(language=language)
    kept.title, kept.summary, kept.body, kept.changed = words.title, words.summary, words.body, words.changed
    return kept


def _note(verb: str, guideline: Guideline, by: Person | None, at: datetime, **details: object) -> None:
    audit.record(verb, by=by, at=at, about=f"guideline:{guideline.slug}", details=dict(details))
