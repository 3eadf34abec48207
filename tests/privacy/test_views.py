"""Pages about what is known, for everyone and for oneself; the desk for reports."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db, storage, web
from advocacy.accounts.models import Grant, Person
from advocacy.leaderboards.models import Appearance, BoardAgreement, BoardChoice
from advocacy.permissions import Role
from advocacy.privacy import actions, queries
from advocacy.privacy.models import Export, Report
from advocacy.sharing.models import Connection
from tests.makers.accounts import make_champion, make_entity, make_person, make_team
from tests.makers.guidelines import make_guideline
from tests.makers.leaderboards import make_agreement, make_seen
from tests.makers.training import make_certificate, make_course


def made(make, *args, **values):
    with db.unit_of_work():
        return make(*args, **values)


@pytest.mark.parametrize("path", ["/privacy", "/accessibility", "/report", "/report/thanks", "/erased"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_public_pages_read_no_database(client, path, language, monkeypatch):
    client.sign_in(made(make_champion))
    monkeypatch.setattr(db, "_engine", None)
    monkeypatch.setattr(db.Unit, "__init__", no_database(db.Unit.__init__))
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}' in answer.text


def no_database(_really):
    class Nothing:
        info: dict = {}

        def __getattr__(self, name):
            if name == "close":
                return lambda: None
            raise AssertionError("a page that reads no database asked for one")

    def init(self, *, write):
        self.session, self.write, self.kept = Nothing(), write, True

    return init


def test_policy_names_each_cookie_with_its_purpose_and_life(client):
    page = client.get("/privacy").text
    for name, life in (
        ("advocacy_session", "30 days, or until you sign out"),
        ("advocacy_form", "until you close the browser"),
        ("language", "365 days"),
    ):
        row = page.partition(f"<code>{name}</code>")[2].partition("</tr>")[0]
        assert life in row, name
    assert "the moment at which you last sent a form" in page


def test_policy_tells_how_long_each_kind_is_kept(client):
    page = client.get("/privacy").text
    assert "90 days after they were written" in page and "Your posts" in page


def test_report_is_noted_and_thanked_for(client):
    data = {"address": "https://social.example/1", "worry": "Rude", "reply_to": ""}
    answer = client.post("/report", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/report/thanks")
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(Report.worry)) == "Rude"


@pytest.mark.parametrize(
    ("address", "worry"), [("", "Rude"), ("https://x.example", ""), ("nonsense", "Rude")]
)
def test_report_that_lacks_something_keeps_what_was_typed(client, address, worry):
    answer = client.post("/report", data={"address": address, "worry": worry})
    assert answer.status_code == 422
    assert (address or worry) in answer.text


def test_reports_that_were_refused_keep_nobody_away(app, client, monkeypatch):
    strict = replace(app.config["ADVOCACY"].limits, report_per_address="2/hour")
    monkeypatch.setitem(app.config, "ADVOCACY", replace(app.config["ADVOCACY"], limits=strict))
    web.limiter.reset()
    good = {"address": "https://social.example/1", "worry": "Rude"}
    for mistyped in ({"address": "nonsense"}, {"worry": ""}):
        assert client.post("/report", data=good | mistyped).status_code == 422
    answers = [client.post("/report", data=good) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    page = answers[-1].text
    assert "This one did not reach us." in page and "account" not in page and "Try again in" in page
    web.limiter.reset()


def test_report_desk_shows_and_closes(client, at):
    root, told = (
        made(make_person, roles=[Role.ADMIN]),
        made(actions.report, "https://x.example/1", "Rude", at=at),
    )
    client.sign_in(root)
    assert "Rude" in client.get("/admin/reports").text
    assert client.post(f"/admin/reports/{told.code}/closing").status_code == 303
    assert "Rude" not in client.get("/admin/reports").text
    assert "Rude" in client.get("/admin/reports?state=closed").text
    assert client.post("/admin/reports/0123456789abcdef/closing").status_code == 404


def test_report_desk_is_for_administrators(client):
    client.sign_in(made(make_person, roles=[Role.COMMS]))
    assert client.get("/admin/reports").status_code == 403


def test_report_desk_is_not_one_companys(client, at):
    """A worry names no company, so the administrator of one sees none."""
    with db.unit_of_work():
        bo, entity = make_person(), make_entity()
        bo.grants.append(Grant(role=Role.ADMIN, entity_id=entity.id, granted_at=at))
    told = made(actions.report, "https://x.example/1", "Rude", at=at)
    client.sign_in(bo)
    assert client.get("/admin/reports").status_code == 404
    assert client.post(f"/admin/reports/{told.code}/closing").status_code == 404
    assert '"/admin/reports"' not in client.get("/admin/").text


def test_taking_a_copy_is_limited_per_person(app, client, monkeypatch):
    strict = replace(app.config["ADVOCACY"].limits, export_per_person="1/day")
    monkeypatch.setitem(app.config, "ADVOCACY", replace(app.config["ADVOCACY"], limits=strict))
    web.limiter.reset()
    client.sign_in(made(make_person))
    assert [client.post("/me/export").status_code for _ in range(2)] == [303, 429]
    web.limiter.reset()


# ---- what others see


def test_seen_of_someone_new_is_nothing(client):
    client.sign_in(made(make_person, "Olga"))
    page = client.get("/me/seen").text
    for told in (
        "You are on no board",
        "There is none at the moment",
        "You have connected no account",
        "Olga",
    ):
        assert told in page


def test_seen_tells_what_is_really_there(client, at):
    with db.unit_of_work():
        nordlys = make_entity(name="Nordlys")
        ada = make_champion("Ada", entity=nordlys, team=make_team(nordlys, name="Field"))
        make_guideline(title="Conduct", at=at)
        make_certificate(make_course(at=at), ada, at=clock.now())
        db.session.add(
            BoardChoice(person_id=ada.id, appearance=Appearance.PSEUDONYM, pseudonym="Otter", chosen_at=at)
        )
        db.session.add(
            Connection(
                person_id=ada.id,
                network="mastodon",
                server="s",
                remote_id="1",
                account="@ada@s",
                connected_at=at,
            )
        )
    client.sign_in(ada)
    page = client.get("/me/seen").text
    for told in (
        "are off in your company",
        "Conduct",
        "@ada@s",
        "your certificate can check",
        "Field appears as one sum",
        "signed in on 1 device<",
    ):
        assert told in page, told
    with db.unit_of_work():
        db.session.add(
            BoardAgreement(entity_id=nordlys.id, agreement="yes", enabled_at=at, enabled_by=ada.id)
        )
    assert "under the name “Otter”" in client.get("/me/seen").text


def test_seen_tells_what_the_boards_hold_of_who_paused_left_or_came_back(client):
    with db.unit_of_work():
        nordlys = make_entity(name="Nordlys")
        ada = make_seen("Ada", nordlys, pseudonym="Otter")
        make_agreement(nordlys)
    client.sign_in(ada)

    def told():
        return re.search(r'id="colleague".*?<p>(.*?)</p>', client.get("/me/seen").text, re.DOTALL)[1]

    assert "under the name “Otter”" in told()
    client.post("/me/pause")
    assert told() == "Nothing while you are paused. When you go on, you are on the boards again as you chose."
    client.post("/me/return")
    assert "under the name “Otter”" in told()
    client.post("/me/departure")
    assert told() == "Nothing. You are on no board."
    client.post("/join", data={"answer": "join"})
    with db.unit_of_work(write=False):
        assert db.session.get_one(Person, ada.id).is_champion
    assert told() == "Nothing. You are on no board."


def test_holds_is_over_when_revoked_or_run_out(unit, at):
    certificate = make_certificate(make_course(), make_champion())
    assert queries.holds(certificate, at)
    assert not queries.holds(certificate, at + timedelta(days=4000))
    certificate.revoked_at = at
    assert not queries.holds(certificate, at)
    certificate.revoked_at = certificate.expires_at = None
    assert queries.holds(certificate, at)


# ---- my copy


def test_export_is_asked_for_and_fetched_by_its_owner_alone(client, new_client, at):
    ada, eve = made(make_champion, "Ada"), made(make_champion, "Eve")
    client.sign_in(ada)
    assert "Make a copy" in client.get("/me/export").text
    assert client.post("/me/export").status_code == 303
    page = client.get("/me/export").text
    assert "Being made" in page and "Make a copy" not in page
    with db.unit_of_work(write=False):
        code = db.session.scalar(sa.select(Export.code))
    assert client.get(f"/me/export/{code}").status_code == 404
    with db.unit_of_work():
        copy = db.session.scalar(sa.select(Export))
        copy.state, copy.digest, copy.size, copy.made_at = "ready", storage.keep(b"zip"), 3, clock.now()
        copy.expires_at = clock.now() + timedelta(days=1)
    assert "Download" in client.get("/me/export").text
    answer = client.get(f"/me/export/{copy.code}")
    assert (answer.data, answer.mimetype, answer.headers["Cache-Control"]) == (
        b"zip",
        "application/zip",
        "no-store",
    )
    assert new_client().sign_in(eve).get(f"/me/export/{copy.code}").status_code == 404
    with db.unit_of_work():
        db.session.get(Export, copy.id).expires_at = clock.now()
    assert client.get(f"/me/export/{copy.code}").status_code == 404
    assert "No longer kept" in client.get("/me/export").text


# ---- erasing


def test_erasure_asks_for_the_name_and_then_nothing_is_left(client):
    ada = made(make_champion, "Ada Nyström")
    client.sign_in(ada)
    assert "What stays, and why" in client.get("/me/erasure").text
    assert client.post("/me/erasure", data={"typed": ""}).status_code == 422
    assert client.post("/me/erasure", data={"typed": "Ada"}).status_code == 422
    answer = client.post("/me/erasure", data={"typed": "ada nyström"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/erased")
    assert client.get("/me/seen").status_code == 303
    with db.unit_of_work(write=False):
        assert db.session.get(Person, ada.id).name == "—"


def test_erasure_of_the_last_administrator_is_refused_and_changes_nothing(client):
    root = made(make_champion, "Root", roles=[Role.ADMIN])
    client.sign_in(root)
    answer = client.post("/me/erasure", data={"typed": "Root"})
    assert answer.status_code == 422 and "last administrator" in answer.text
    with db.unit_of_work(write=False):
        root = db.session.get(Person, root.id)
        assert root.name == "Root" and root.is_champion
