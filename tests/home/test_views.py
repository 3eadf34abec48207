"""The first page, and the link that stops the letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db, vault
from advocacy.accounts.models import Person
from advocacy.admin.rules import Facts
from advocacy.content import actions as content
from advocacy.content import handover
from advocacy.content.rules import Audience
from advocacy.content.shape import Text
from advocacy.errors import Missing
from advocacy.home import actions, jobs
from advocacy.mail.jobs import rendered
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from advocacy.sharing.models import Connection, Delivery
from advocacy.training.models import Course
from tests.makers.accounts import make_champion, make_person, make_topic
from tests.makers.content import make_data, make_kit
from tests.makers.guidelines import make_guideline
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.makers.training import make_certificate, make_course

SET_UP = Facts(
    is_group=True,
    sends_mail=True,
    mail_arrived_at=datetime(2026, 11, 2, tzinfo=UTC),
    address_is_safe=True,
    people=300,
    entities=4,
    without_wording=[],
    without_help=[],
    networks_on=8,
    guidelines=3,
    has_course=True,
    backup_at=datetime(2026, 11, 2, tzinfo=UTC),
)
TUESDAY = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The clock stands at a Tuesday morning; the kits that makers make are out then."""
    monkeypatch.setattr(clock, "now", lambda: TUESDAY)


def out_now(**values):
    return make_kit(publish_at=TUESDAY - timedelta(days=1), **values)


def test_index_welcomes_whoever_is_not_signed_in(client):
    page = client.get("/")
    assert page.status_code == 200 and "Sign in" in page.text and "Make it mine" not in page.text


def test_index_shows_one_story_with_its_reason_and_four_more(client):
    with db.unit_of_work():
        topic = make_topic("product", "Product")
        person = make_champion("Ada Nyström", follows=[topic])
        for n in range(6):
            out_now(title=f"Story {n}")
        out_now(title="An app you can hear", topics=[topic])
    page = client.sign_in(person).get("/").text
    assert "Hello Ada" in page and "You follow Product" in page
    assert page.index("An app you can hear") < page.index("More for you")
    assert page.count("Make it mine") == 1 and page.count('<article class="story-card">') == 4


def test_index_says_what_it_is_when_there_is_nothing(client):
    with db.unit_of_work():
        person = make_champion()
    assert "Nothing for you this week" in client.sign_in(person).get("/").text


def test_index_is_the_setup_for_who_only_administers(client):
    with db.unit_of_work():
        root = make_person("Root", roles=[Role.ADMIN])
    client.sign_in(root)
    assert client.get("/").location == "/admin/"
    assert client.get("/admin/").status_code == 200 and client.get("/kits/").status_code == 200


def test_index_is_home_for_her_once_all_is_set_up(client, monkeypatch):
    monkeypatch.setattr("advocacy.admin.queries.facts", lambda *_args, **_values: SET_UP)
    with db.unit_of_work():
        root = make_person("Root", roles=[Role.ADMIN])
    page = client.sign_in(root).get("/")
    assert page.status_code == 200 and "setup" not in page.text.partition("<main")[2]


@pytest.mark.parametrize("also", ["joined", "comms"])
def test_index_tells_an_administrator_with_other_work_in_one_line(client, also):
    with db.unit_of_work():
        if also == "joined":
            root = make_champion("Root", roles=[Role.ADMIN])
        else:
            root = make_person("Root", roles=[Role.ADMIN, Role.COMMS])
    page = client.sign_in(root).get("/")
    assert page.status_code == 200
    assert "steps of the setup are not done: Mail goes out, " in page.text and 'href="/admin/"' in page.text


def test_index_speaks_of_no_setup_to_anyone_else(client, monkeypatch):
    monkeypatch.setattr("advocacy.admin.queries.facts", None)  # and does not look either
    with db.unit_of_work():
        person = make_champion(roles=[Role.COMMS])
    assert "of the setup" not in client.sign_in(person).get("/").text


def test_index_names_the_one_next_step_on_the_road(client):
    with db.unit_of_work():
        person = make_champion()
        guideline = make_guideline("conduct")
        course = make_course("confidence", unlocks_sharing=True)
    client.sign_in(person)
    page = client.get("/").text
    assert f'href="/guidelines/{guideline.slug}"' in page
    assert "Before you can share: one guideline and one course, about 11 minutes." in page
    client.post(f"/guidelines/{guideline.slug}/acknowledgement", data={"version": 1})
    page = client.get("/").text
    assert f'href="/training/{course.slug}"' in page
    assert "Before you can share: one course, about 10 minutes." in page
    with db.unit_of_work():
        make_certificate(db.session.get_one(Course, course.id), person, at=TUESDAY)
    assert "Next: connect an account" in client.get("/").text
    with db.unit_of_work():
        make_connection(db.session.get_one(Person, person.id))
    assert "Next: make a story yours" in client.get("/").text


