"""Letters by a real SMTP server, and as files."""

from __future__ import annotations

import smtplib
import socket
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from jinja2 import DictLoader

from advocacy import app as front_door
from advocacy import db, worker
from advocacy.mail import actions, jobs, post, queries
from advocacy.mail.models import Letter, LetterState
from tests.makers.accounts import make_person


class Server:
    """Takes letters, and refuses those whose address says so."""

    def __init__(self):
        self.letters, self.answers = [], {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answers.get("DATA", "250 OK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(app, monkeypatch):
    """A real SMTP server, and our post sent through it."""
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    way = post.made(
        "smtp",
        folder=None,
        host="127.0.0.1",
        port=controller.port,
        username="",
        password="",
        encryption="none",
    )
    monkeypatch.setattr(post, "_post", way)
    monkeypatch.setattr(post, "_sender", "Advocacy <advocacy@demo.example>")
    handler.port = controller.port
    yield handler
    controller.stop()


def write(at, kind="test", **values):
    with db.unit_of_work():
        known = {"name": "Zoé Ångström", "email": "zoe@demo.example"}
        person = make_person(**known | values)
        return actions.write(person, kind=kind, at=at)


def send(app, at):
    with app.app_context():
        return jobs.send_due(at)


def letter():
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Letter)).one()


def test_send_due_writes_in_the_readers_language(app, server, at):
    written = write(at, language="fr", time_zone="Europe/Paris")
    assert send(app, at) == 1 and send(app, at) == 0
    [sent] = server.letters
    assert (
        str(sent["To"]) == "Zoé Ångström <zoe@demo.example>"
        and sent["From"] == "Advocacy <advocacy@demo.example>"
    )
    assert sent["Message-ID"] == f"<{written.code}@demo.example>"
    assert sent["Content-Language"] == "fr" and sent["Auto-Submitted"] == "auto-generated"
    assert sent["Subject"] and "Zoé" in sent.get_content()
    now = letter()
    assert (now.state, now.sent_at, now.attempts, now.claim_token, now.sealed) == (
        LetterState.SENT,
        at,
        1,
        None,
        None,
    )


def test_many_letters_go_by_one_connection(app, server, at):
    with db.unit_of_work():
        for n in range(3):
            actions.write(f"{n}@demo.example", kind="test", at=at)
    with patch.object(smtplib, "SMTP", wraps=smtplib.SMTP) as opened:
        assert send(app, at) == 3
    assert opened.call_count == 1 and len(server.letters) == 3


def test_a_temporary_refusal_is_tried_again_later(app, server, at):
    write(at)
    server.answers["zoe@demo.example"] = "451 Come back later"
    send(app, at)
    now = letter()
    assert (now.state, now.due_at) == (
        LetterState.WAITING,
        at + timedelta(minutes=1),
    ) and "Come back" in now.problem
    assert send(app, at + timedelta(seconds=59)) == 0
    server.answers.clear()
    assert send(app, at + timedelta(minutes=1)) == 1
    assert (letter().state, letter().problem) == (LetterState.SENT, None)


def test_a_final_refusal_is_noted_and_not_repeated(app, server, at):
    write(at)
    server.answers["zoe@demo.example"] = "550 No such mailbox"
    send(app, at)
    assert letter().state == LetterState.FAILED and letter().problem == "550 No such mailbox"
    assert send(app, at + timedelta(days=1)) == 0
    with db.unit_of_work(write=False):
        assert queries.latest_problem().problem.startswith("550") and queries.states() == {
            LetterState.FAILED: 1
        }


def test_a_refused_text_is_final(app, server, at):
    write(at)
    server.answers["DATA"] = "554 Looks like spam"
    send(app, at)
    assert letter().state == LetterState.FAILED and "spam" in letter().problem


def test_a_silent_server_is_tried_again_until_the_letter_is_stale(app, server, at, monkeypatch):
    write(at)
    monkeypatch.setattr(post.chosen(), "port", free_port())
    send(app, at)
    assert letter().state == LetterState.WAITING and "refused" in letter().problem
    send(app, at + timedelta(days=4))
    assert letter().state == LetterState.DROPPED


def test_a_late_sign_in_link_is_dropped(app, server, at):
    write(at, kind="sign_in_link")
    send(app, at + timedelta(minutes=15))
    assert letter().state == LetterState.DROPPED and not server.letters


def test_an_unknown_kind_fails_in_words(app, server, at):
    write(at, kind="nonsense")
    send(app, at)
    assert letter().state == LetterState.FAILED and "TemplateNotFound" in letter().problem


def test_a_name_cannot_add_headers(app, server, at):
    write(at, name="Eve\r\nBcc: all@demo.example")
    send(app, at)
    [sent] = server.letters
    assert sent["Bcc"] is None


def test_letters_that_can_be_stopped_say_how(app, server, at):
    with db.unit_of_work():
        actions.write("a@demo.example", kind="test", values={"unsubscribe": "/stop/abc"}, at=at)
    send(app, at)
    [sent] = server.letters
    assert sent["List-Unsubscribe"] == "<http://127.0.0.1:8000/stop/abc>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_claim_that_ran_out_is_taken_over_and_told(app, server, at):
    write(at)
    with db.unit_of_work():
        taken, token = actions.claim_next(at=at, until=at + timedelta(minutes=2))
        assert actions.claim_next(at=at, until=at + timedelta(minutes=2)) is None
    assert send(app, at + timedelta(minutes=1)) == 0
    assert send(app, at + timedelta(minutes=2)) == 1
    with db.unit_of_work():
        assert not actions.note_sent(taken.id, token, at=at)  # the first one comes back, late
        assert not actions.note_failed(taken.id, token, "late", at=at, for_good=True)
        assert not actions.note_sent(taken.id + 1, token, at=at)
    assert letter().state == LetterState.SENT and "twice" in letter().problem


