"""Copies, erasing, reports and clearing, on both databases."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db, storage
from advocacy.accounts import sessions
from advocacy.accounts.models import Person, SignedIn, SignInLink
from advocacy.app import PERSONAL
from advocacy.audit.models import AuditLine
from advocacy.errors import Refused
from advocacy.guidelines.models import Acknowledgement
from advocacy.mail import actions as mail
from advocacy.mail.models import Letter, LetterState
from advocacy.permissions import Role
from advocacy.privacy import actions, jobs, queries, rules, writing
from advocacy.privacy.models import Export, Report, Retention
from advocacy.privacy.rules import CopyState
from tests.makers.accounts import make_champion, make_person
from tests.makers.guidelines import make_guideline

LATER = timedelta(days=8)


def again(record, key):
    return db.session.get(record, key)


# ---- copies


def test_ask_for_copy_once_is_enough_while_it_is_made(unit, at):
    ada = make_champion("Ada")
    first = actions.ask_for_copy(by=ada, at=at)
    assert actions.ask_for_copy(by=ada, at=at) is first
    first.state = CopyState.READY
    assert actions.ask_for_copy(by=ada, at=at) is not first


def make_copy(name="Ada", **values):
    with db.unit_of_work():
        ada = make_champion(name, **values)
        return ada, actions.ask_for_copy(by=ada, at=values.get("created_at") or AT)


AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_make_next_makes_a_zip_that_the_letter_tells_of(app, at):
    ada, copy = make_copy("=Ada, the “first”", language="fr")
    with app.app_context():
        assert jobs.make_next(PERSONAL, at) == 1
        assert jobs.make_next(PERSONAL, at) == 0
    with db.unit_of_work(write=False):
        copy = again(Export, copy.id)
        assert (copy.state, copy.expires_at, copy.claim_token) == (
            CopyState.READY,
            at + rules.COPY_LIFE,
            None,
        )
        letter = db.session.scalar(sa.select(Letter).where(Letter.kind == "export_ready"))
        assert letter.person_id == ada.id
    with zipfile.ZipFile(io.BytesIO(storage.read(copy.digest))) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("accounts.json"))
        page = archive.read("index.html").decode()
    assert names >= {"index.html", "accounts.json", "sharing.json", "audit-audit_trail.csv"}
    assert told["name"] == "=Ada, the “first”"
    assert "=Ada, the “first”" in page and 'lang="fr"' in page


class Broken:
    __name__ = "advocacy.broken.personal_data"

    def export(self, person):
        raise ValueError("no")


def test_make_next_tries_again_later_and_gives_up_at_last(app, at):
    _ada, copy = make_copy()
    with app.app_context():
        for attempt in range(1, 6):
            assert jobs.make_next([Broken()], at) == 1
            with db.unit_of_work(write=False):
                copy = again(Export, copy.id)
                assert copy.state == (CopyState.FAILED if attempt == 5 else CopyState.WAITING)
                at = max(at, copy.due_at)
    assert copy.expires_at


def test_make_next_keeps_no_file_when_its_owner_left_meanwhile(app, at):
    _ada, copy = make_copy()

    def gone():
        with db.apart() as unit:
            unit.session.execute(sa.delete(Export))

    with app.app_context():
        data = jobs._copy_for(copy.person_id, [])
        with db.unit_of_work():
            _copy, token = actions.claim_next(at=at)
        gone()
        jobs._keep(copy.id, token, data, at)
        with db.unit_of_work():
            assert not actions.note_failed(copy.id, token, at=at)
    assert not storage.path(hashlib.sha256(data).hexdigest()).exists()


def test_claim_next_takes_over_from_a_worker_that_fell_silent(unit, at):
    ada = make_champion()
    copy = actions.ask_for_copy(by=ada, at=at)
    assert actions.claim_next(at=at)
    assert actions.claim_next(at=at) is None
    taken, _token = actions.claim_next(at=at + rules.LEASE)
    assert (taken.id, taken.attempts) == (copy.id, 2)


def test_claim_next_lets_go_of_what_another_took(unit, at, monkeypatch):
    actions.ask_for_copy(by=make_champion(), at=at)
    monkeypatch.setattr(queries, "due_copies", lambda at: sa.select(Export.id))
    assert actions.claim_next(at=at)
    assert actions.claim_next(at=at) is None


def test_forget_copies_deletes_the_file_and_the_row(unit, at):
    ada = make_champion()
    for digest in (storage.keep(b"copy of ada"), None):
        db.session.add(
            Export(person_id=ada.id, asked_at=at, due_at=at, state="ready", digest=digest, expires_at=at)
        )
    db.session.flush()
    path = storage.path(storage.keep(b"copy of ada"))
    assert actions.forget_copies(at=at - LATER) == 0
    assert path.exists()
    assert actions.forget_copies(at=at) == 2
    assert not path.exists()
    assert queries.copies_of(ada) == []


def test_packed_tables_hold_no_formula():
    data = {"room": {"rows": [{"a": "=1+1", "b": [1, "é"]}, {"c": None}]}}
    with zipfile.ZipFile(io.BytesIO(writing.packed(data, "<p>"))) as archive:
        table = archive.read("room-rows.csv").decode("utf-8-sig")
    assert table.splitlines() == ["a,b,c", '\'=1+1,"[1, ""é""]",', ",,"]


# ---- erasing


def test_erase_me_needs_the_name(unit, at):
    ada = make_champion("Ada Nyström")
    with pytest.raises(Refused) as refused:
        actions.erase_me(PERSONAL, typed="Ada", by=ada, at=at)
    assert refused.value.field == "typed"
    assert ada.name == "Ada Nyström" and ada.left_at is None


def test_erase_me_keeps_the_last_administrator(unit, at):
    root = make_person("Root", roles=[Role.ADMIN])
    with pytest.raises(Refused):
        actions.erase_me(PERSONAL, typed="root", by=root, at=at)


def test_erase_me_empties_the_row_and_ends_sessions(unit, at):
    ada = make_champion("Ada Nyström")
    sessions.start(ada, device="phone", at=at)
    actions.ask_for_copy(by=ada, at=at)
    actions.erase_me(PERSONAL, typed="ada nyström", by=ada, at=at)
    db.session.expire_all()
    ada = db.session.get(Person, ada.id)
    assert (ada.name, ada.email, ada.staff_id, ada.erased_at) == ("—", None, None, at)
    assert db.session.scalar(sa.select(SignedIn.id)) is None
    assert queries.copies_of(ada) == []
    line = db.session.scalar(sa.select(AuditLine).where(AuditLine.verb == "person.erase"))
    assert (line.about, line.by_name) == (f"person:{ada.code}", None)


# ---- reports


def test_report_keeps_what_was_told(unit, at):
    told = actions.report(" https://x.example/1 ", " rude ", reply_to=" a@b.example ", at=at)
    assert (told.address, told.worry, told.reply_to) == ("https://x.example/1", "rude", "a@b.example")
    assert queries.report(told.code) is told and queries.open_reports() == 1


def test_report_refuses_what_is_no_address(unit, at):
    with pytest.raises(Refused) as refused:
        actions.report("rude", "rude", at=at)
    assert refused.value.field == "address"


def test_close_report_once_is_enough(unit, at):
    root, told = make_person(roles=[Role.ADMIN]), actions.report("https://x.example/1", "rude", at=at)
    actions.close_report(told, by=root, at=at)
    actions.close_report(told, by=make_person(), at=at + LATER)
    assert (told.closed_at, told.closed_by) == (at, root.id)
    assert db.session.scalars(queries.reports(closed=True)).all() == [told]
    assert db.session.scalars(queries.reports(closed=False)).all() == []


# ---- clearing


def kept(kind):
    return next(each for each in rules.CLEARED if each.kind == kind)


def test_every_kind_that_runs_out_is_cleared(unit, at):
    for keeping in rules.CLEARED:
        assert actions.clear(keeping, at=at) == 0
    assert set(queries.cleared()) == {keeping.kind for keeping in rules.CLEARED}


def test_clear_deletes_old_letters_but_none_that_waits(unit, at):
    ada = make_champion()
    for state in (LetterState.SENT, LetterState.WAITING):
        mail.write(ada, kind="test", at=at).state = state
    db.session.flush()
    assert actions.clear(kept("letters"), at=at + timedelta(days=90)) == 0
    assert actions.clear(kept("letters"), at=at + timedelta(days=91)) == 1
    assert db.session.scalar(sa.select(Letter.state)) == LetterState.WAITING
    note = db.session.scalar(sa.select(Retention).where(Retention.kind == "letters"))
    assert (note.cleared, note.cleared_at) == (1, at + timedelta(days=91))


def test_clear_deletes_sessions_that_ended_and_those_that_ran_out(unit, at):
    ada = make_champion()
    for ended, touched, created in (
        (at, at, at),
        (None, at - timedelta(days=7), at),
        (None, at, at - timedelta(days=30)),
        (None, at, at),
    ):
        db.session.add(
            SignedIn(
                key_hash=str(len(db.session.scalars(sa.select(SignedIn.id)).all())),
                person_id=ada.id,
                ended_at=ended,
                touched_at=touched,
                created_at=created,
            )
        )
        db.session.flush()
    assert actions.clear(kept("sessions"), at=at + timedelta(days=30)) == 0
    assert actions.clear(kept("sessions"), at=at + timedelta(days=30, hours=1)) == 3


def test_clear_deletes_links_that_ran_out_and_old_trail_and_reports(unit, at):
    ada = make_champion()
    db.session.add(SignInLink(key_hash="x", person_id=ada.id, created_at=at, expires_at=at))
    db.session.add(AuditLine(at=at, verb="a", about="b"))
    actions.report("https://x.example/1", "rude", at=at)
    cleared = {
        kind: actions.clear(kept(kind), at=at + timedelta(days=800))
        for kind in ("sign_in_links", "audit", "reports")
    }
    assert cleared == {"sign_in_links": 1, "audit": 1, "reports": 1}
    assert db.session.scalar(sa.select(Report.id)) is None


def test_clear_keeps_acceptances_of_those_who_work_here(unit, at):
    guideline, here, gone = make_guideline(at=at), make_champion(), make_person(disabled_at=at)
    for person in (here, gone):
        db.session.add(
            Acknowledgement(person_id=person.id, version_id=guideline.current.id, language="en", at=at)
        )
    db.session.flush()
    assert actions.clear(kept("acceptances"), at=at + timedelta(days=365)) == 0
    assert actions.clear(kept("acceptances"), at=at + timedelta(days=366)) == 1
    assert db.session.scalar(sa.select(Acknowledgement.person_id)) == here.id


def test_clear_due_clears_every_kind(app, at):
    with db.unit_of_work():
        actions.report("https://x.example/1", "rude", at=at)
    assert jobs.clear_due(at + timedelta(days=400)) == 1
    assert jobs.forget_copies(at) == 0
