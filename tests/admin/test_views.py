"""The administrator's desk and the probes, page by page."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db, schema
from advocacy.accounts import sessions
from advocacy.accounts.models import Entity, Person
from advocacy.admin import queries
from advocacy.admin import views as probes
from advocacy.admin.models import SetupStep
from advocacy.leaderboards.models import BoardAgreement
from advocacy.mail.models import Letter, LetterState
from advocacy.permissions import Role
from advocacy.sharing import networks
from advocacy.sharing.models import Disclosure, HelpContact
from advocacy.sharing.phrases import LONGEST_WORDING
from tests.makers.accounts import make_entity, make_person
from tests.makers.content import make_kit


def made(make, *args, **values):
    with db.unit_of_work():
        return make(*args, **values)


def one(select):
    with db.unit_of_work(write=False):
        return db.session.scalar(select)


# ---- setup


def test_index_names_the_next_step_and_ticks_what_is_seen_to(client, root, nordlys):
    page = client.get("/admin/").text
    assert page.count("btn-primary") == 1 and "Nordlys" in page
    assert client.post("/admin/steps/backup").status_code == 303
    assert client.post("/admin/steps/mail").status_code == 404
    assert one(sa.select(SetupStep.step)) == "backup"


def test_index_before_there_is_any_entity(client, root):
    assert client.get("/admin/").status_code == 200


def test_index_of_a_local_administrator_shows_what_is_hers(client, local):
    made(make_entity, "other", name="Other")
    page = client.get("/admin/").text
    assert "Nordlys" in page and "Other" not in page and "There is a backup" not in page
    assert client.post("/admin/steps/backup").status_code == 403


def test_desk_is_for_administrators(client):
    client.sign_in(made(make_person, roles=[Role.COMMS, Role.HR]))
    for path in (
        "/admin/",
        "/admin/mail",
        "/admin/networks",
        "/admin/entities",
        "/admin/audit",
        "/admin/audit.csv",
    ):
        assert client.get(path).status_code == 403, path


def test_mail_is_tested(client, root):
    assert "None was sent yet" in client.get("/admin/mail").text
    assert client.post("/admin/mail/arrival").status_code == 422
    assert client.post("/admin/mail").status_code == 303
    assert "Waiting" in client.get("/admin/mail").text
    with db.unit_of_work():
        letter = db.session.scalar(sa.select(Letter))
        letter.state, letter.sent_at = LetterState.SENT, datetime.now(UTC)
    assert "It arrived" in client.get("/admin/mail").text
    assert client.post("/admin/mail/arrival").status_code == 303
    assert "Arrived" in client.get("/admin/mail").text
    with db.unit_of_work():
        letter = db.session.scalar(sa.select(Letter))
        letter.state, letter.problem, letter.created_at = (
            LetterState.FAILED,
            "550 no",
            datetime.now(UTC) + timedelta(1),
        )
    assert "550 no" in client.get("/admin/mail").text


def test_mail_is_for_the_whole_group(client, local):
    assert client.get("/admin/mail").status_code == 403
    assert client.post("/admin/mail").status_code == 403
    assert client.post("/admin/mail/arrival").status_code == 403


# ---- networks


def test_networks_are_switched(client, root, nordlys):
    page = client.get("/admin/networks").text
    assert 'value="nordlys|mastodon"' in page and "Mastodon on in Nordlys" in page
    answer = client.post("/admin/networks", data={"on": ["nordlys|mastodon", "odd"]}, follow_redirects=True)
    assert "changed." in answer.text
    with db.unit_of_work(write=False):
        off = {network for _entity, network in queries.networks_off()}
    assert "x" in off and "mastodon" not in off
    same = client.post("/admin/networks", data={"on": ["nordlys|mastodon"]}, follow_redirects=True)
    assert "Nothing changed" in same.text


def test_networks_say_what_each_still_needs(client, root, nordlys):
    networks.configure(clients={"linkedin": networks.Client("id")}, base_url="https://advocacy.example.com")
    page = client.get("/admin/networks").text
    needs = {
        one: page.partition(f'id="needs-{one}"')[2].partition('id="needs-')[0] for one in networks._facts()
    }
    assert "later version" not in page and page.count("We introduce ourselves") == 1
    assert "We introduce ourselves" in needs["mastodon"] and "Accounts and by hand" in needs["mastodon"]
    linkedin = re.sub(r"<[^>]+>|\s+", " ", needs["linkedin"])
    assert re.search(r"linkedin\.client_id\s+Set\b.*linkedin\.client_secret\s+Missing\b", linkedin)
    assert "ADVOCACY_LINKEDIN__CLIENT_SECRET" in linkedin and "Share on LinkedIn" in linkedin
    assert "/connections/callback/linkedin" in linkedin
    assert "until 15 July 2027" in linkedin and "Settings missing" in linkedin
    x = needs["x"]
    assert "/connections/callback/x" in x and "x.client_id" in x
    assert "$0.015 for a post and $0.20 for one with a link" in x and "/admin/costs/budgets" in x
    assert "/connections/bluesky/client.json" in needs["bluesky"]
    assert "bluesky.client_key" in needs["bluesky"] and "every two weeks" in needs["bluesky"]
    assert "by hand" in needs["xing"] and "Settings missing" not in needs["xing"]
    checklist = client.get("/admin/").text
    assert "LinkedIn is half set up: linkedin.client_secret is missing." in checklist
    networks.configure(clients={"linkedin": networks.Client("id", "secret")})
    checklist = client.get("/admin/").text
    assert "half set up" not in checklist and "connected on Mastodon, LinkedIn" in checklist
    assert "X, Bluesky still need settings" in checklist
    assert "web.base_url has to begin with https" in client.get("/admin/networks").text


def test_networks_without_entities(client, root):
    assert "No company yet" in client.get("/admin/networks").text
    assert "No company yet" in client.get("/admin/entities").text


# ---- entities


def test_entities_that_are_not_mine_are_not_there(client, local):
    made(make_entity, "other", name="Other")
    assert "Other" not in client.get("/admin/entities").text
    assert client.get("/admin/entities/nordlys").status_code == 200
    for path in ("", "/wordings", "/help/press", "/boards", "/boards/closure"):
        assert client.post(f"/admin/entities/other{path}", data={"name": "x"}).status_code == 404, path
    assert client.get("/admin/entities/other").status_code == 404
    assert client.get("/admin/entities/none").status_code == 404


def test_dress_and_the_accent_reaches_pages(client, root, nordlys):
    with db.unit_of_work():
        person = db.session.merge(root)
        person.entity_id = nordlys.id
    answer = client.post(
        "/admin/entities/nordlys", data={"name": "Nordlys Telecom", "accent": "#ff0"}, follow_redirects=True
    )
    assert "was darkened" in answer.text and "Nordlys Telecom" in answer.text
    accent = one(sa.select(Entity.accent).where(Entity.slug == "nordlys"))
    assert f"--accent: {accent}" in client.get("/me").text
    kept = client.post("/admin/entities/nordlys", data={"name": "N", "accent": accent}, follow_redirects=True)
    assert "was darkened" not in kept.text
    assert "rgb" not in accent and accent in client.get("/admin/entities").text


def test_dress_keeps_what_was_typed_when_refused(client, root, nordlys):
    for data in ({"name": "", "accent": ""}, {"name": "Typed", "accent": "mauve"}):
        answer = client.post("/admin/entities/nordlys", data=data)
        assert answer.status_code == 422
    assert "Typed" in answer.text and "mauve" in answer.text


def test_wordings_are_kept_by_language(client, root, nordlys):
    data = {"wordings-en": "#WorksAtNordlys\n\nI work at Nordlys", "wordings-fr": "", "language": "DE",
            "further": "#ArbeitetBeiNordlys", "wordings-<b>": "x", "wordings-qq": "#Qq"}  # fmt: skip
    assert client.post("/admin/entities/nordlys/wordings", data=data).status_code == 303
    with db.unit_of_work(write=False):
        kept = db.session.execute(
            sa.select(Disclosure.language, Disclosure.wording).order_by(Disclosure.position)
        )
        assert [tuple(row) for row in kept] == [
            ("en", "#WorksAtNordlys"), ("en", "I work at Nordlys"), ("qq", "#Qq"), ("de", "#ArbeitetBeiNordlys"),
        ]  # fmt: skip
    page = client.get("/admin/entities/nordlys").text
    assert "#ArbeitetBeiNordlys" in page and ">Deutsch</label>" in page and ">qq</label>" in page


def test_the_page_tells_the_limit_of_a_wording(client, root, nordlys):
    assert f"at most {LONGEST_WORDING} characters" in client.get("/admin/entities/nordlys").text


def test_wordings_refuse_a_bare_ad(client, root, nordlys):
    answer = client.post("/admin/entities/nordlys/wordings", data={"wordings-en": "#ad"})
    assert (
        answer.status_code == 422
        and "does not say where a person works" in answer.text
        and "#ad" in answer.text
    )
    assert one(sa.select(Disclosure.id)) is None


def test_help_contacts_are_named(client, root, nordlys):
    data = {
        "press-name": "Petra",
        "press-email": "petra@demo.example",
        "press-phone": "",
        "press-note": "Day and night",
    }
    assert client.post("/admin/entities/nordlys/help/press", data=data).status_code == 303
    assert one(sa.select(HelpContact.name)) == "Petra"
    assert "The press asks: Petra" in client.get("/admin/entities/nordlys").text
    refused = client.post("/admin/entities/nordlys/help/press", data={"press-name": "Petra"})
    assert refused.status_code == 422 and "Give an e-mail address or a telephone number" in refused.text
    long = client.post("/admin/entities/nordlys/help/press", data={"press-name": "P" * 300})
    assert long.status_code == 422
    assert client.post("/admin/entities/nordlys/help/weather", data=data).status_code == 404


def test_boards_are_turned_on_by_an_agreement(client, root, nordlys):
    assert client.post("/admin/entities/nordlys/boards", data={"agreement": ""}).status_code == 422
    data = {"agreement": "Works agreement 12, 2026"}
    assert client.post("/admin/entities/nordlys/boards", data=data).status_code == 303
    assert "Works agreement 12" in client.get("/admin/entities/nordlys").text
    assert client.post("/admin/entities/nordlys/boards", data=data).status_code == 409
    assert client.post("/admin/entities/nordlys/boards/closure").status_code == 303
    assert one(sa.select(BoardAgreement.ended_at)) is not None


# ---- probes


def test_health_asks_nothing(client, monkeypatch):
    monkeypatch.setattr(db.Unit, "__init__", lambda self, *, write: setattr(self, "session", _Closed()) or
                        setattr(self, "write", write) or setattr(self, "kept", True))  # fmt: skip
    assert client.get("/healthz").json == {"status": "up"}


class _Closed:
    info: dict = {}

    def close(self):
        pass


def test_readiness_follows_the_migrations(client, database):
    assert client.get("/readyz").json == {
        "status": "not ready",
        "database": "answers",
        "migrations": "missing",
    }
    try:
        with db.engine().begin() as connection:
            connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            connection.execute(sa.text("INSERT INTO alembic_version VALUES ('old')"))
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["migrations"]) == (503, "behind")
        with db.engine().begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": schema.newest()})
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["status"]) == (200, "ready")
    finally:
        with db.engine().begin() as connection:
            connection.execute(sa.text("DROP TABLE alembic_version"))


def test_readiness_without_a_database_is_503(client, monkeypatch):
    def broken(*_args):
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(probes.sa, "inspect", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "does not answer")


def test_facts_count_networks_that_are_on_somewhere(unit):
    root = make_person(roles=[Role.ADMIN])
    facts = queries.facts(root, ["mastodon", "x"], sends_mail=True, address_is_safe=True)
    assert (facts.networks_on, facts.people, facts.entities) == (2, 1, 0)
    make_kit()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-05-15", ""),
        ("2027-05-17", "until 15 July 2027, and no post"),
        ("2027-07-16", "posts there fail"),
    ],
)
def test_the_last_day_of_linkedins_version_is_told(client, root, nordlys, monkeypatch, day, words):
    networks.configure(clients={"linkedin": networks.Client("id", "secret")})
    now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: now)
    with db.unit_of_work():
        cookie = sessions.start(db.session.get(Person, root.id), device="test", at=now)
    client.set_cookie(sessions.COOKIE, cookie)
    for path in ("/admin/", "/admin/networks"):
        page = client.get(path).text
        assert (words in page and "linkedin.version_ends" in page) if words else "version_ends" not in page
    networks.configure(
        clients={"linkedin": networks.Client("id", "secret")},
        versions={"linkedin": ("202709", date(2028, 9, 15))},
    )
    page = client.get("/admin/networks").text
    assert "We use version 202709 of its interface, which it takes until 15 September 2028." in page
    assert "version_ends" not in page
    assert networks.versions() == [("LinkedIn", "202709", date(2028, 9, 15))]
