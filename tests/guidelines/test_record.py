from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy import db
from advocacy.accounts.models import Team
from advocacy.guidelines import actions, queries, record, rules
from advocacy.guidelines.record import Filters
from advocacy.guidelines.rules import ReaderGroup, ReadingState
from tests.makers.accounts import make_champion, make_entity, make_person, make_team
from tests.makers.guidelines import AT, make_guideline, publish_again

pytestmark = pytest.mark.usefixtures("unit")
DAY = timedelta(days=1)
LATER = AT + 40 * DAY


def staff():
    """Two entities; in the first one has accepted, one is overdue, one (who came late) is due."""
    guideline = make_guideline("kind")
    first, second = make_entity(name="Alpha"), make_entity(name="Beta")
    team = make_team(first, name="Care")
    people = [
        make_person("Accepted", entity=first, team=team),
        make_person("Overdue", entity=first, team=team),
        make_person("Due", entity=first, created_at=AT + 20 * DAY),
        make_person("Elsewhere", entity=second),
        make_person("Gone", entity=second, disabled_at=AT),
    ]
    actions.acknowledge(guideline, number=1, language="en", by=people[0], at=AT)
    db.session.flush()
    return guideline, first, second, team, people


def lines(guidelines, filters, at=LATER):
    known = {guideline.id: guideline for guideline in guidelines}
    return [record.line(row, known) for row in db.session.execute(record.people(guidelines, filters, at))]


def test_the_record_holds_only_what_all_staff_must_read():
    asked = make_guideline("asked")
    make_guideline("for-champions", readers=ReaderGroup.CHAMPIONS)
    make_guideline("free", required=False, due_days=None)
    assert record.recorded() == [asked]


def test_tallies_by_entity_and_team():
    guideline, first, second, team, _people = staff()
    rows = record.tallies(guideline, Filters(), LATER)
    assert [(t.entity, t.accepted, t.due, t.overdue) for t in rows] == [(first, 1, 1, 1), (second, 0, 0, 1)]
    by_team = record.tallies(guideline, Filters(), LATER, by_team=True)
    assert [(t.team, t.people) for t in by_team] == [(team, 2), (None, 1), (None, 1)]
    total = record.total(rows)
    assert (total.accepted, total.due, total.overdue, total.people) == (1, 1, 2, 4)


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([9, 7], [(9, False), (7, False)]),
        ([9, 3, 2, 7], [(9, False), (7, False), (5, True)]),
        ([9, 1, 7, 6], [(9, False), (7, False), (7, True)]),
        ([2, 1], [(3, True)]),
        ([], []),
    ],
)
def test_small_groups_are_shown_together(sizes, shown):
    rows = [record.Tally(None, Team(name=str(n)), size, 0, 0) for n, size in enumerate(sizes)]
    assert [(tally.people, tally.is_rest) for tally in record.shown(rows)] == shown


def test_nobody_outside_the_readers_entities_is_seen():
    guideline, first, second, _team, _people = staff()
    only = Filters(entity_ids=frozenset({second.id}))
    assert [t.entity for t in record.tallies(guideline, only, LATER)] == [second]
    assert [line.person.name for line in lines([guideline], only)] == ["Elsewhere"]
    other = Filters(entity_ids=frozenset({second.id}), entity=first)
    assert lines([guideline], other) == []


def test_people_by_every_filter():
    guideline, first, _second, team, _people = staff()

    def found(**values):
        return [line.person.name for line in lines([guideline], Filters(**values))]

    assert found() == ["Accepted", "Due", "Elsewhere", "Overdue"]
    assert found(entity=first) == ["Accepted", "Due", "Overdue"]
    assert found(team=team) == ["Accepted", "Overdue"]
    assert found(state=ReadingState.DUE) == ["Due"]
    assert found(state=ReadingState.ACCEPTED) == ["Accepted"]
    assert found(name="over") == ["Overdue"]
    assert found(name="%") == []


def test_the_filters_are_told_to_the_audit_trail():
    guideline, first, _second, team, _people = staff()
    assert Filters().told == {}
    told = Filters(entity=first, team=team, guideline=guideline, state=ReadingState.DUE, name="a").told
    assert told == {"entity": first.slug, "team": team.slug, "guideline": "kind", "state": "due", "name": "a"}


def test_the_record_agrees_with_the_law_for_each_person_at_each_moment():
    guideline, *_others = staff()
    publish_again(guideline, at=AT + 5 * DAY, asks_again=False)
    never_due = make_guideline(due_days=None)
    for moment in (AT, AT + 30 * DAY - timedelta(seconds=1), AT + 30 * DAY, AT + 50 * DAY):
        for line in lines([guideline, never_due], Filters(), moment):
            accepted = queries.accepted(line.person, [line.guideline]).get(line.guideline.id)
            assert line.accepted_at == accepted
            assert line.state == rules.state(accepted, queries.due_at(line.person, line.guideline), moment)


def test_an_acceptance_counts_once_though_two_versions_were_accepted():
    guideline, _first, _second, _team, people = staff()
    publish_again(guideline, at=AT + DAY, asks_again=False)
    actions.acknowledge(guideline, number=2, language="en", by=people[0], at=AT + 2 * DAY)
    assert record.total(record.tallies(guideline, Filters(), LATER)).people == 4
    assert [line.accepted_at for line in lines([guideline], Filters(state=ReadingState.ACCEPTED))] == [AT]


def test_the_record_does_not_say_who_is_a_champion():
    guideline = make_guideline()
    make_champion("Ada")
    make_person("Olga", left_at=AT)
    assert {line.state for line in lines([guideline], Filters(), AT)} == {ReadingState.DUE}
