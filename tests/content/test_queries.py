"""Which kits a person sees and works on, on both databases."""

import itertools
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant, Person, Topic
from advocacy.content import queries
from advocacy.content.models import Kit, KitState, Variant
from advocacy.content.rules import Audience, Stage, matches
from advocacy.content.shape import Caption, Text
from advocacy.content.stories import topic_names
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_entity, make_person, make_team, make_topic
from tests.makers.content import make_kit, make_picture

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("unit")


def slugs(select: sa.Select[Kit]) -> list[str]:
    return [kit.slug for kit in db.session.scalars(select)]


def test_the_law_in_python_and_in_sql_agree(at: datetime) -> None:
    """Every audience of a table against every reader of another."""
    norge, ireland = make_entity("norge"), make_entity("ireland")
    care, shops = make_team(norge, "care"), make_team(ireland, "shops")
    product, people = make_topic("product"), make_topic("people")
    audiences = [
        Audience(entities=entities, countries=countries, languages=languages, teams=teams, topics=topics)
        for entities, countries, languages, teams, topics in itertools.product(
            [(), ("norge",), ("norge", "ireland")],
            [(), ("NO",)],
            [(), ("en", "pt")],
            [(), ("care",)],
            [(), ("product",)],
        )
    ]
    kits = {make_kit(audience=audience).id: audience for audience in audiences}
    readers = [
        make_person(entity=norge, team=care, country="NO", language="en", follows=[product]),
        make_person(entity=norge, team=None, country="NO", language="pt-BR", follows=[people, product]),
        make_person(entity=ireland, team=shops, country="IE", language="en-IE", follows=[people]),
        make_person(entity=ireland, country="no", language="fr"),
        make_person(entity=None, country="", language="pt"),
    ]
    for person in readers:
        reader = queries.reader(person)
        by_law = {key for key, audience in kits.items() if matches(audience, reader)}
        assert {kit.id for kit in db.session.scalars(queries.visible_to(person, at))} == by_law
        assert by_law, "a table in which nobody sees anything proves nothing"


@pytest.mark.parametrize("state", list(KitState))
@pytest.mark.parametrize("publish", [-1, 0, 1])
@pytest.mark.parametrize("expires", [None, -1, 0, 1])
def test_the_stage_in_python_and_in_sql_agree(
    state: KitState, publish: int, expires: int | None, at: datetime
) -> None:
    ends = None if expires is None else at + expires * HOUR
    kit = make_kit(state=state, publish_at=at + publish * HOUR, expires_at=ends)
    for stage in Stage:
        found = db.session.scalar(sa.select(Kit).where(queries.at_stage(stage, at)))
        assert (found is kit) is (kit.stage(at) is stage)


def test_visible_to_gives_what_is_out_newest_first(at: datetime) -> None:
    ada = make_champion()
    make_kit("older", publish_at=at - 2 * HOUR)
    make_kit("newer", publish_at=at - HOUR)
    make_kit("later", publish_at=at + HOUR)
    make_kit("draft", state=KitState.DRAFT)
    assert slugs(queries.visible_to(ada, at)) == ["newer", "older"]


def test_is_visible_asks_for_one_kit(at: datetime) -> None:
    ada = make_champion()
    assert queries.is_visible(make_kit(), ada, at)
    assert not queries.is_visible(make_kit(audience=Audience(countries=("NO",))), ada, at)
    assert not queries.is_visible(make_kit(state=KitState.DRAFT), ada, at)


def test_a_story_that_was_out_is_known_still(at: datetime) -> None:
    ada = make_champion()
    for slug, values in {
        "out": {},
        "ended": {"expires_at": at - HOUR},
        "recalled": {"state": KitState.RECALLED},
    }.items():
        make_kit(slug, **values)
        assert queries.story(ada, slug, at)
    make_kit("never-out", state=KitState.RECALLED, publish_at=at + HOUR)
    make_kit("draft", state=KitState.DRAFT)
    make_kit("not-hers", audience=Audience(countries=("NO",)))
    for slug in ("never-out", "draft", "not-hers", "nowhere"):
        assert queries.story(ada, slug, at) is None


def test_a_story_that_is_being_changed_says_so_to_those_who_could_see_it(at: datetime) -> None:
    here, there = make_champion(country="FR"), make_champion(country="NO")
    changed = make_kit("changed", audience=Audience(countries=("FR",)))
    changed.state = KitState.DRAFT
    make_kit("draft", state=KitState.DRAFT)
    assert "being changed" in str(queries.not_out(here, "changed", at))
    for person, slug in ((there, "changed"), (here, "draft"), (here, "nowhere")):
        assert "being changed" not in str(queries.not_out(person, slug, at))


def test_a_picture_is_seen_by_those_who_see_its_story_or_work_on_it(at: datetime) -> None:
    ada, carl = make_champion(), make_person(roles=[Role.COMMS])
    for values, seen in (
        ({}, True),
        ({"expires_at": at - HOUR}, True),
        ({"state": KitState.RECALLED}, False),
        ({"state": KitState.DRAFT}, False),
        ({"audience": Audience(countries=("NO",))}, False),
    ):
        asset = make_kit(pictures=(make_picture(),), **values).pictures[0]
        assert (queries.picture(ada, asset.code, at) is asset) is seen
        assert queries.picture(carl, asset.code, at) is asset