def test_index_takes_sharing_by_hand_for_a_way_to_share(client):
    with db.unit_of_work():
        person = make_sharer()
        kit = out_now()
    client.sign_in(person)
    assert "Next: connect an account" in client.get("/").text
    with db.unit_of_work():
        person = db.session.get_one(Person, person.id)
        by_hand = make_share(person, kit=kit, by_hand=True, at=TUESDAY).deliveries[0]
    page = client.get("/").text
    assert "connect an account" not in page and "Next: make a story yours" in page
    with db.unit_of_work():
        db.session.get_one(Delivery, by_hand.id).state = "cancelled"
    assert "Next: connect an account" in client.get("/").text, (
        "what she did not do after all counts for nothing"
    )


def test_index_tells_of_trouble_first(client):
    with db.unit_of_work():
        person = make_sharer()
        connection = make_connection(person, at=TUESDAY)
        kit = out_now()
        for _ in range(2):
            make_share(person, kit=kit, connection=connection, at=TUESDAY)
    client.sign_in(person)
    assert "waits for you" not in client.get("/").text
    with db.unit_of_work():
        db.session.execute(sa.update(Delivery).values(state="held"))
        db.session.execute(sa.update(Connection).values(state="needs_reconnecting"))
    assert "2 posts wait for you" in client.get("/").text
    with db.unit_of_work():
        db.session.get_one(Person, person.id).paused_at = TUESDAY
    page = client.get("/").text
    assert "wait for you" not in page and f"Next: reconnect {connection.account}" in page


def test_the_welcome_shows_the_promise_the_minutes_and_a_post(client):
    with db.unit_of_work():
        make_guideline("conduct")
        make_course("confidence", unlocks_sharing=True)
        out_now(title="For some", audience=Audience(countries=("FR",)))
    page = client.get("/").text
    assert "promises you" in page and "Once: one guideline and one course, about 11 minutes." in page
    assert "our night shift" in page and "For some" not in page, "no stranger reads what is for some"
    with db.unit_of_work():
        out_now(title="For all")
    assert "For all in one line." in client.get("/").text
    assert "For all en une ligne." in client.get("/?lang=fr").text


def test_index_asks_once_and_never_nags(client):
    with db.unit_of_work():
        person = make_person()
    client.sign_in(person)
    assert "Would you like to share our stories?" in client.get("/").text
    client.post("/join", data={"answer": "not-now"})
    page = client.get("/").text
    assert "Would you like" not in page and "Next:" not in page


def letter_of(person: Person) -> Letter | None:
    return db.session.scalar(sa.select(Letter).where(Letter.person_id == person.id, Letter.kind == "weekly"))


def test_the_letter_has_three_stories_whose_links_open_the_composer(app, database):
    with db.unit_of_work():
        person = make_champion("Inès", language="fr", time_zone="Europe/Paris")
        for n in range(4):
            out_now(title=f"Story {n}")
    jobs.write_weekly()
    jobs.write_weekly()
    with app.app_context(), db.unit_of_work(write=False):
        message = rendered(letter_of(person))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1
    body = message.get_content()
    assert body.count("/shares/new") == 3
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/letter/{person.code}/" in message["List-Unsubscribe"]


def stories_told(person: Person) -> list[list[str]]:
    letters = sa.select(Letter.values).where(Letter.person_id == person.id).order_by(Letter.id)
    with db.unit_of_work(write=False):
        return [[story["title"] for story in values["stories"]] for values in db.session.scalars(letters)]


def test_the_letter_tells_each_story_once(app, database, monkeypatch):
    with db.unit_of_work():
        person = make_champion()
        for n in range(4):
            out_now(title=f"Story {n}")
    for week in range(3):
        monkeypatch.setattr(clock, "now", lambda week=week: TUESDAY + timedelta(weeks=week))
        jobs.write_weekly()
    first, second = stories_told(person)
    assert len(first) == 3 and len(second) == 1 and not set(first) & set(second)


def test_the_letter_keeps_to_her_language_where_there_are_stories_in_it(app, database):
    with db.unit_of_work():
        ines = make_champion("Inès", language="fr-CA")
        kari = make_champion("Kari", language="nb")
        out_now(title="Open day")
        out_now(texts={"en": Text("English only", "Words.")})
    jobs.write_weekly()
    assert stories_told(ines) == [["Open day (fr)"]]
    assert len(stories_told(kari)[0]) == 2


@pytest.mark.parametrize(
    "values",
    [
        {"weekly_letter": False},
        {"paused_at": TUESDAY},
        {"left_at": TUESDAY},
        {"disabled_at": TUESDAY},
        {"joined_at": None},
        {"email": None},
        {"time_zone": "Pacific/Auckland"},
    ],
)
def test_the_letter_is_for_those_who_want_it_at_their_hour(app, database, values):
    with db.unit_of_work():
        person = make_champion(**values)
        out_now()
    assert jobs.write_weekly() == 0
    with db.unit_of_work(write=False):
        assert letter_of(person) is None