def test_a_lost_claim_is_logged(app, server, at, caplog):
    write(at)
    lost = patch.object(actions, "note_sent", return_value=False)
    with lost:
        send(app, at)
    assert "may arrive twice" in caplog.text


def file_post(tmp_path, **more):
    folder = tmp_path / "mail"
    return post.made(
        "file", folder=folder, host="", port=0, username="", password="", encryption="none", **more
    )


def test_no_journal_keeps_a_link_to_sign_in(app, at, tmp_path, monkeypatch, capsys):
    """Only the demo shows them: what is printed in production is kept in journals."""
    monkeypatch.setattr(post, "_post", file_post(tmp_path))
    with db.unit_of_work():
        person = make_person("Zoé", email="zoe@demo.example")
        actions.write(person, kind="sign_in_link", values={"next": "/"}, sealed={"secret": "s3cret"}, at=at)
    send(app, at)
    assert capsys.readouterr().out == "" and len(list((tmp_path / "mail").iterdir())) == 1


@pytest.mark.parametrize(
    ("mode", "way", "lines"), [("production", "file", 1), ("production", "smtp", 0), ("demo", "file", 0)]
)
def test_a_worker_says_at_its_start_that_nobody_gets_letters(
    test_settings, tmp_path, caplog, mode, way, lines
):
    mail = replace(test_settings.mail, way=way)
    worker.warn(replace(test_settings, mode=mode, mail=mail))
    assert len(caplog.records) == lines
    assert not lines or "nobody gets them" in caplog.text


@pytest.mark.parametrize(("mode", "shown"), [("production", False), ("demo", True)])
def test_only_the_demo_shows_letters(test_settings, tmp_path, monkeypatch, mode, shown):
    ways = []
    monkeypatch.setattr(post, "configure", lambda way, sender: ways.append(way))
    for name in ("vault", "storage", "db", "outward", "passwords"):
        monkeypatch.setattr(getattr(front_door, name), "configure", lambda *_a, **_k: None)
    front_door.connect(replace(test_settings, mode=mode))
    assert ways[0].shown is shown


def test_letters_as_files(app, at, tmp_path, monkeypatch, capsys):
    way = file_post(tmp_path, shown=True)
    monkeypatch.setattr(post, "_post", way)
    with db.unit_of_work():
        person = make_person("Zoé", email="zoe@demo.example")
        actions.write(person, kind="sign_in_link", values={"next": "/"}, sealed={"secret": "s3cret"}, at=at)
    send(app, at)
    told = capsys.readouterr().out
    assert "Zoé <zoe@demo.example>" in told and "http://127.0.0.1:8000/sign-in/link/s3cret\n" in told
    [file] = (tmp_path / "mail").iterdir()
    assert "s3cret" in message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    monkeypatch.setattr(way, "folder", file / "below-a-file")
    with db.unit_of_work():
        actions.write(person, kind="test", at=at)
    send(app, at)
    with db.unit_of_work(write=False):
        assert "NotADirectoryError" in queries.latest_problem().problem


def test_starttls_is_demanded(app, server, at, monkeypatch):
    write(at)
    monkeypatch.setattr(post.chosen(), "encryption", "starttls")
    send(app, at)
    assert not server.letters and letter().problem


def test_tls_needs_a_certificate_that_holds(at):
    way = post.SmtpPost("127.0.0.1", free_port(), username="", password="", encryption="tls")
    with pytest.raises(post.NotSent) as failed:
        way.send(jobs.EmailMessage())
    assert not failed.value.for_good


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_a_wrong_password_is_for_the_operator_to_mend(app, server, at, monkeypatch):
    handler = Server()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        auth_required=True,
        auth_require_tls=False,
        authenticator=lambda *_args: AuthResult(success=False, handled=False),
    )
    controller.start()
    try:
        write(at)
        for name, value in (("port", controller.port), ("username", "u"), ("password", "wrong")):
            monkeypatch.setattr(post.chosen(), name, value)
        send(app, at)
    finally:
        controller.stop()
    assert letter().state == LetterState.WAITING and letter().problem.startswith("535")


def test_a_letter_with_a_missing_part_fails_in_words(app, server, at, monkeypatch):
    known = {"mail/nice.txt": "Nice\n\nText", "mail/nice.html": "{% extends 'nowhere.html' %}"}
    monkeypatch.setattr(app.jinja_env, "loader", DictLoader(known))
    write(at, kind="nice")
    send(app, at)
    assert letter().state == LetterState.FAILED and "nowhere.html" in letter().problem


def test_a_server_that_is_gone_when_we_take_leave(app, server, at, monkeypatch):
    write(at)
    leave = patch.object(smtplib.SMTP, "quit", side_effect=smtplib.SMTPServerDisconnected("gone"))
    with leave:
        send(app, at)
    assert letter().state == LetterState.SENT


def test_nothing_is_sent_before_it_is_said_how(monkeypatch):
    monkeypatch.setattr(post, "_post", None)
    with pytest.raises(RuntimeError):
        post.chosen()


def test_html_beside_the_text(app, server, at, monkeypatch):
    known = {"mail/nice.txt": "Subject: Nice\n\nText", "mail/nice.html": "<p>{{ name }}</p>"}
    monkeypatch.setattr(app.jinja_env, "loader", DictLoader(known))
    write(at, kind="nice", name="<Ada>")
    send(app, at)
    [sent] = server.letters
    assert sent["Subject"] == "Nice"
    assert sent.get_body(("html",)).get_content().strip() == "<p>&lt;Ada&gt;</p>"
