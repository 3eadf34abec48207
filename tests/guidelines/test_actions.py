from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant
from advocacy.audit.models import AuditLine
from advocacy.errors import Conflict, Forbidden, Missing, Refused, Several
from advocacy.guidelines import actions, queries, record
from advocacy.guidelines.models import Acknowledgement, ReadingReminder
from advocacy.guidelines.rules import Change, GuidelineWords, ReaderGroup, Stage
from advocacy.leaderboards.models import Points
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_entity, make_person
from tests.makers.guidelines import AT, guideline_data, make_guideline, publish_again

pytestmark = pytest.mark.usefixtures("unit")
DAY = timedelta(days=1)
WORDS = {"en": GuidelineWords("Say it kindly", "Text.", "Short."), "fr": GuidelineWords("", "")}


def hana():
    return make_person("Hana", roles=[Role.HR])


def test_begin_makes_an_address_of_the_title_and_a_draft():
    guideline = actions.begin(WORDS, by=hana(), at=AT)
    assert guideline.slug == "say-it-kindly"
    assert guideline.current is None and guideline.draft is not None
    assert [text.language for text in guideline.draft.texts] == ["en"]
    assert actions.begin(WORDS, by=None, at=AT).slug == "say-it-kindly-2"


def test_begin_without_a_title_is_refused():
    with pytest.raises(Refused) as refused:
        actions.begin({"en": GuidelineWords("", "Text.")}, by=hana(), at=AT)
    assert refused.value.field == "title"


def test_what_is_too_long_is_refused():
    with pytest.raises(Several):
        actions.begin({"en": GuidelineWords("x" * 161, "Text.")}, by=hana(), at=AT)


def test_who_may_not_edit_is_refused():
    with pytest.raises(Forbidden):
        actions.begin(WORDS, by=make_person(), at=AT)


def test_hr_of_one_entity_does_not_edit_what_holds_for_the_group():
    person, entity = make_person(), make_entity()
    person.grants = [Grant(role=Role.HR, entity_id=entity.id, granted_at=AT)]
    db.session.flush()
    assert person.may("guideline.edit")
    with pytest.raises(Forbidden):
        actions.begin(WORDS, by=person, at=AT)


def test_publish_puts_the_draft_in_force_without_its_blank_languages():
    by = hana()
    guideline = actions.begin({**WORDS, "fr": GuidelineWords("", "", "", "Un mot.")}, by=by, at=AT)
    with pytest.raises(Several):
        actions.publish(guideline, edition=guideline.draft.edition, by=by, at=AT)
    actions.save_draft(guideline, WORDS, asks_again=True, edition=guideline.draft.edition, by=by, at=AT)
    version = actions.publish(guideline, edition=guideline.draft.edition, by=by, at=AT)
    assert guideline.current is version and guideline.draft is None
    assert version.published_by == by.id
    assert list(queries.words_of(version)) == ["en"]


def test_publish_without_a_draft_is_a_conflict():
    with pytest.raises(Conflict):
        actions.publish(make_guideline(), edition=0, by=None, at=AT)


def test_editing_what_is_published_starts_the_next_version():
    guideline = make_guideline()
    draft = actions.save_draft(guideline, WORDS, asks_again=False, edition=0, by=hana(), at=AT)
    assert (draft.number, draft.asks_again) == (2, False)
    assert queries.words_of(guideline.current) != queries.words_of(draft)


def test_two_people_editing_the_second_is_told():
    guideline = make_guideline()
    first = actions.save_draft(guideline, WORDS, asks_again=True, edition=0, by=hana(), at=AT)
    edition = first.edition
    with pytest.raises(Conflict):
        actions.save_draft(guideline, WORDS, asks_again=True, edition=0, by=hana(), at=AT)
    again = actions.save_draft(guideline, WORDS, asks_again=True, edition=edition, by=hana(), at=AT)
    assert again.edition == edition + 1


def test_drop_draft_keeps_what_is_in_force():
    guideline, by = make_guideline(), hana()
    draft = actions.save_draft(guideline, WORDS, asks_again=True, edition=0, by=by, at=AT)
    actions.drop_draft(guideline, edition=draft.edition, by=by, at=AT)
    assert guideline.draft is None and guideline.current is not None
    with pytest.raises(Missing):
        actions.drop_draft(guideline, edition=0, by=by, at=AT)


def test_drop_draft_of_what_was_never_published_drops_all():
    by = hana()
    guideline = actions.begin(WORDS, by=by, at=AT)
    actions.drop_draft(guideline, edition=guideline.draft.edition, by=by, at=AT)
    assert queries.with_slug("say-it-kindly") is None


def test_change_readers_says_whether_anything_changed():
    guideline, by = make_guideline(), hana()
    same = {"readers": ReaderGroup.EVERYONE, "unlocks_sharing": True, "due_days": 30, "position": 1}
    assert not actions.change_readers(guideline, **same, by=by, at=AT)
    assert actions.change_readers(guideline, **{**same, "readers": ReaderGroup.CHAMPIONS}, by=by, at=AT)
    assert guideline.due_days is None


