"""Letters that are files go with their rows: when a person is erased, and when their time has run out."""

from __future__ import annotations

import resource
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.mail import actions, jobs, personal_data, post, queries
from advocacy.mail.models import Letter
from advocacy.privacy import actions as privacy
from advocacy.privacy.rules import CLEARED
from advocacy.sharing import personal_data as sharing
from advocacy.sharing.helping import ask_for_help
from advocacy.sharing.models import HelpKind
from tests.makers.accounts import make_person
from tests.makers.sharing import make_share, make_sharer


@pytest.fixture
def letter_files(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where letters are kept as files."""
    place = tmp_path / "mail"
    monkeypatch.setattr(post, "_post", post.FilePost(place, shown=False))
    monkeypatch.setattr(post, "_sender", "Advocacy <advocacy@demo.example>")
    return place


def send(app: Any, at: datetime) -> None:
    with app.app_context():
        jobs.send_due(at)


def addressed(letter_files: Path) -> set[str]:
    return {line.split()[-1] for file in letter_files.glob("*.eml") for line in file.read_text().splitlines()
            if line.startswith("To: ")}  # fmt: skip


def test_erase_takes_the_files_of_a_persons_letters_and_nobody_elses(
    app: Any, letter_files: Path, at: datetime
) -> None:
    with db.unit_of_work():
        zoe, bo = make_person("Zoe", email="zoe@x.example"), make_person("Bo", email="bo@x.example")
        for person in (zoe, bo, "zoe@x.example"):
            actions.write(person, kind="test", at=at)
    send(app, at)
    (letter_files / "notes.eml").write_text("To: not ours")
    assert addressed(letter_files) == {"<zoe@x.example>", "<bo@x.example>", "zoe@x.example", "ours"}
    with db.unit_of_work():
        personal_data.erase(db.session.get_one(Person, zoe.id), by=None, at=at)
    assert addressed(letter_files) == {"<bo@x.example>", "ours"}


def test_erase_takes_what_was_told_to_whoever_helped(app: Any, letter_files: Path, at: datetime) -> None:
    with db.unit_of_work():
        ada = make_sharer()
        ask_for_help(make_share(ada), kind=HelpKind.MISTAKE, message="It hurts", by=ada, at=at)
    send(app, at)
    assert [one for one in letter_files.glob("*.eml") if "It hurts" in one.read_text()]
    with db.unit_of_work():
        sharing.erase(db.session.get_one(Person, ada.id), by=None, at=at)
    assert not [one for one in letter_files.glob("*.eml") if "It hurts" in one.read_text()]


def test_clear_takes_the_files_of_letters_past_their_time(app: Any, letter_files: Path, at: datetime) -> None:
    keeping = next(one for one in CLEARED if one.kind == "letters")
    with db.unit_of_work():
        actions.write(make_person(email="old@x.example"), kind="test", at=at)
        actions.write(make_person(email="new@x.example"), kind="test", at=at + timedelta(days=1))
    send(app, at + timedelta(days=1))
    with db.unit_of_work():
        assert privacy.clear(keeping, at=at + timedelta(days=90, hours=1)) == 1
    assert [address.strip("<>") for address in addressed(letter_files)] == ["new@x.example"]


def test_sweep_files_takes_what_has_no_row_any_more(app: Any, letter_files: Path, at: datetime) -> None:
    with db.unit_of_work():
        for name in ("here", "gone"):
            actions.write(make_person(email=f"{name}@x.example"), kind="test", at=at)
    send(app, at)
    with db.unit_of_work():
        db.session.execute(sa.delete(Letter).where(Letter.address == "gone@x.example"))
    (letter_files / "notes.eml").write_text("To: not ours")
    assert jobs.sweep_files() == 1 and jobs.sweep_files() == 0
    assert {address.strip("<>") for address in addressed(letter_files)} == {"here@x.example", "ours"}


def test_a_letter_whose_reader_is_erased_while_it_is_written_leaves_no_file(
    app: Any, letter_files: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.unit_of_work():
        zoe = make_person(email="zoe@x.example")
        actions.write(zoe, kind="test", at=at)
    way = post.chosen()

    def erased_meanwhile(message: Any) -> None:
        with db.unit_of_work():
            personal_data.erase(db.session.get_one(Person, zoe.id), by=None, at=at)
        post.FilePost.send(way, message)  # type: ignore[arg-type]

    monkeypatch.setattr(way, "send", erased_meanwhile)
    send(app, at)
    assert addressed(letter_files) == set()


def test_a_server_keeps_nothing_here(unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    way = post.made("smtp", folder=Path(), host="", port=1, username="", password="", encryption="none")
    assert list(way.kept()) == []
    monkeypatch.setattr(post, "_post", None)
    assert post.forget({"0" * 32}) == 0
    assert queries.without_row({"0" * 32}) == {"0" * 32}


def test_half_a_letter_is_none_and_goes_with_its_row(app: Any, letter_files: Path, at: datetime) -> None:
    with db.unit_of_work():
        zoe = make_person("Zoe", email="zoe@x.example")
        actions.write(zoe, kind="test", at=at)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with db.unit_of_work(write=False):
        letter = db.session.scalars(sa.select(Letter)).one()
        message = EmailMessage()
        message["To"], message["Message-ID"] = "zoe@x.example", f"<{letter.code}@demo.example>"
        message.set_content("So many words. " * 1_000)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
        with pytest.raises(post.NotSent):
            post._post.send(message)  # type: ignore[union-attr]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(letter_files.glob("*.eml")) and len(list(letter_files.iterdir())) == 1
    with db.unit_of_work():
        personal_data.erase(db.session.get_one(Person, zoe.id), by=None, at=at)
    assert not list(letter_files.iterdir())
