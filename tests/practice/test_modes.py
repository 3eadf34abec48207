"""What every mode keeps, and that modes on one database do not meet each other's faults."""

from __future__ import annotations

import importlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy.orm import DeclarativeBase

from advocacy import practice_modes
from advocacy.practice.app import MODES
from advocacy.practice.mode import Mode
from advocacy.practice.store import Store
from tests.practice.network import Network, in_this_process
from tests.practice.toy import toy

every_mode = pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.slug)


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Network]]:
    """Two small modes, `one` and `two`, on one database."""
    folder = tmp_path_factory.mktemp("toys")
    with in_this_process(folder, (toy("one"), toy("two"))) as networks:
        yield networks


@pytest.fixture
def one(toys: dict[str, Network]) -> Network:
    """The first of them, as new."""
    toys["two"].fresh()
    toys["one"].fresh()
    return toys["one"]


def post(network: Network, key: str = "k-1", timeout: float = 5) -> requests.Response:
    headers = {"Authorization": "Bearer of ada"}
    return requests.post(f"{network.url}/posts", json={"key": key}, headers=headers, timeout=timeout)


def test_the_rest_of_the_program_is_told_of_every_mode() -> None:
    assert {mode.slug: mode.name for mode in MODES} == practice_modes.NAMES
    assert len(set(practice_modes.ports(8100).values())) == len(MODES)


@every_mode
def test_a_mode_has_the_pages_that_all_pages_link_to(mode: Mode, modes: dict[str, Network]) -> None:
    for path in ("/", "/sign-in", "/faults", "/avatars/ada.svg"):
        page = requests.get(modes[mode.slug].url + path, headers={"Accept": "text/html"}, timeout=5)
        assert page.status_code == 200, path
    app = modes[mode.slug].app
    assert app is not None
    assert {"pages.timeline", "pages.profile", "pages.apps"} <= set(app.view_functions)
    assert mode.publishing in mode.kind_names


@every_mode
def test_a_modes_tables_begin_with_its_name(mode: Mode) -> None:
    """One file holds them all. (Mastodon's tables are older than the rule.)"""
    models = importlib.import_module(f"advocacy.practice.{mode.slug}.models")
    own = [
        one.__tablename__
        for one in vars(models).values()
        if isinstance(one, type) and issubclass(one, DeclarativeBase) and one.__module__ == models.__name__
    ]
    assert own
    assert mode.slug == "mastodon" or all(name.startswith(f"{mode.slug}_") for name in own)


@every_mode
def test_an_unknown_address_is_a_page_for_people(mode: Mode, modes: dict[str, Network]) -> None:
    answer = requests.get(f"{modes[mode.slug].url}/nothing-here", timeout=5)
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/html")


def test_faults_and_calls_are_each_modes_own(one: Network, toys: dict[str, Network]) -> None:
    two = toys["two"]
    two.fault("any", "status", status=500)
    assert post(one).status_code == 200 and post(two).status_code == 500
    assert [(c["mode"], c["fault"]) for c in one.ledger()] == [("one", None)]
    assert [(c["mode"], c["fault"]) for c in two.ledger()] == [("two", "status")]
    one.fault("any", "reset")
    two.fresh()
    assert requests.get(f"{one.url}/faults", timeout=5).json()["faults"][0]["mode"] == "one"
    assert len(one.ledger()) == 1


def test_a_call_is_filed_with_its_caller_key_and_moment(one: Network) -> None:
    post(one, "record-7")
    (call,) = one.ledger("publish")
    assert (call["account"], call["app"], call["idempotency_key"]) == ("ada", "Toy", "record-7")
    assert (call["created"], call["status_id"], call["asked_at"][-1]) == (True, "record-7", "Z")


def test_a_key_is_filed_although_the_app_never_saw_the_call(one: Network) -> None:
    one.fault("publish", "reset")
    with pytest.raises(requests.ConnectionError):
        post(one, "lost-1")
    (call,) = one.ledger()
    assert (call["idempotency_key"], call["account"], call["status"]) == ("lost-1", "ada", None)


def test_a_mode_says_its_own_errors_and_headers(one: Network) -> None:
    one.fault("publish", "status", status=429, retry_after=9)
    answer = post(one)
    assert (answer.status_code, answer.json()) == (429, {"toy": 429})
    assert answer.headers["Retry-After"] == "9"
    one.fault("publish", "expired_token")
    assert post(one).json() == {"toy": "expired of ada"}
    assert requests.get(f"{one.url}/posts/none", timeout=5).json() == {"toy": 404}


def test_a_mode_plays_its_own_faults(one: Network) -> None:
    one.fault("publish", "duplicate")
    assert [post(one).status_code for _ in range(2)] == [409, 200]
    assert [c["fault"] for c in one.ledger()] == ["duplicate", None]
    wrong = {"kind": "publish", "fault": "processing"}
    assert requests.post(f"{one.url}/faults", json=wrong, timeout=5).status_code == 422


def test_a_release_is_each_modes_own(one: Network, toys: dict[str, Network]) -> None:
    one.fault("publish", "hold", seconds=0.6)
    began = time.monotonic()
    requests.post(f"{toys['two'].url}/faults/release", timeout=5)
    assert post(one).status_code == 200 and time.monotonic() - began >= 0.6


def test_a_call_that_is_held_before_its_work_is_done_later_though_its_caller_left(one: Network) -> None:
    one.fault("publish", "hold_before")
    with pytest.raises(requests.ReadTimeout):
        post(one, "late-1", timeout=0.3)
    assert not one.ledger() and not requests.get(f"{one.url}/faults", timeout=5).json()["faults"]
    requests.post(f"{one.url}/faults/release", timeout=5)
    ends = time.monotonic() + 10
    while not one.ledger() and time.monotonic() < ends:
        time.sleep(0.02)
    (call,) = one.ledger()
    assert (call["fault"], call["status_id"], call["created"]) == ("hold_before", "late-1", True)


def test_a_file_from_before_the_modes_keeps_its_people(tmp_path: Path) -> None:
    """`make demo` is pulled and started again; whoever posted yesterday finds the posts."""
    old = sqlite3.connect(tmp_path / "practice.db")
    old.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY, at BIGINT, kind TEXT)")
    old.execute("CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT)")
    old.execute("INSERT INTO secrets VALUES ('session', 'kept')")
    old.commit()
    old.close()
    store = Store(str(tmp_path / "practice.db"))
    assert store.secret("session") == "kept"
    with store.reading() as session:
        assert session.connection().exec_driver_sql("SELECT mode, asked_at FROM calls").all() == []
    store.engine.dispose()