def test_who_stops_the_letter_while_others_are_written_gets_none(app, database, monkeypatch):
    with db.unit_of_work():
        first, second, third = make_champion(), make_champion(), make_champion()
        out_now()
    write, stopped = actions.write_letter, []

    def written_slowly(person, *, at):
        if not stopped:
            stopped.append(third)
            actions.stop_letter(db.session.get_one(Person, third.id), at=at)  # as if by a request meanwhile
        return write(person, at=at)

    monkeypatch.setattr(actions, "write_letter", written_slowly)
    assert jobs.write_weekly() == 2
    with db.unit_of_work(write=False):
        assert [letter_of(one) is not None for one in (first, second, third)] == [True, True, False]


def test_a_letter_whose_hour_has_passed_meanwhile_is_not_written(app, database):
    with db.unit_of_work():
        ada = make_champion()
        out_now()
        assert not actions.write_letter(ada, at=TUESDAY + timedelta(days=1))
        assert letter_of(ada) is None
        assert actions.write_letter(ada, at=TUESDAY)


def test_no_letter_without_a_story(app, database):
    with db.unit_of_work():
        make_champion()
    assert jobs.write_weekly() == 0


def test_letter_shows_a_button_and_stops_nothing_by_itself(client):
    with db.unit_of_work():
        person = make_champion()
    address = f"/letter/{person.code}/{actions.stop_mark(person.code)}"
    assert "Stop the letter" in client.get(address).text
    with db.unit_of_work(write=False):
        assert db.session.get_one(Person, person.id).weekly_letter


def test_stop_letter_by_the_button_and_back_again(client):
    with db.unit_of_work():
        person = make_champion()
    address = f"/letter/{person.code}/{actions.stop_mark(person.code)}"
    assert "is stopped" in client.post(address, follow_redirects=True).text
    with db.unit_of_work(write=False):
        assert not db.session.get_one(Person, person.id).weekly_letter
    assert "Stop the letter" in client.post(address, data={"again": "1"}, follow_redirects=True).text


def test_stop_letter_by_the_mail_program(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with db.unit_of_work():
            person = make_champion()
        address = f"/letter/{person.code}/{actions.stop_mark(person.code)}"
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 200 and answer.data == b""
    with db.unit_of_work(write=False):
        assert not db.session.get_one(Person, person.id).weekly_letter


@pytest.mark.parametrize("mark", ["0" * 32, "x"])
def test_stop_letter_needs_the_whole_link(client, mark):
    with db.unit_of_work():
        person = make_champion()
    for wrong in (mark, "%C3%A9", "short"):
        assert client.post(f"/letter/{person.code}/{wrong}").status_code == 404
    assert client.post(f"/letter/nobody/{mark}").status_code == 404


def test_a_letter_from_before_a_new_key_can_be_stopped_still(app: Any) -> None:
    before = vault._ring
    keys = [vault.new_key()]
    vault.configure(keys)
    try:
        with db.unit_of_work():
            code = make_person().code
        mark = actions.stop_mark(code)
        vault.configure([vault.new_key(), *keys])
        with db.unit_of_work(write=False):
            assert actions.whose_letter(code, mark).code == code != actions.stop_mark(code)
        vault.configure([vault.new_key()])
        with db.unit_of_work(write=False), pytest.raises(Missing):
            actions.whose_letter(code, mark)
    finally:
        vault._ring = before


def test_index_says_what_waits_in_the_studio(client, new_client):
    """To the reviewer how many stories, to the author what came back and why; to a champion nothing."""
    with db.unit_of_work():
        carl, cora = (make_person(name, roles=[Role.COMMS]) for name in ("Carl", "Cora"))
        kit = content.create(make_data(), by=carl, at=TUESDAY)
        handover.send_to_review(kit, by=carl, at=TUESDAY)
        slug, ada = kit.slug, make_champion("Ada")
    home, desk = client.sign_in(carl), new_client().sign_in(cora)
    assert "One story waits for your review" in desk.get("/").text
    assert 'href="/studio/?stage=in_review"' in desk.get("/").text
    assert "waits for your review" not in home.get("/").text
    desk.post(f"/studio/kits/{slug}/rejection", data={"remark": "Name <the> ferry."})
    page = home.get("/").text
    assert "Sent back: The cable that came ashore" in page and f'href="/studio/kits/{slug}"' in page
    assert "Name &lt;the&gt; ferry." in page
    assert "waits for your review" not in desk.get("/").text and "Sent back" not in desk.get("/").text
    home.post(f"/studio/kits/{slug}/review")
    assert "Sent back" not in home.get("/").text and "One story waits" in desk.get("/").text
    assert "waits for your review" not in new_client().sign_in(ada).get("/").text