def test_retire_and_bring_back():
    guideline, by, ada = make_guideline(), hana(), make_champion()
    actions.retire(guideline, by=by, at=AT)
    actions.retire(guideline, by=by, at=AT + DAY)
    assert guideline.retired_at == AT
    assert queries.published(guideline.slug) is None and queries.missing_for(ada, AT) == []
    with pytest.raises(Conflict):
        actions.acknowledge(guideline, number=1, language="en", by=ada, at=AT)
    actions.bring_back(guideline, by=by, at=AT)
    actions.bring_back(guideline, by=by, at=AT)
    assert queries.missing_for(ada, AT) == [guideline]
    verbs = db.session.scalars(sa.select(AuditLine.verb).where(AuditLine.by_person == by.id)).all()
    assert verbs == ["guideline.retire", "guideline.bring-back"]


def test_acknowledge_is_recorded_and_thanked_once():
    guideline, ada = make_guideline(), make_champion()
    first = actions.acknowledge(guideline, number=1, language="fr", by=ada, at=AT)
    again = actions.acknowledge(guideline, number=1, language="en", by=ada, at=AT + DAY)
    assert again is first and (first.language, first.at) == ("fr", AT)
    points = db.session.scalars(sa.select(Points).where(Points.person_id == ada.id)).all()
    assert [line.source for line in points] == [f"acknowledgement:{first.id}"]


def test_acknowledge_of_a_version_that_was_replaced_is_a_conflict():
    guideline, ada = make_guideline(), make_champion()
    publish_again(guideline, at=AT)
    with pytest.raises(Conflict):
        actions.acknowledge(guideline, number=1, language="en", by=ada, at=AT)
    assert db.session.scalar(sa.select(Acknowledgement.id)) is None


def test_acceptance_lapses_only_when_a_version_asks_again():
    guideline, ada = make_guideline(), make_champion()
    actions.acknowledge(guideline, number=1, language="en", by=ada, at=AT)
    publish_again(guideline, at=AT, asks_again=False)
    assert queries.missing_for(ada, AT) == []
    publish_again(guideline, at=AT, asks_again=True)
    assert queries.missing_for(ada, AT) == [guideline]
    actions.acknowledge(guideline, number=3, language="en", by=ada, at=AT)
    assert queries.missing_for(ada, AT) == []


def test_keep_guideline_publishes_only_when_words_changed():
    data = guideline_data("Kindness")
    assert actions.keep_guideline("kind", data, by=None, at=AT) == Change.MADE
    assert actions.keep_guideline("kind", data, by=None, at=AT) == Change.NONE
    assert actions.keep_guideline("kind", replace(data, due_days=14), by=None, at=AT) == Change.SETTINGS
    words = {**data.words, "en": replace(data.words["en"], body="Other words.")}
    assert actions.keep_guideline("kind", replace(data, words=words), by=None, at=AT) == Change.NEW_VERSION
    guideline = queries.with_slug("kind")
    assert guideline.current.number == 2 and guideline.draft is None


def test_keep_guideline_leaves_a_draft_that_someone_is_writing():
    guideline = make_guideline("kind")
    draft = actions.save_draft(guideline, WORDS, asks_again=True, edition=0, by=hana(), at=AT)
    actions.keep_guideline("kind", guideline_data("Quite different"), by=None, at=AT)
    assert guideline.current.number == 2
    assert guideline.draft is draft and draft.number == 3
    assert queries.words_of(draft)["en"].title == "Say it kindly"


def letters():
    return db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()


def test_remind_due_writes_once_before_and_once_after():
    guideline = make_guideline(title="Kindness")
    ada = make_person("Ada")
    assert actions.remind_due(at=AT + 22 * DAY) == 0
    assert actions.remind_due(at=AT + 23 * DAY) == 1
    assert actions.remind_due(at=AT + 24 * DAY) == 0
    assert actions.remind_due(at=AT + 29 * DAY) == 0
    assert actions.remind_due(at=AT + 31 * DAY) == 1
    assert actions.remind_due(at=AT + 60 * DAY) == 0
    assert [letter.kind for letter in letters()] == ["reading_due", "reading_due"]
    assert letters()[0].values["items"][0]["slug"] == guideline.slug
    assert {stage for _version, stage in record.reminders(ada)} == {Stage.SOON, Stage.OVERDUE}


def test_remind_due_writes_one_letter_a_week_about_all_that_is_due():
    make_guideline(title="One")
    make_guideline(title="Two", due_days=31)
    make_guideline(title="Later", due_days=90)
    make_guideline(title="Never due", due_days=None)
    make_person("Ada")
    assert actions.remind_due(at=AT + 30 * DAY) == 1
    assert [item["title"] for item in letters()[0].values["items"]] == ["One", "Two"]
    assert actions.remind_due(at=AT + 32 * DAY) == 0
    assert actions.remind_due(at=AT + 38 * DAY) == 1
    assert len(db.session.scalars(sa.select(ReadingReminder)).all()) == 3


def test_remind_due_leaves_people_in_peace():
    guideline = make_guideline()
    done = make_person("Has accepted")
    actions.acknowledge(guideline, number=1, language="en", by=done, at=AT)
    make_person("Disabled", disabled_at=AT)
    make_person("Paused", paused_at=AT)
    make_person("No address", email=None)
    make_person("Came later", created_at=AT + 20 * DAY)
    assert actions.remind_due(at=AT + 31 * DAY) == 0


def test_remind_due_without_a_due_date_writes_nothing():
    make_guideline(due_days=None)
    make_person()
    assert actions.remind_due(at=AT + 100 * DAY) == 0
