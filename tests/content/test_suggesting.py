"""What is suggested to whom, and why; from memory as from the database."""

import itertools
from datetime import datetime, timedelta

import pytest

from advocacy import db
from advocacy.content import queries, stories, suggesting
from advocacy.content.rules import Audience
from advocacy.content.suggesting import suggested_for
from tests.makers.accounts import make_champion, make_entity, make_team, make_topic
from tests.makers.content import make_kit

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("unit")


def test_suggestions_come_with_their_reason_the_best_first(at: datetime) -> None:
    norge = make_entity(name="Nordlys Norge")
    care = make_team(norge)
    product = make_topic("product", "Product")
    ada = make_champion(entity=norge, team=care, follows=[product])
    old = at - timedelta(days=30)
    made = [
        make_kit(publish_at=old),
        make_kit(publish_at=at - HOUR),
        make_kit(publish_at=old, audience=Audience(entities=(norge.slug,))),
        make_kit(publish_at=old, audience=Audience(teams=(care.slug,))),
        make_kit(publish_at=old, topics=[make_topic(), product]),
    ]
    found = suggested_for(ada, at)
    assert [kit.id for kit, _reason in found] == [kit.id for kit in made[::-1]]
    assert [reason for _kit, reason in found] == [
        ("You follow %(topic)s", {"topic": "Product"}),
        ("For your team", {}),
        ("New for %(entity)s", {"entity": "Nordlys Norge"}),
        ("New this week", {}),
        ("For everyone in the group", {}),
    ]
    shared = suggested_for(ada, at, limit=2, shared=[made[4].id, made[3].id])
    assert [kit.id for kit, _reason in shared] == [made[2].id, made[1].id]


def test_memory_and_the_database_offer_the_same(at: datetime) -> None:
    norge, ireland = make_entity("norge"), make_entity("ireland")
    care, product = make_team(norge, "care"), make_topic("product")
    for entities, countries, languages, teams, topics in itertools.product(
        [(), ("norge", "ireland")], [(), ("NO",)], [(), ("en", "pt")], [(), ("care",)], [(), ("product",)]
    ):
        make_kit(audience=Audience(entities, countries, languages, teams, topics), topics=[product])
    for values in (
        {"entity": norge, "team": care, "country": "no", "language": "pt-BR", "follows": [product]},
        {"entity": ireland, "country": "NO"},
        {"language": "nb"},
    ):
        ada = make_champion(**values)
        from_memory = suggested_for(ada, at, limit=40)
        visible = list(db.session.scalars(queries.visible_to(ada, at)))
        assert {kit.id for kit, _reason in from_memory} == {kit.id for kit in visible}
        assert suggested_for(ada, at, limit=40, follows=queries.reader(ada).topics) == from_memory


def test_who_finds_little_in_memory_is_offered_older_stories(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    norge = make_entity("norge")
    ada, bea = make_champion(entity=norge), make_champion()
    make_kit("old", publish_at=at - 9 * HOUR, audience=Audience(entities=("norge",)))
    for hours in (1, 2, 3):
        make_kit(f"new-{hours}", publish_at=at - hours * HOUR)
    monkeypatch.setattr(stories, "NEWEST", 3)
    offered = [kit.slug for kit, _reason in suggested_for(ada, at)]
    assert offered == ["old", "new-1", "new-2", "new-3"]
    monkeypatch.setattr(suggesting, "FROM", 3)
    assert [kit.slug for kit, _reason in suggested_for(bea, at)] == ["new-1", "new-2", "new-3"]


def test_a_topic_that_came_this_moment_is_called_by_its_slug(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = make_topic("brand-new", "Brand new")
    ada = make_champion(follows=[topic])
    make_kit(topics=[topic])
    monkeypatch.setattr(stories, "topic_names", lambda _language, _at: {})
    [(_kit, reason)] = suggested_for(ada, at)
    assert reason[1] == {"topic": "brand-new"}
