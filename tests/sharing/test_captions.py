"""Suggested captions are measured as composing will have them: with disclosure and link, by the network's own rule."""

from advocacy import db
from advocacy.content.rules import Audience
from advocacy.content.shape import Caption, KitData, Text
from advocacy.sharing import captions
from advocacy.sharing.models import Disclosure
from tests.makers.accounts import make_entity


def kit(*texts, network="x", **more):
    made = tuple(Caption(network, "en", text) for text in texts)
    return KitData(texts={"en": Text("Title")}, captions=made, **more)


def test_the_room_on_a_network_is_what_fits_there(unit):
    entity = make_entity("nordlys", name="Nordlys")
    room = captions.rooms(kit(entity=entity.slug, link_url="https://example.com/story"))["x"].characters
    for more, excess in ((0, []), (1, [(0, "X", 281, 280)])):
        data = kit("w" * (room + more), entity=entity.slug, link_url="https://example.com/story")
        assert [tuple(one) for one in captions.overlong(data)] == excess


def test_the_wording_that_leaves_most_room_counts(unit):
    short, long = make_entity("short", name="Short"), make_entity("long", name="Long")
    db.session.add(Disclosure(entity_id=long.id, language="en", position=0, wording="#" + "L" * 80))
    db.session.flush()
    text = "w" * 262
    assert captions.overlong(kit(text)) == []
    assert captions.overlong(kit(text, audience=Audience(entities=(short.slug,)))) == []
    assert captions.overlong(kit(text, audience=Audience(entities=(long.slug,)))) != []
    assert captions.overlong(kit(text, is_paid=True)) != []


def test_any_network_is_asked_and_an_unknown_one_is_not(unit):
    assert {one.network for one in captions.overlong(kit("w" * 480, network="any"))} == {"X", "Bluesky"}
    assert captions.overlong(kit("w" * 4000, network="gone")) == []
