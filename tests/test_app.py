"""One unit of work around a request: what two at once do to each other, and pages for what breaks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import flash, g
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import AnyConverter, BaseConverter

from advocacy import db, vault, web
from advocacy.accounts.models import Person
from advocacy.permissions import Role
from advocacy.privacy import actions as privacy
from advocacy.privacy.models import Export
from advocacy.sharing import arranging, helping
from advocacy.sharing.models import HelpKind, HelpRequest
from advocacy.sharing.networks import dialogs
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import make_share, make_sharer


class Twice:
    """A view that meets a row which another request wrote a moment before: so many times, then no more."""

    def __init__(self, times: int) -> None:
        self.times, self.people = times, list[Any]()

    def __call__(self) -> str:
        flash("Said")
        self.people.append(g.person)
        if len(self.people) <= self.times:
            raise IntegrityError("INSERT", {}, Exception("duplicate key"))
        return str(web.me().name)


def signed_in(client: Any) -> Any:
    with db.unit_of_work():
        ada = make_person("Ada")
    return client.sign_in(ada)


@pytest.fixture
def stub(app: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a view in the place of /me."""

    def put(view: Callable[[], str], mark: Callable[[Any], Any] = web.signed_in) -> None:
        def shown() -> str:
            return view()

        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        monkeypatch.setitem(app.view_functions, "accounts.me", mark(web.signed_in(shown)))

    return put


def test_a_double_click_is_answered_as_if_it_came_after_the_first(client: Any, stub: Any) -> None:
    view = Twice(1)
    stub(view)
    answer = signed_in(client).get("/me")
    assert (answer.status_code, answer.text) == (200, "Ada")
    first, second = view.people
    assert first is not second
    with client.session_transaction() as kept:
        assert [words for _kind, words in kept["_flashes"]] == ["Said"]


def test_what_cannot_be_kept_a_second_time_either_is_our_mistake(client: Any, stub: Any) -> None:
    stub(Twice(2))
    answer = signed_in(client).get("/me")
    assert answer.status_code == 500 and "The mistake is ours" in answer.text


def test_what_was_asked_of_another_server_is_not_asked_twice(client: Any, stub: Any) -> None:
    view = Twice(1)
    stub(view, web.waits)
    assert signed_in(client).get("/me").status_code == 500
    assert len(view.people) == 1


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("x"), 500), (sa.exc.OperationalError("", {}, Exception()), 503)]
)
def test_an_error_page_stands_although_the_session_is_broken(
    client: Any, stub: Any, error: Any, status: int
) -> None:
    def breaks() -> str:
        db.session.rollback()  # what a failed statement does: everything read so far is stale
        raise error

    stub(breaks)
    answer = signed_in(client).get("/me")
    assert answer.status_code == status and "data-error" in answer.text


def test_a_database_in_trouble_is_said_in_one_line(
    client: Any, app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, stub: Any
) -> None:
    """Every request says it as long as it lasts; a mistake in a statement of ours keeps its traceback."""
    caller = signed_in(client)

    def says(view: Callable[[], Any], status: int) -> tuple[str, Any]:
        caplog.clear()
        stub(view)
        assert caller.get("/me").status_code == status
        (line,) = [record for record in caplog.records if record.name == app.logger.name]
        return line.getMessage(), line.exc_info

    def asks(what: str, table: str) -> Callable[[], Any]:
        return lambda: db.session.execute(
            sa.select(sa.literal_column(what)).select_from(sa.table(table))
        ).one()

    def gone() -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused\n\tIs the server running?"))

    assert says(gone, 503) == ("the database cannot be used: connection refused", None)
    for statement in (asks("1", "not_there"), asks("not_there", "people")):
        said, trace = says(statement, 503)
        assert "lacks something" in said and "not_there" in said and "\n" not in said and trace is None
    if db.engine().dialect.name == "postgresql":
        assert says(asks("FROM", "people"), 500)[1] is not None


