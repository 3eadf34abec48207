"""All of it or nothing, the same twice, and what the command says of it; on both databases."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from advocacy import db, storage
from advocacy.accounts import actions as accounts
from advocacy.accounts import sessions
from advocacy.accounts.models import Entity, Following, Grant, Person, SignedIn, SignInLink, Team
from advocacy.accounts.rules import INVITATION
from advocacy.audit.models import AuditLine
from advocacy.content.models import Kit, KitState
from advocacy.guidelines.models import GuidelineVersion
from advocacy.loading import command
from advocacy.permissions import Role
from advocacy.sharing.models import Disclosure, HelpContact
from tests.makers.accounts import make_person
from tests.makers.content import damaged_exif, picture_bytes
from tests.makers.loading import (
    GUIDELINE,
    HEADING,
    KIT,
    ORGANISATION,
    PEOPLE,
    change_folder,
    make_folder,
    people_csv,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
Load = Callable[..., int]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """Where pictures are kept."""
    before = storage._folder
    storage.configure(tmp_path / "files")
    yield tmp_path / "files"
    storage._folder = before


@pytest.fixture
def load(database: str, files: Path) -> Load:
    def act(folder: Path, *, at: datetime = NOW, dry_run: bool = False, skip_bad: bool = False) -> int:
        return command.load(folder, dry_run=dry_run, skip_bad=skip_bad, at=at)

    return act


def counts() -> dict[str, int]:
    with db.unit_of_work(write=False):
        return {
            name: number
            for name, table in db.Model.metadata.tables.items()
            if (number := db.session.scalar(sa.select(sa.func.count()).select_from(table)))
        }


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, list[int]]:
    """The table of counts: created, updated, unchanged by kind."""
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    return {line[0]: [int(one) for one in line[1:]] for line in lines if len(line) == 4 and line[1].isdigit()}


def person(staff_id: str) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.staff_id == staff_id)).one()


def test_a_folder_is_loaded_whole(
    load: Load, tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(make_folder(tmp_path)) == 0
    assert told(capsys) == {
        "topics": [1, 0, 0],
        "entities": [2, 0, 0],
        "teams": [2, 0, 0],
        "people": [4, 0, 0],
        "guidelines": [1, 0, 0],
        "courses": [1, 0, 0],
        "kits": [1, 0, 0],
    }
    with db.unit_of_work(write=False):
        ada, brid = person("N-1"), person("N-4")
        assert (ada.email, ada.country, ada.language, ada.time_zone) == (
            "ada@demo.example", "IE", "en", "Europe/Dublin",
        )  # fmt: skip
        assert ada.team is not None and ada.team.slug == "repair-workshop"
        assert (brid.email, brid.password_hash, brid.joined_at) == (None, None, None)
        roles = {(held.role, held.entity.slug if held.entity else None) for held in person("N-3").grants}
        assert roles == {(Role.COMMS, None), (Role.HR, "norge")}
        assert db.session.scalar(sa.select(sa.func.count(Following.id))) == 1
        assert db.session.scalars(sa.select(Disclosure.wording).order_by(Disclosure.id)).all() == [
            "#JobberINordlys", "#WorksAtNordlys",
        ]  # fmt: skip
        assert db.session.scalars(sa.select(HelpContact.name)).all() == ["Ingrid"]
        kit = db.session.scalars(sa.select(Kit)).one()
        assert (kit.state, kit.publish_at) == (KitState.APPROVED, NOW - timedelta(days=10))
        assert {text.language for text in kit.texts} == {"en", "fr"}
        assert storage.path(kit.pictures[0].digest).exists()


def test_a_second_load_changes_nothing(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    before = counts()
    capsys.readouterr()
    assert load(folder, at=LATER) == 0
    assert all(created == updated == 0 for created, updated, _ in told(capsys).values())
    assert counts() == before
    with db.unit_of_work(write=False):
        kit = db.session.scalars(sa.select(Kit)).one()
        assert kit.publish_at == NOW - timedelta(days=10), "a relative moment is that of the first load"


def test_a_changed_name_and_address_make_no_second_person(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    row = "N-1,ada.new@demo.example,Ada Berg,norge,SE,fr,Europe/Paris,platform,,"
    change_folder(folder, {"people.csv": people_csv(row)})
    assert load(folder, at=LATER) == 0
    with db.unit_of_work(write=False):
        ada = person("N-1")
        assert (ada.name, ada.email, ada.country) == ("Ada Berg", "ada.new@demo.example", "SE")
        assert ada.entity is not None and ada.entity.slug == "norge"
        assert ada.team is not None and ada.team.slug == "platform"
        assert (ada.language, ada.time_zone) == ("en", "Europe/Dublin"), "these are her own choice"
        assert db.session.scalar(sa.select(sa.func.count(Following.id))) == 1
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 4, "who is not in the file stays"


def test_a_new_address_in_the_file_ends_what_the_old_one_let_in(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    with db.unit_of_work():
        for staff_id in ("N-1", "N-2"):
            accounts.send_link(person(staff_id), purpose=INVITATION, at=NOW)
            sessions.start(person(staff_id), device="theirs", at=NOW)
    load(change_folder(folder, {"people.csv": PEOPLE.replace("Ada", "Adah")}))

    def waiting() -> set[str | None]:
        with db.unit_of_work(write=False):
            waits = sa.select(SignInLink).where(SignInLink.used_at.is_(None))
            return {link.person.staff_id for link in db.session.scalars(waits)}

    def signed_in() -> set[str | None]:
        with db.unit_of_work(write=False):
            open_ones = sa.select(SignedIn).where(SignedIn.ended_at.is_(None))
            return {session.person.staff_id for session in db.session.scalars(open_ones)}

    assert waiting() == signed_in() == {"N-1", "N-2"}, "a new name is no new address"
    load(change_folder(folder, {"people.csv": PEOPLE.replace("ada@", "adah@")}))
    assert waiting() == signed_in() == {"N-2"}


def test_two_people_may_swap_their_addresses(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    swapped = PEOPLE.replace("ada@", "x@").replace("carl@", "ada@").replace("x@", "carl@")
    assert load(change_folder(folder, {"people.csv": swapped})) == 0
    with db.unit_of_work(write=False):
        assert (person("N-1").email, person("N-2").email) == ("carl@demo.example", "ada@demo.example")


def test_roles_follow_the_file(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    changed = PEOPLE.replace("comms|hr@norge", "hr@ireland|comms").replace(",,product", ",admin,product")
    assert load(change_folder(folder, {"people.csv": changed})) == 0
    with db.unit_of_work(write=False):
        roles = {(held.role, held.entity.slug if held.entity else None) for held in person("N-3").grants}
        assert roles == {(Role.COMMS, None), (Role.HR, "ireland")}
        verbs = set(db.session.scalars(sa.select(AuditLine.verb)))
        assert {"role.grant", "role.revoke", "organisation.load"} <= verbs


def test_a_column_that_is_missing_changes_nothing(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    row = people_csv("N-3,Inès C,ireland", heading="staff_id,name,entity")
    assert load(change_folder(folder, {"people.csv": row})) == 0
    with db.unit_of_work(write=False):
        ines = person("N-3")
        assert (ines.name, ines.email, len(ines.grants)) == ("Inès C", "ines@demo.example", 2)


def test_the_last_administrator_stays(load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder(tmp_path)
    load(change_folder(folder, {"people.csv": PEOPLE.replace(",,product", ",admin,product")}))
    assert load(change_folder(folder, {"people.csv": PEOPLE})) == 1
    assert "people.csv:2:9: roles: This is the last administrator of the group." in capsys.readouterr().err
    with db.unit_of_work(write=False):
        assert [held.role for held in person("N-1").grants] == [Role.ADMIN]


def test_whoever_set_it_up_is_known_by_her_address(load: Load, tmp_path: Path) -> None:
    with db.unit_of_work():
        make_person("Ada", email="ada@demo.example", staff_id=None)
    assert load(make_folder(tmp_path)) == 0
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 4
        assert person("N-1").name == "Ada Nyström"


BAD = {
    "people.csv": PEOPLE + "N-5,nobody,Bo,narnia\n",
    "guidelines/other.md": GUIDELINE.replace("30", "x"),
    "kits/other/kit.md": KIT.replace("cable.png", "fake.png"),
    "kits/other/fake.png": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "kits/third/kit.md": KIT.replace("author: N-2", "author: N-99"),
    "kits/third/cable.png": picture_bytes(),
}
MISTAKES = [
    "guidelines/other.md:4:11: due_days: “x” is not a whole number from 1 to 730",
    "kits/other/kit.md:10:11: fake.png: SVG files can carry scripts, so they are not taken. Export it as a PNG.",
    "kits/third/kit.md:5:9: author: there is no person “N-99”",
    "people.csv:6:2: email: “nobody” is not an e-mail address",
    "people.csv:6:4: entity: there is no entity “narnia”",
]


def test_nothing_is_written_when_anything_is_wrong(
    load: Load, tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(make_folder(tmp_path, BAD)) == 1
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        *MISTAKES,
        "5 mistakes, so nothing was written. --skip-bad writes the rest.",
    ]
    assert said.out == ""
    assert counts() == {}
    assert not files.exists()


@pytest.mark.parametrize("data", [b"", people_csv("N-1,,Ada,norge").encode("utf-16"), b"a,b\n1,2\n"])
@pytest.mark.parametrize("skip_bad", [False, True])
def test_where_nothing_can_be_read_no_rest_is_promised(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, skip_bad: bool
) -> None:
    assert load(make_folder(tmp_path / "good")) == 0
    (file := tmp_path / "people.csv").write_bytes(data)
    capsys.readouterr()
    assert command.import_people(file, dry_run=False, skip_bad=skip_bad, at=NOW) == 1
    said = capsys.readouterr()
    assert said.err.endswith("so nothing was written. Put that right, and run this again.\n")
    assert "--skip-bad" not in said.err and said.out == ""


def test_a_folder_of_which_nothing_can_be_read_promises_no_rest(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "organisation.toml").write_text(ORGANISATION, encoding="utf-16")
    assert load(tmp_path) == 1
    said = capsys.readouterr().err
    assert "organisation.toml:1:1: this is UTF-16 text; save the file as UTF-8" in said
    assert "--skip-bad" not in said and counts() == {}


def test_what_is_good_is_written_when_asked(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(make_folder(tmp_path, BAD), skip_bad=True) == 1
    assert capsys.readouterr().err.splitlines() == [*MISTAKES, "5 mistakes: what they stand in was left out."]
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 4
        assert db.session.scalars(sa.select(Kit.slug)).all() == ["cable"]


def test_a_dry_run_tells_and_writes_nothing(
    load: Load, tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path)
    assert load(folder, dry_run=True) == 0
    assert counts() == {}
    assert not files.exists()
    assert told(capsys)["people"] == [4, 0, 0]
    load(folder)
    before = counts()
    change_folder(folder, {"people.csv": PEOPLE.replace("Carl", "Karl") + "N-5,,Bo,norge\n"})
    change_folder(folder, {"guidelines/conduct.md": GUIDELINE.replace("yourself", "you")})
    capsys.readouterr()
    assert load(folder, dry_run=True) == 0
    said = told(capsys)
    assert (said["people"], said["guidelines"], said["kits"]) == ([1, 1, 3], [0, 1, 0], [0, 0, 1])
    assert counts() == before
    with db.unit_of_work(write=False):
        assert person("N-2").name == "Carl Eriksen"


def test_changed_words_are_a_new_version_and_a_changed_picture_is_seen(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    change_folder(folder, {"guidelines/conduct.md": GUIDELINE.replace("yourself", "you")})
    change_folder(folder, {"kits/cable/cable.png": picture_bytes(20, 20)})
    assert load(folder, at=LATER) == 0
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(GuidelineVersion.number)).all() == [1, 2]
        kit = db.session.scalars(sa.select(Kit)).one()
        assert (kit.state, kit.pictures[0].width) == (KitState.APPROVED, 20)


def test_a_picture_that_is_too_large_is_refused_by_name(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = picture_bytes() + b"\0" * 10_000_001
    assert load(make_folder(tmp_path, {"kits/cable/cable.png": large})) == 1
    said = capsys.readouterr().err.splitlines()[0]
    assert (
        said
        == "kits/cable/kit.md:10:11: cable.png: This picture is larger than 10 MB. Save it smaller and try again."
    )


def test_a_picture_with_damaged_exif_is_loaded_upright(load: Load, tmp_path: Path) -> None:
    assert load(make_folder(tmp_path, {"kits/cable/cable.png": damaged_exif("PNG")})) == 0
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Kit)).one().pictures[0].height == 12


def test_an_organisation_that_is_there_may_be_left_out(load: Load, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    assert load(change_folder(folder, {"organisation.toml": None})) == 0


def test_a_changed_organisation_is_updated(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    changed = ORGANISATION.replace("Plattform og drift", "Plattform").replace(
        "#JobberINordlys", "#MinNordlys"
    )
    capsys.readouterr()
    assert load(change_folder(folder, {"organisation.toml": changed})) == 0
    said = told(capsys)
    assert (said["entities"], said["teams"]) == ([0, 1, 1], [0, 1, 0])
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(Team.name).where(Team.slug == "platform")) == "Plattform"


def test_people_alone_are_imported_from_any_file(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "staff of may.csv"
    file.write_text(people_csv("N-7,,Gro,norge", "N-8,,Hå,narnia"), "utf-8")
    assert command.import_people(file, dry_run=False, skip_bad=False, at=NOW) == 1
    assert "there is no entity yet" in capsys.readouterr().err
    load(make_folder(tmp_path))
    assert command.import_people(file, dry_run=False, skip_bad=True, at=NOW) == 1
    assert "staff of may.csv:3:4: entity: there is no entity “narnia”" in capsys.readouterr().err
    with db.unit_of_work(write=False):
        assert person("N-7").name == "Gro"


def test_a_bar_is_drawn_for_a_terminal_only(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(tmp_path)
    load(folder)
    assert "Loading" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    load(folder)
    assert "Loading" in capsys.readouterr().out


def test_twenty_thousand_people_take_less_than_ten_seconds(load: Load, tmp_path: Path) -> None:
    rows = [
        f"N-{n},person.{n}@demo.example,Person Nummer {n},{'norge' if n % 2 else 'ireland'},,,,Team {n % 200},"
        f"{'comms@norge' if n % 200 == 0 else ''},{'product' if n % 3 else ''}"
        for n in range(20_000)
    ]
    folder = make_folder(tmp_path)
    load(folder)
    for name in ("Person", "Colleague"):  # all are new, then all are changed
        file = tmp_path / "people.csv"
        file.write_text("\r\n".join([HEADING, *rows]).replace("Person", name), "utf-8-sig")
        # what this process works, since a machine that tests much else at once makes everyone wait
        began = time.process_time()
        assert command.import_people(file, dry_run=False, skip_bad=False, at=NOW) == 0
        assert time.process_time() - began < 10
    with db.unit_of_work(write=False):
        assert (
            db.session.scalar(sa.select(sa.func.count(Person.id)).where(Person.name.like("Colleague%")))
            == 20_000
        )
        assert db.session.scalar(sa.select(sa.func.count(Entity.id))) == 2
        assert db.session.scalar(sa.select(sa.func.count(Grant.id))) == 100
