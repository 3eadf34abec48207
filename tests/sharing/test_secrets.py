"""Canaries: every secret of a whole run is known here, and is looked for wherever it must not be."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from advocacy import clock, db, storage, vault
from advocacy.accounts import actions as accounts
from advocacy.accounts import passwords, sessions
from advocacy.app import PERSONAL
from advocacy.mail import jobs as mail
from advocacy.mail import post
from advocacy.practice.bluesky.rules import app_password_of
from advocacy.privacy import jobs as privacy
from advocacy.privacy.models import Export
from advocacy.settings import Settings
from advocacy.sharing import connecting, delivering, jobs, networks, renewing, tokens
from advocacy.sharing.models import Authorisation, Connection, Delivery, DeliveryState, Registration
from advocacy.sharing.networks.interface import Permanent, Temporary
from advocacy.sharing.networks.mastodon import Mastodon
from tests.makers.content import make_kit
from tests.makers.sharing import make_share, make_sharer
from tests.practice.network import Network
from tests.sharing import roads
from tests.sharing.connected import OUT, connected

LEASE = timedelta(seconds=30)
PASSWORD = "canary-of-a-password-71"


class Canaries:
    """Secrets by what they are, and the places that were looked at."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def note(self, what: str, secret: str | None) -> None:
        assert secret and len(secret) >= 12, f"{what} is too short to be looked for"
        self.known[what] = secret

    def note_account(self, slug: str, code: str) -> None:
        """The tokens of a connection, whatever its network keeps beside them, and our secret there."""
        with db.unit_of_work(write=False):
            given = renewing.tokens_of(code)
            row = db.session.scalars(sa.select(Connection).where(Connection.code == code)).one()
            ours = connecting.secret_of(row.registration) if row.registration else ""
        assert given is not None
        stage = len(self.known)
        self.note(f"{slug} access {stage}", given.access)
        if given.refresh:
            self.note(f"{slug} refresh {stage}", given.refresh)
        if "key" in given.extra:
            self.note(f"{slug} proof key {stage}", given.extra["key"].splitlines()[1])
        if len(ours) >= 12:
            self.note(f"{slug} client secret", ours)

    def seen_in(self, place: str) -> list[str]:
        return [what for what, secret in self.known.items() if secret in place]


def dump() -> str:
    """Every row of every table, in clear, with what SQLite's file holds besides."""
    engine = db.engine()
    with engine.connect() as connection:
        rows = [
            repr(tuple(row))
            for table in db.Model.metadata.sorted_tables
            for row in connection.execute(sa.text(f'SELECT * FROM "{table.name}"'))
        ]
    if engine.url.database and engine.dialect.name == "sqlite":
        for end in ("", "-wal"):
            file = Path(engine.url.database + end)
            rows.append(file.read_bytes().decode("latin-1") if file.exists() else "")
    return "\n".join(rows)