def two_at_once(act: Callable[[], object]) -> None:
    """Do it here, and in another thread before this one's transaction ends."""

    def other() -> None:
        with db.unit_of_work():
            act()

    thread = threading.Thread(target=other)
    with db.unit_of_work():
        act()
        db.session.flush()
        thread.start()
        thread.join(0.3)
    thread.join()


def again(person: Person) -> Person:
    return db.session.get_one(Person, person.id)


def test_two_calls_for_help_at_once_are_one(database: str, at: datetime) -> None:
    with db.unit_of_work():
        ada = make_sharer()
        share = make_share(ada)

    def act() -> None:
        mine = db.session.get_one(type(share), share.id)
        helping.ask_for_help(mine, kind=HelpKind.MISTAKE, message="", by=again(ada), at=at)

    two_at_once(act)
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(HelpRequest.id))) == 1


def test_two_wishes_for_a_copy_at_once_are_one(database: str, at: datetime) -> None:
    with db.unit_of_work():
        ada = make_person("Ada")
    two_at_once(lambda: privacy.ask_for_copy(by=again(ada), at=at))
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(Export.id))) == 1


UNKEPT = "There is a character in it that cannot be kept."


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("get", "/kits/?q=%00", {}),
        ("get", "/guidelines/%00", {}),
        ("post", "/sign-in", {"email": "a\0@demo.example", "password": "x"}),
        ("post", "/report", {"address": "https://x.example", "worry": "\0", "w\0": ""}),
    ],
)
def test_what_no_database_keeps_is_refused(client: Any, method: str, path: str, sent: dict[str, Any]) -> None:
    answer = getattr(client, method)(path, **({"data": sent} if sent else {}))
    assert answer.status_code == 400 and "data-error" in answer.text and UNKEPT in answer.text


def fitting(part: BaseConverter) -> str:
    """Something that this part of an address may be."""
    return next(iter(part.items)) if isinstance(part, AnyConverter) else "1" * 16


def test_no_address_and_no_form_takes_what_no_database_keeps(client: Any, at: datetime) -> None:
    with db.unit_of_work():
        ada = make_person("Ada", roles=[Role.ADMIN])
    client.sign_in(ada)
    asked = 0
    for rule in client.application.url_map.iter_rules():
        path = rule.build({name: fitting(part) for name, part in rule._converters.items()}, False)
        for method in (rule.methods or set()) & {"GET", "POST"} if path else ():
            sent = {"query_string": {"q": "a\0"}} if method == "GET" else {"data": {"words": "a\0"}}
            answer = client.open(path[1], method=method, **sent)
            assert answer.status_code == 400 and UNKEPT in answer.text, (method, path[1])
            asked += 1
    assert asked > 150


def test_no_file_is_taken_whose_name_no_database_keeps(client: Any, at: datetime) -> None:
    answer = client.post("/report", data={"picture": (BytesIO(b"x"), "a\0.png")})
    assert answer.status_code == 400 and UNKEPT in answer.text


def test_the_composer_stands_where_every_network_is_off(client: Any, at: datetime) -> None:
    with db.unit_of_work():
        ada = make_sharer()
        assert ada.entity is not None
        make_kit("open-day", publish_at=at)
        for network in dialogs():
            arranging.switch_network(ada.entity, network.slug, False, by=None, at=at)
    assert client.sign_in(ada).get("/kits/open-day/shares/new").status_code == 200


def test_forms_that_were_open_when_a_new_key_came_are_still_good(app: Any, client: Any) -> None:
    before = vault._ring
    keys = [vault.new_key()]
    vault.configure(keys)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        page = client.get("/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token
        vault.configure([vault.new_key(), *keys])
        sent = {"email": "nobody@demo.example", "password": "x", "csrf_token": token[1]}
        assert client.post("/sign-in", data=sent).status_code != 400
        vault.configure([vault.new_key()])
        assert client.post("/sign-in", data=sent).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
        vault._ring = before
