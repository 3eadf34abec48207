"""Figures are counted rightly, on both databases, and hidden where they would tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant
from advocacy.analytics import queries
from advocacy.analytics.rules import Measure
from advocacy.links import actions as links
from advocacy.permissions import Role
from advocacy.sharing.models import DeliveryState, Share
from tests.makers.accounts import AT, make_champion, make_entity, make_person
from tests.makers.analytics import make_post, make_posts
from tests.makers.content import make_kit

pytestmark = pytest.mark.usefixtures("unit")
SHARES, POSTS, SENT, BY_HAND, CLICKS = Measure


def test_courses_count_every_measure_by_week() -> None:
    kit = make_kit()
    people = make_posts(kit, 6, clicks=2)
    make_posts(kit, 5, people=people, weeks_ago=1, by_hand=True, clicks=1)
    make_posts(kit, 5, people=people, weeks_ago=20, clicks=3)
    make_posts(make_kit(), 9)
    found = queries.courses(queries.only(kit), at=AT)
    weeks = (0, 0, 0, 0, 0, 0)
    assert (found[SHARES].whole, found[SHARES].weeks) == (16, (*weeks, 5, 6))
    assert queries.in_all(kit) == {SHARES: 16, SENT: 11, BY_HAND: 5, CLICKS: 32}
    assert (found[CLICKS].whole, found[CLICKS].last, found[CLICKS].weeks) == (32, 17, (*weeks, 5, 12))


def test_clicks_are_the_same_folded_or_not() -> None:
    kit = make_kit()
    people = make_posts(kit, 6, clicks=2)
    make_posts(kit, 5, people=people, weeks_ago=8, clicks=1, at=AT)
    before = queries.courses(queries.only(kit), at=AT)[CLICKS]
    assert links.fold_clicks(at=AT) == 5  # the newest are left for a minute
    assert queries.courses(queries.only(kit), at=AT)[CLICKS] == before
    assert links.fold_clicks(at=AT + timedelta(minutes=2)) == 12
    db.session.flush()
    assert queries.courses(queries.only(kit), at=AT)[CLICKS] == before
    make_posts(kit, 5, people=people, clicks=1)
    after = queries.courses(queries.only(kit), at=AT)[CLICKS]
    assert (before.whole, after.whole, after.weeks[-1]) == (17, 22, 17)


@pytest.mark.parametrize("hours", [0, 167])
def test_a_week_is_whole(hours: int) -> None:
    kit, monday = make_kit(), AT.replace(hour=0)
    make_posts(kit, 5, at=monday + timedelta(hours=hours), clicks=1)
    found = queries.courses(queries.only(kit), at=monday + timedelta(days=6))
    assert [found[measure].weeks[-1] for measure in (SHARES, CLICKS)] == [5, 5]


def test_what_has_not_gone_out_is_no_share_and_is_told_apart() -> None:
    kit = make_kit()
    for state in (DeliveryState.WAITING, DeliveryState.OPENED, DeliveryState.FAILED, DeliveryState.DELETED):
        make_posts(kit, 5, state=state)
    assert queries.in_all(kit) == {SHARES: 0, SENT: 0, BY_HAND: 0, CLICKS: 0}
    assert queries.courses(queries.only(kit), at=AT)[SHARES].whole == 0
    assert queries.kit_lines(make_person(roles=[Role.COMMS])) == []
    assert queries.under_way(kit) == 10


@pytest.mark.parametrize(("people", "told"), [(0, 0), (4, None), (5, 5)])
def test_under_way_is_hidden_when_few_have_something_planned(people: int, told: int | None) -> None:
    kit = make_kit()
    if people:
        make_posts(kit, people, state=DeliveryState.WAITING)
    assert queries.under_way(kit) == told


def test_a_share_of_several_posts_counts_once_when_its_first_is_out() -> None:
    kit = make_kit()
    for person in make_posts(kit, 5, weeks_ago=2):
        share = db.session.scalars(sa.select(Share).where(Share.person_id == person.id)).one()
        first = share.deliveries[0]
        for state, later in ((DeliveryState.SENT, 1), (DeliveryState.WAITING, 0)):
            post = make_post(kit, person, state=state)
            post.share, post.sent_at = share, first.sent_at + timedelta(weeks=1) if later else None
    db.session.flush()
    found = queries.courses(queries.only(kit), at=AT)[SHARES]
    assert (found.whole, found.weeks[-3:]) == (5, (5, 0, 0))


def test_a_manager_sees_the_kits_of_her_entities() -> None:
    entity = make_entity()
    kit, group, other = make_kit(entity=entity), make_kit(), make_kit(entity=make_entity())
    manager, chief, reader = make_person(), make_person(roles=[Role.COMMS]), make_person(roles=[Role.HR])
    manager.grants = [Grant(role=Role.COMMS, entity=entity, entity_id=entity.id, granted_at=AT)]
    db.session.flush()
    people = make_posts(kit, 5)
    make_posts(group, 5, people=people)
    make_posts(other, 5, people=people)
    assert [line.kit for line in queries.kit_lines(manager)] == [kit]
    assert {line.kit.id for line in queries.kit_lines(chief)} == {kit.id, group.id, other.id}
    assert queries.kit_lines(reader) == []
    assert queries.kit_of(manager, kit.slug) is kit
    assert queries.kit_of(manager, group.slug) is None
    assert queries.courses(queries.mine(manager), at=AT)[SHARES].whole == 5


def test_kits_stand_by_their_shares_and_hidden_ones_after_by_age() -> None:
    few, old, much, unshared = make_kit(), make_kit(), make_kit(), make_kit()
    people = make_posts(much, 7, clicks=1)
    make_posts(few, 1, people=people)
    make_posts(old, 4, people=people, by_hand=True)
    lines = queries.kit_lines(make_person(roles=[Role.COMMS]))
    assert [line.kit for line in lines] == [much, old, few]
    assert lines[0].counts == {SHARES: 7, SENT: 7, BY_HAND: 0, CLICKS: 7}
    assert lines[1].counts == {SHARES: None, SENT: None, BY_HAND: None, CLICKS: None}
    assert unshared not in [line.kit for line in lines]


def test_by_caption_tells_suggested_words_from_own() -> None:
    kit = make_kit()
    english, french = kit.captions
    people = make_posts(
        kit, 7, caption=english, text=f"{english.text}\n#WorksAtNordlys https://n.example/l/abc", clicks=1
    )
    make_posts(kit, 5, people=people, caption=french)
    make_posts(kit, 6, people=people, caption=english, text="Reworded altogether")
    make_posts(kit, 5, people=people, by_hand=True)
    parts = [(part.about, part.counts[POSTS], part.counts[CLICKS]) for part in queries.by_caption(kit)]
    assert parts == [(english, 7, 7), (None, 11, 0), (french, 5, 0)]


def test_by_network_hides_a_few_and_what_would_tell_them() -> None:
    kit = make_kit()
    people = make_posts(kit, 20, clicks=1)
    make_posts(kit, 9, people=people, network="bluesky")
    make_posts(kit, 2, people=people, network="threads")
    parts = {part.about: part.counts[POSTS] for part in queries.by_network(kit)}
    assert parts == {"mastodon": 20, "bluesky": None, "threads": None}


@pytest.mark.parametrize(("small", "others"), [(1, None), (3, 6)])
def test_by_entity_puts_those_with_few_together(small: int, others: int | None) -> None:
    kit = make_kit()
    for number, entity in (
        (12, make_entity(name="Large")),
        (9, None),
        *((small, make_entity()) for _ in range(2)),
    ):
        for _ in range(number):
            make_post(kit, make_champion(entity=entity), clicks=1)
    parts = {getattr(part.about, "name", part.about): part.counts for part in queries.by_entity(kit)}
    rest = 9 if others else None
    assert parts == {
        "Large": {SHARES: 12, CLICKS: 12},
        None: {SHARES: rest, CLICKS: rest},
        queries.OTHERS: {SHARES: others, CLICKS: others},
    }


def test_by_entity_without_few() -> None:
    kit = make_kit()
    make_posts(kit, 5)
    assert [(part.about, part.counts) for part in queries.by_entity(kit)] == [(None, {SHARES: 5, CLICKS: 0})]


def test_how_posts_went_out_is_shown_for_both_ways_or_none() -> None:
    kit = make_kit()
    make_posts(kit, 9, people=make_posts(kit, 9), by_hand=False)
    make_posts(kit, 2, by_hand=True)
    assert queries.in_all(kit) == {SHARES: 20, SENT: None, BY_HAND: None, CLICKS: 0}


def test_figures_stay_when_a_link_belongs_to_nobody() -> None:
    kit = make_kit()
    for person in make_posts(kit, 5, clicks=1):
        person.erased_at = AT
    assert queries.courses(queries.only(kit), at=AT)[CLICKS].whole == 5
