"""The stories that are out, as they are kept in memory."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.content import queries, stories
from advocacy.content.models import Kit, KitState
from advocacy.content.rules import Audience
from advocacy.content.shape import Text
from tests.makers.accounts import make_entity, make_topic
from tests.makers.content import make_kit, make_picture

SECOND = timedelta(seconds=1)


def newest(at: datetime) -> list[str]:
    with db.unit_of_work(write=False):
        return [story.slug for story in stories.newest(at)]


def test_a_story_is_what_its_kit_is(unit: db.Unit, at: datetime) -> None:
    pictures = (make_picture(alt={"en": "A ferry", "nb": "En ferge"}), make_picture(alt={}))
    kit = make_kit(
        texts={"en": Text("Told", "Words."), "nb": Text("Fortalt", "Ord.")},
        pictures=pictures,
        topics=[make_topic("one"), make_topic("two")],
        audience=Audience(entities=("norge",), countries=("NO", "IE")),
        entity=make_entity("norge", language="nb"),
        expires_at=at + 9 * SECOND,
    )
    [story] = stories.newest(at)
    for name in ("id", "slug", "state", "publish_at", "expires_at", "spoken", "topic_slugs"):
        told, known = getattr(story, name), getattr(kit, name)
        assert (list(told) if name == "topic_slugs" else told) == known
    assert set(story.asked) == set(kit.asked)
    assert [picture.code for picture in story.pictures] == [picture.code for picture in kit.pictures]
    for language in ("en", "nb-NO", "de"):
        ours, theirs = queries.text_in(story, language), queries.text_in(kit, language)
        assert (ours.language, ours.title, ours.story) == (theirs.language, theirs.title, theirs.story)
        for mine, one in zip(story.pictures, kit.pictures, strict=True):
            assert queries.alt_in(mine, language) == queries.alt_in(one, language)
            assert (mine.width, mine.height) == (one.width, one.height)


def test_the_clock_is_asked_each_time(database: str, at: datetime) -> None:
    with db.unit_of_work():
        make_kit("soon", publish_at=at + 3 * SECOND)
        make_kit("over", expires_at=at + 2 * SECOND)
        make_kit("draft", state=KitState.DRAFT)
        make_kit("later", publish_at=at + 30 * SECOND)
    assert newest(at) == ["over"]
    assert newest(at + 2 * SECOND) == []
    assert newest(at + 3 * SECOND) == ["soon"]


def test_what_is_withdrawn_here_is_gone_at_once_and_elsewhere_within_five_seconds(
    database: str, at: datetime
) -> None:
    with db.unit_of_work():
        make_kit("one")
        make_kit("two")
    assert newest(at) == ["two", "one"]
    with db.unit_of_work():
        db.session.scalars(sa.select(Kit).where(Kit.slug == "one")).one().state = KitState.RECALLED
    assert newest(at) == ["two"]
    with db.engine().begin() as another:
        another.execute(sa.update(Kit).values(state=KitState.RECALLED))
    assert newest(at + 5 * SECOND) == ["two"]
    assert newest(at + 6 * SECOND) == []
