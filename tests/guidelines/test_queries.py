from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy.guidelines import actions, queries
from advocacy.guidelines.rules import GuidelineWords, ReaderGroup, ReadingState
from tests.makers.accounts import make_champion, make_person
from tests.makers.guidelines import AT, make_guideline, publish_again

pytestmark = pytest.mark.usefixtures("unit")
DAY = timedelta(days=1)


def test_missing_for_asks_for_what_unlocks_sharing_alone():
    ada = make_champion()
    asked = make_guideline(readers=ReaderGroup.CHAMPIONS, position=2)
    first = make_guideline(position=1)
    make_guideline(required=False)
    actions.begin({"en": GuidelineWords("Draft", "Text.")}, by=None, at=AT)
    assert queries.missing_for(ada, AT) == [first, asked]
    assert queries.missing_for(ada, AT - DAY) == []


def test_to_read_asks_champions_for_more_than_staff():
    for_all = make_guideline("all", position=1)
    for_champions = make_guideline("champions", readers=ReaderGroup.CHAMPIONS, position=2)
    make_guideline("free", required=False, due_days=None)
    ada, olga = make_champion(), make_person()
    assert [r.guideline for r in queries.to_read(olga, AT)] == [for_all]
    assert [r.guideline for r in queries.to_read(ada, AT)] == [for_all, for_champions]
    assert queries.to_read(ada, AT)[1].due_at is None
    actions.acknowledge(for_all, number=1, language="en", by=olga, at=AT)
    assert queries.to_read(olga, AT) == []


def test_readings_are_in_the_readers_language():
    make_guideline(title="Kindness")
    assert queries.readings(make_person(language="fr-CA"), AT)[0].text.title == "Kindness (fr)"
    assert queries.readings(make_person(language="nb"), AT)[0].text.title == "Kindness"


def test_a_corrected_word_does_not_move_the_due_date():
    guideline = make_guideline()
    publish_again(guideline, at=AT + 20 * DAY, asks_again=False)
    late = queries.readings(make_person(), AT + 31 * DAY)[0]
    assert late.due_at == AT + 30 * DAY and late.state == ReadingState.OVERDUE


def test_title_of_a_draft_and_of_nothing():
    guideline = actions.begin({"en": GuidelineWords("Draft", "Text.")}, by=None, at=AT)
    assert queries.title_of(guideline, "fr") == "Draft"
    guideline.draft.texts = []
    assert queries.title_of(guideline, "fr") == "draft"