def test_search_finds_every_word_in_any_language(at: datetime) -> None:
    ada = make_champion()
    make_kit(
        "cable", texts={"en": Text("The cable", "One 100% sure ferry"), "fr": Text("Été en mer", "Le câble")}
    )
    make_kit("phones", texts={"en": Text("Phones", "Repaired by hand")})
    seen = queries.visible_to(ada, at)
    assert slugs(queries.searched(seen, "CABLE ferry")) == ["cable"]
    assert slugs(queries.searched(seen, "été")) == ["cable"]
    assert slugs(queries.searched(seen, "cable hand")) == []
    assert slugs(queries.searched(seen, "%")) == ["cable"]
    assert len(slugs(queries.searched(seen, ""))) == 2


def test_topics_are_counted_and_named(at: datetime) -> None:
    ada = make_champion(language="fr")
    network, people = make_topic("network", "Network", "Réseau"), make_topic("people", "People", "Équipes")
    db.session.add(Topic(slug="bare"))
    make_kit("one", topics=[network, people])
    make_kit("two", topics=[network])
    make_kit("hidden", topics=[people], state=KitState.DRAFT)
    seen = queries.visible_to(ada, at)
    assert queries.topic_counts(seen) == {"network": 2, "people": 1}
    assert slugs(queries.about(seen, "people")) == ["one"]
    assert topic_names("fr", at) == {"bare": "bare", "network": "Réseau", "people": "Équipes"}
    assert topic_names("de", at)["network"] == "Network"


def test_words_come_in_the_readers_language_then_the_entitys() -> None:
    norge = make_entity(language="nb")
    texts = {"en": Text("Cable"), "nb": Text("Kabel"), "fr": Text("Câble")}
    kit = make_kit(entity=norge, texts=texts, pictures=(make_picture(alt={"en": "Ship", "nb": "Skip"}),))
    assert [queries.text_in(kit, tag).title for tag in ("fr-CA", "de", "en")] == ["Câble", "Kabel", "Cable"]
    assert [queries.alt_in(kit.pictures[0], tag) for tag in ("en", "fr")] == ["Ship", "Skip"]
    bare = make_kit(texts={"de": Text("Kabel")}, pictures=(make_picture(alt={}),))
    assert queries.text_in(bare, "fr").title == "Kabel"
    assert queries.alt_in(bare.pictures[0], "fr") == ""


def test_captions_for_a_network_come_before_those_for_any() -> None:
    kit = make_kit(
        captions=(
            Caption("any", "en", "Any"),
            Caption("mastodon", "en", "Toot"),
            Caption("linkedin", "en", "Long"),
            Caption("any", "fr", "Toutes"),
        ),
    )
    kit.variants.append(Variant(network="any", language="en", text="Old", retired_at=kit.created_at))
    assert [one.text for one in queries.captions_for(kit, "mastodon", "en")] == ["Toot", "Any"]
    assert [one.text for one in queries.captions_for(kit, "x", "fr")] == ["Toutes"]
    assert [one.text for one in queries.captions_for(kit, "x", "de")] == ["Any"]
    assert queries.captions_for(make_kit(captions=()), "x", "en") == []


def comms_of(entity: object) -> Person:
    person = make_person()
    person.grants.append(Grant(role=Role.COMMS, entity_id=entity.id, granted_at=person.created_at))  # type: ignore[attr-defined]
    db.session.flush()
    return person


def test_comms_of_one_entity_knows_nothing_of_anothers_kits(at: datetime) -> None:
    norge, ireland = make_entity("norge"), make_entity("ireland")
    bo, root = comms_of(ireland), make_person(roles=[Role.COMMS])
    make_kit("of-norge", entity=norge)
    make_kit("of-ireland", entity=ireland)
    make_kit("of-the-group")
    assert slugs(queries.in_studio(bo)) == ["of-ireland"]
    assert len(slugs(queries.in_studio(root))) == 3
    assert queries.kit_of(bo, "of-ireland")
    assert queries.kit_of(bo, "of-norge") is None
    assert queries.kit_of(bo, "of-the-group") is None
    assert queries.stage_counts(bo, at)[Stage.OUT] == 1
    assert queries.stage_counts(root, at) == {stage: 3 if stage is Stage.OUT else 0 for stage in Stage}


def test_what_waits_for_my_review_is_not_of_my_hand() -> None:
    carl, cora = make_person(roles=[Role.COMMS]), make_person(roles=[Role.COMMS])
    make_kit(state=KitState.IN_REVIEW, author=carl)
    make_kit(state=KitState.IN_REVIEW)
    assert queries.waiting_for(carl) == 1
    assert queries.waiting_for(cora) == 2
    assert queries.waiting_for(make_person()) == 0


def test_what_the_studio_offers_to_choose_from() -> None:
    norge = make_entity(language="nb", name="A")
    make_person(entity=norge, country="NO", language="pt-BR")
    make_person(country="", language="en")
    team = make_team(norge)
    assert queries.countries() == ["NO"]
    assert queries.languages() == ["en", "nb", "pt"]
    assert queries.teams() == [team]