@pytest.fixture
def heard(client: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every answer to this client said."""
    said: list[str] = []
    real: Callable[..., Any] = client.open

    def opened(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        said.append(answer.text)
        return answer

    monkeypatch.setattr(client, "open", opened)
    return said


def work(*, then: Callable[[], None] = lambda: None) -> None:
    claims: list[delivering.Claim] = []
    jobs.take_due(claims.append, most=10, lease=LEASE)
    for claim in claims:
        jobs.deliver(claim, OUT, lease=LEASE)
    then()
    jobs.settle_lost(OUT, most=10, lease=LEASE)


def share(code: str, words: str) -> int:
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection).where(Connection.code == code)).one()
        kit = make_kit(publish_at=clock.now() - timedelta(days=1))
        text = f"{words} #WorksAtNordlys"
        made = make_share(row.person, kit=kit, connection=row, text=text, at=clock.now())
        return made.deliveries[0].id


def state(delivery_id: int) -> DeliveryState:
    with db.unit_of_work(write=False):
        return db.session.get_one(Delivery, delivery_id).state


def test_nothing_secret_stands_where_it_can_be_read(
    app: Any,
    client: Any,
    heard: list[str],
    network: Network,
    modes: dict[str, Network],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    test_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = Canaries()
    # the practice network is another one's server, in this process for the test's sake only
    monkeypatch.setattr(logging.getLogger("authlib"), "level", logging.INFO)
    logging.getLogger("authlib").manager._clear_cache()  # type: ignore[attr-defined]
    monkeypatch.setattr(post, "_post", post.FilePost(test_settings.folder / "mail", shown=False))

    # she signs in by her password, then by a link
    canaries.note("password", PASSWORD)
    with db.unit_of_work():
        ada = make_sharer(email="canary@demo.example")
        ada.password_hash = passwords.hash(PASSWORD)
    wrong = client.post("/sign-in", data={"email": ada.email, "password": PASSWORD + "x"})
    assert wrong.status_code == 422
    assert client.post("/sign-in", data={"email": ada.email, "password": PASSWORD}).status_code == 303
    cookie = client.get_cookie(sessions.COOKIE)
    canaries.note("session cookie", cookie.value)
    with db.unit_of_work():
        accounts.send_link(ada, onward="/", at=clock.now())
    canaries.note("sign-in link", link_in_letter(app, test_settings.folder / "mail"))

    # she connects by the pages: state, verifier, code
    onward = roads.set_out(client, network, may_read="y")
    with db.unit_of_work(write=False):
        trip = db.session.scalars(sa.select(Authorisation)).one()
        canaries.note(
            "verifier", vault.unseal(f"authorisation:{trip.state_hash}", trip.sealed_secret).split()[0]
        )
    back = roads.allow(onward)
    canaries.note("code", parse_qs(urlsplit(back).query)["code"][0])
    network.fault("token", "status", status=500)
    assert client.get(back).status_code == 422
    assert client.get(back).status_code == 422
    back = roads.allow(roads.set_out(client, network, may_read="y"))
    canaries.note("second code", parse_qs(urlsplit(back).query)["code"][0])
    assert client.get(back).status_code == 303
    with db.unit_of_work(write=False):
        code = db.session.scalars(sa.select(Connection)).one().code
        assert db.session.scalars(sa.select(Registration)).first()
    canaries.note_account("mastodon", code)

    # sharing goes well, goes wrong in every way, and breaks in our own code
    sent = share(code, "All is well")
    work()
    assert state(sent) is DeliveryState.SENT
    share(code, "Broken")
    with monkeypatch.context() as patch:
        patch.setattr(Mastodon, "publish", breaks)
        work()
    assert "RuntimeError" in caplog.text, "a traceback was logged"
    for trouble in (
        {"fault": "status", "status": 500},
        {"fault": "status", "status": 422},
        {"fault": "accept_then_hang_up"},
        {"fault": "status", "status": 429},
    ):
        network.fault("statuses", **trouble)
        share(code, f"Trouble {trouble}")
        work()
    with monkeypatch.context() as patch:
        patch.setattr(Mastodon, "server_address", breaks)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert (
            client.post("/connections/", data={"network": "mastodon", "server": "x.example"}).status_code
            == 500
        )
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert client.get("/connections/").status_code == 200
    assert (
        client.get(f"/connections/callback/mastodon?code={canaries.known['code']}&state=x").status_code >= 400
    )

    # renewals at the networks whose tokens end, and an app password
    for slug in ("x", "bluesky"):
        with connected(slug, modes) as there:
            canaries.note_account(slug, there.code)
            there.there.fault("token", "status", status=503)
            with pytest.raises(Temporary):
                tokens.fresh(there.code, OUT, at=clock.now())
            tokens.fresh(there.code, OUT, at=clock.now())
            canaries.note_account(slug, there.code)
            there.there.fault({"x": "posts", "bluesky": "publish"}[slug], "expired_token")
            share(there.code, f"By {slug}")
            work()
            canaries.note_account(slug, there.code)
            if slug == "bluesky":
                canaries.note("app password", app_password_of("carl"))
                connector: Any = networks.network("bluesky")
                given = connector.by_password(OUT, "carl.practice.test", app_password_of("carl"))
                canaries.note("app access", given.access)
                canaries.note("app refresh", given.refresh)
                with pytest.raises(Permanent):
                    connector.by_password(OUT, "ada.practice.test", app_password_of("carl"))

    # a copy of what is hers, giving up, and erasing
    client.post("/me/export")
    with app.app_context():
        privacy.make_next(PERSONAL, clock.now())
    with db.unit_of_work(write=False):
        copy = db.session.scalars(sa.select(Export)).one()
    with zipfile.ZipFile(io.BytesIO(storage.read(copy.digest))) as archive:
        exported = "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert "canary@demo.example" in exported
    before = dump()
    network.fault("revoke", "status", status=503)
    assert client.post(f"/connections/{code}/disconnection").status_code == 303
    jobs.revoke_next(OUT, most=5, lease=LEASE)
    assert client.post("/me/erasure", data={"typed": ada.name}).status_code == 303
    with app.app_context():
        mail.send_due(clock.now())
    after = dump()

    seen = capfd.readouterr()
    places = {
        "logs": caplog.text + "\n".join(str(one.__dict__) for one in caplog.records),
        "output": seen.out + seen.err,
        "pages": "\n".join(heard),
        "export": exported,
        "database": before,
        "database after erasing": after,
        "files": texts(test_settings.folder / "files"),
        "letters": texts(test_settings.folder / "mail"),
    }
    found = {place: canaries.seen_in(text) for place, text in places.items()}
    assert not any(found.values()), found
    assert len(canaries.known) >= 20 and canaries.seen_in("x" + canaries.known["code"]) == ["code"]


def breaks(self: Any, _outbound: Any, *given: Any) -> Any:
    raise RuntimeError("broken on purpose")


def link_in_letter(app: Any, folder: Path) -> str:
    """Send what waits; returns the secret of the link to sign in, and takes its letter away: there it belongs."""
    with app.app_context():
        mail.send_due(clock.now())
    for letter in folder.glob("*.eml"):
        text = letter.read_text().replace("=\n", "")
        found = re.search(r"/sign-in/link/([\w-]+)", text)
        if "canary@demo.example" in text and found:
            letter.unlink()
            return found[1]
    raise AssertionError("no letter with a link")


def texts(folder: Path) -> str:
    return "\n".join(one.read_bytes().decode("latin-1") for one in folder.rglob("*") if one.is_file())
