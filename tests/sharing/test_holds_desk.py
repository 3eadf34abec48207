"""The desk of pauses: placed in each scope, at once or planned, looked into, asked about, and lifted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db, places
from advocacy.accounts.models import Entity, Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from advocacy.sharing import holding
from advocacy.sharing.holding import Extent
from advocacy.sharing.models import Appeal, Attempt, Delivery, DeliveryState, Hold, HoldScope
from advocacy.sharing.rules import AppealAnswer
from tests.makers.accounts import make_entity, make_person, make_topic
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_share, make_sharer

HOLDS = "/studio/holds/"


@pytest.fixture
def carl(app: Any, client: Any) -> Person:
    """May pause everything, signed in; a champion has a post out."""
    at = clock.now()
    with db.unit_of_work():
        carl = make_person("Carl Brandt", roles=[Role.COMMS], time_zone="Europe/Paris")
        ada = make_sharer("Ada Lindqvist", email="ada@x.example")
        ada.country = "IE"
        topic = make_topic("network", "Network")
        kit = make_kit("open-day", title="Open day", publish_at=at - timedelta(days=1), topics=[topic])
        post = make_share(ada, kit=kit, connection=make_connection(ada), at=at).deliveries[0]
        post.state, post.sent_at, post.remote_url = DeliveryState.SENT, at, "https://social.example/1"
    client.sign_in(carl)
    return carl


def ada() -> Person:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Person).where(Person.email == "ada@x.example")).one()


def newest() -> Hold:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Hold).order_by(Hold.id.desc()).limit(1)).one()


def place(client: Any, **typed: str) -> Any:
    return client.post(HOLDS, data={"scope": "everything", "reason": "An accident"} | typed)


def trail(verb: str) -> int:
    with db.unit_of_work(write=False):
        found = sa.select(sa.func.count()).select_from(AuditLine).where(AuditLine.verb == verb)
        return db.session.scalar(found) or 0


def test_index_says_what_it_is_when_nothing_is_paused(client: Any, carl: Person) -> None:
    assert "Nothing is paused" in client.get(HOLDS).text
    assert 'name="scope"' in client.get(f"{HOLDS}new").text


def test_each_scope_has_one_choice_of_its_own_to_show(client: Any, carl: Person) -> None:
    page = client.get(f"{HOLDS}new").text
    css = (places.static() / "theme.css").read_text("utf-8")
    for scope in HoldScope:
        if scope in (HoldScope.EVERYTHING, HoldScope.ENTITY):
            continue
        shown = page.partition(f'class="of-scope of-{scope}"')[2].partition("</div>")[0]
        assert f'name="{scope}"' in shown and "(optional)" not in shown, scope
        assert f'[value="{scope}"]:checked) .of-{scope}' in css, scope


def test_hold_back_takes_each_scope_and_names_it(client: Any, carl: Person) -> None:
    entity = ada().entity
    assert entity is not None
    scopes = [
        ({"scope": "everything"}, "Everything"),
        ({"scope": "everything", "entity": entity.slug}, f"Everything · {entity.name}"),
        ({"scope": "network", "network": "mastodon"}, "Mastodon"),
        ({"scope": "country", "country": "IE", "entity": entity.slug}, f"IE · {entity.name}"),
        ({"scope": "kit", "kit": "open-day"}, "“Open day”"),
        ({"scope": "topic", "topic": "network"}, "Network"),
    ]
    for typed, words in scopes:
        answer = place(client, **typed)
        assert answer.status_code == 303, typed
        page = client.get(answer.location).text
        assert f"Pause: {words}" in page and "Paused now" in page and "An accident" in page
    kinds = [HoldScope.EVERYTHING, HoldScope.ENTITY, *(HoldScope(typed["scope"]) for typed, _ in scopes[2:])]
    with db.unit_of_work(write=False):
        rows = list(db.session.scalars(sa.select(Hold).order_by(Hold.id)))
        assert [row.scope for row in rows] == kinds
        assert {row.placed_by for row in rows} == {carl.id}
    listed = client.get(HOLDS).text
    assert all(f">{words}</a>" in listed for _typed, words in scopes)
    assert trail("hold.place") == len(scopes)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"scope": "network"}, "Choose what this is about."),
        ({"scope": "kit", "topic": "network"}, "Choose what this is about."),
        ({"reason": " "}, "Say why"),
        ({"starts": "soon"}, "Please give a day and a time"),
        ({"ends": "2020-01-01T10:00"}, "This time has passed already"),
    ],
)
def test_hold_back_refuses_in_words_and_keeps_what_was_typed(
    client: Any, carl: Person, typed: dict[str, str], said: str
) -> None:
    answer = place(client, message="To all of <you>", **typed)
    assert answer.status_code == 422 and said in answer.text and "To all of &lt;you&gt;" in answer.text
    assert trail("hold.place") == 0


def test_a_hold_is_planned_by_the_planners_own_clock(client: Any, carl: Person) -> None:
    day = (clock.now() + timedelta(days=3)).date()
    backwards = place(client, starts=f"{day}T10:00", ends=f"{day}T09:00")
    assert backwards.status_code == 422 and "after the beginning" in backwards.text
    assert f'value="{day}T09:00"' in backwards.text and '<details class="more" open' in backwards.text
    answer = place(client, starts=f"{day}T09:00", ends=f"{day}T18:30")
    page = client.get(answer.location).text
    assert "Planned" in page and "Call it off" in page
    hold = newest()
    assert hold.ends_at is not None and hold.ends_at - hold.starts_at == timedelta(hours=9, minutes=30)
    assert f"{hold.starts_at:%H:%M}" in ("08:00", "07:00"), "nine o'clock in Paris"
    assert "An accident" not in client.get("/").text, "it is not on yet"


def test_only_those_with_the_right_open_the_desk(client: Any, new_client: Any, carl: Person) -> None:
    place(client)
    code = newest().code
    champion = new_client().sign_in(ada())
    for path in ("", "new", code, f"{code}/published"):
        assert champion.get(f"{HOLDS}{path}").status_code == 403, path
    for path in ("", f"{code}/lifting", f"{code}/appeals"):
        assert (
            champion.post(f"{HOLDS}{path}", data={"scope": "everything", "reason": "Mine"}).status_code == 403
        )
    assert newest().lifted_at is None and trail("hold.place") == 1 and trail("hold.look") == 0


def test_who_speaks_for_one_company_sees_and_stops_that_company_alone(
    client: Any, new_client: Any, carl: Person
) -> None:
    place(client)
    wide = newest().code
    with db.unit_of_work():
        own, bo = make_entity(name="Norge"), make_person("Bo")
        bo.grants.append(Grant(role=Role.COMMS, entity_id=own.id, granted_at=clock.now()))
        slug = own.slug
    local = new_client().sign_in(bo)
    assert local.get(f"{HOLDS}{wide}").status_code == local.get(f"{HOLDS}{wide}/published").status_code == 404
    assert "An accident" not in local.get(HOLDS).text.partition("<table")[2]
    for typed in ({}, {"entity": ada().entity.slug}, {"scope": "network", "network": "x"}):  # type: ignore[union-attr]
        refused = place(local, **typed)
        assert refused.status_code in (403, 422), typed
    assert place(local, entity=slug, reason="Only ours").status_code == 303
    held = newest().entity_id
    with db.unit_of_work(write=False):
        assert db.session.get_one(Entity, held).slug == slug
    assert "Only ours" in local.get(HOLDS).text


def test_published_shows_what_is_out_by_name_and_each_look_is_audited(client: Any, carl: Person) -> None:
    place(client, scope="country", country="IE")
    code = newest().code
    assert "Ada Lindqvist" not in client.get(f"{HOLDS}{code}").text, "no name before somebody looks"
    assert trail("hold.look") == 0
    page = client.get(f"{HOLDS}{code}/published").text
    assert "Ada Lindqvist" in page and 'href="https://social.example/1"' in page and "Mastodon" in page
    client.get(f"{HOLDS}{code}/published")
    assert trail("hold.look") == 1, "turning back to it within minutes is the same look"
    with db.unit_of_work():
        db.session.execute(sa.update(AuditLine).values(at=clock.now() - timedelta(minutes=20)))
    client.get(f"{HOLDS}{code}/published")
    assert trail("hold.look") == 2
    with db.unit_of_work():
        holding.hold_back(
            Extent(HoldScope.NETWORK, network="linkedin"),
            reason="Elsewhere",
            by=db.session.get_one(Person, carl.id),
            at=clock.now(),
        )
    elsewhere = client.get(f"{HOLDS}{newest().code}/published").text
    assert "Nothing was published here" in elsewhere and "Ada Lindqvist" not in elsewhere


def test_ask_owners_writes_to_each_ticked_owner_once(client: Any, carl: Person) -> None:
    place(client)
    code = newest().code
    with db.unit_of_work(write=False):
        post = db.session.scalars(sa.select(Delivery)).one().code
    appeals = f"{HOLDS}{code}/appeals"
    nobody = client.post(appeals, data={"words": "Please <delete> it."})
    assert nobody.status_code == 422 and "Tick at least one post." in nobody.text
    assert "Please &lt;delete&gt; it." in nobody.text
    wordless = client.post(appeals, data={"posts": [post]})
    assert wordless.status_code == 422 and "the words to use" in wordless.text
    assert f'value="{post}" id="post-{post}" checked' in wordless.text
    sent = {"words": "Please delete it.", "posts": [post, "foreign"]}
    assert "1 owner gets a letter" in _follow(client, appeals, sent)
    again = _follow(client, appeals, sent)
    assert "asked " in again and f'id="post-{post}"' not in again
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Appeal)).one().asked_by == carl.id
        (letter,) = db.session.scalars(sa.select(Letter).where(Letter.kind == "post_appeal"))
        assert letter.address == "ada@x.example" and letter.values["words"] == "Please delete it."
    assert trail("hold.ask") == 1


def seen(client: Any, **values: Any) -> str:
    """What the desk shows once the post was put so."""
    with db.unit_of_work():
        if values:
            db.session.execute(sa.update(Delivery).values(**values))
    return str(client.get(f"{HOLDS}{newest().code}/published").text)


@pytest.mark.parametrize("state", ["unknown", "waiting", "sending", "failed"])
def test_what_may_be_out_is_listed_too(client: Any, carl: Person, state: str) -> None:
    at = clock.now()
    place(client)
    with db.unit_of_work():
        post = db.session.scalars(sa.select(Delivery)).one()
        db.session.add(Attempt(delivery_id=post.id, claim_token="t", started_at=at, outcome="lost"))
    lost = None if state == "failed" else at
    page = seen(client, state=state, sent_at=None, remote_url=None, first_tried_at=at, lost_at=lost)
    assert "Ada Lindqvist" in page and "May be out" in page and f'id="post-{post.code}"' in page
    assert "1 owner gets a letter" in _follow(
        client, f"{HOLDS}{newest().code}/appeals", {"words": "Please delete it.", "posts": [post.code]}
    )


def test_what_certainly_is_not_out_is_not_listed(client: Any, carl: Person) -> None:
    place(client)
    for state in ("waiting", "held", "failed", "cancelled", "deleted"):
        assert "Ada Lindqvist" not in seen(client, state=state, sent_at=None), state


def test_an_owner_who_may_have_a_post_out_reads_what_is_asked(
    client: Any, new_client: Any, carl: Person
) -> None:
    place(client)
    with db.unit_of_work():
        post = db.session.scalars(sa.select(Delivery)).one()
        post.state, post.sent_at = DeliveryState.UNKNOWN, None
        share = post.share.code
    _follow(client, f"{HOLDS}{newest().code}/appeals", {"words": "Out with it.", "posts": [post.code]})
    with db.unit_of_work(write=False):
        (letter,) = db.session.scalars(sa.select(Letter).where(Letter.kind == "post_appeal"))
        assert letter.values["doubt"] is True, "the letter does not say that it is out"
    champion = new_client().sign_in(ada())
    assert "asks you to look at a post of yours" in champion.get("/").text
    page = champion.get(f"/shares/{share}").text
    assert "Out with it." in page and "Nobody knows yet whether" in page and "I changed it" not in page


def test_what_an_owner_did_stays_at_the_desk_with_its_time(client: Any, carl: Person) -> None:
    at = clock.now()
    place(client)
    with db.unit_of_work(write=False):
        post = db.session.scalars(sa.select(Delivery)).one().code
    asked = _follow(client, f"{HOLDS}{newest().code}/appeals", {"words": "Please.", "posts": [post]})
    assert "no answer yet" in asked
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Delivery)).one()
        holding.answer_appeal(row, AppealAnswer.CHANGED, at=at)
    assert "its owner changed it" in seen(client)
    gone = seen(client, state="deleted", ended_at=at)
    assert "Ada Lindqvist" in gone and "<strong>deleted" in gone and "its owner changed it" not in gone


def _follow(client: Any, path: str, sent: dict[str, Any]) -> str:
    answer = client.post(path, data=sent, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def test_lift_ends_it_once_and_takes_the_banner_away(client: Any, new_client: Any, carl: Person) -> None:
    champion = new_client().sign_in(ada())
    place(client)
    code = newest().code
    line = "Publishing is paused (Everything): An accident"
    for path in ("/", "/kits/", "/shares/", "/me"):
        assert line in champion.get(path).text, path
    assert f"{HOLDS}{code}" not in champion.get("/").text, "a champion is led to no desk"
    banner = client.get("/kits/").text
    assert line in banner and f'href="{HOLDS}{code}"' in banner
    answer = client.post(f"{HOLDS}{code}/lifting", follow_redirects=True)
    assert "Publishing goes on." in answer.text and "Over" in answer.text and "End it" not in answer.text
    assert client.post(f"{HOLDS}{code}/lifting").status_code == 409
    assert line not in champion.get("/").text and line not in client.get("/kits/").text
    assert trail("hold.lift") == 1


def test_a_post_that_was_asked_about_and_is_in_no_doubt_any_more_is_not_said_to_be(
    client: Any, carl: Person
) -> None:
    place(client)
    with db.unit_of_work(write=False):
        post = db.session.scalars(sa.select(Delivery)).one().code
    _follow(client, f"{HOLDS}{newest().code}/appeals", {"words": "Please.", "posts": [post]})
    for state, said in (("failed", "Not posted"), ("sending", "On its way"), ("cancelled", "Cancelled")):
        page = seen(client, state=state, sent_at=None, lost_at=None)
        assert said in page and "May be out" not in page, state


def test_a_planned_hold_says_when_its_letter_goes_out(client: Any, carl: Person) -> None:
    day = (clock.now() + timedelta(days=3)).date()
    place(client, message="Please wait", starts=f"{day}T09:00", ends=f"{day}T18:30")
    code = newest().code

    def page(**values: Any) -> str:
        with db.unit_of_work():
            if values:
                db.session.execute(sa.update(Hold).values(**values))
        return str(client.get(f"{HOLDS}{code}").text)

    assert "goes out to the champions concerned when the pause begins" in page()
    assert "is going out to the champions" in page(starts_at=clock.now() - timedelta(minutes=1))
    assert "went out to the champions" in page(told_at=clock.now())
    assert "over before this letter" in page(told_at=None, lifted_at=clock.now())
