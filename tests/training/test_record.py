"""Sums of voluntary training tell no single person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy.training import record
from tests.makers.accounts import make_entity, make_person
from tests.makers.training import AT, make_course, make_try

pytestmark = pytest.mark.usefixtures("unit")
DAY = timedelta(days=1)


def test_sums_tell_no_single_person():
    first, second, third = make_entity(name="Alpha"), make_entity(name="Beta"), make_entity(name="Gamma")
    course = make_course(at=AT - 60 * DAY)
    for entity, count, passed in ((first, 20, 6), (second, 20, 4), (third, 6, 5)):
        for number in range(count):
            person = make_person(entity=entity)
            if number < passed:
                make_try(course, person, at=AT - 40 * DAY)
    (one,) = record.sums(AT, entity_ids=None)
    assert [shown for _entity, shown in one.by_entity] == [6, "few", "nearly all"]
    assert one.at_least == 6
    (own,) = record.sums(AT, entity_ids={second.id})
    assert [(entity, shown) for entity, shown in own.by_entity] == [(second, "few")]
    make_try(course, make_person(entity=first), at=AT)
    assert record.sums(AT, entity_ids=None)[0].at_least == 6
