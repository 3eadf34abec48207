"""A new key comes in while a worker shares: killed in the middle, taken up again, the old one dropped at the end."""

# ruff: noqa: F811 - pytest hands fixtures over by their names

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from advocacy import clock, db, resealing, vault
from advocacy.mail.models import Letter, LetterState
from advocacy.sharing.models import Connection, Delivery, DeliveryState
from tests.journeys.test_kill import ROOT, engine, environment, eventually, posts, worker  # noqa: F401
from tests.makers.content import make_kit
from tests.makers.sharing import make_share, make_sharer
from tests.practice.conftest import modes  # noqa: F401 - these imports give their fixtures
from tests.practice.mastodon.conftest import network, threaded  # noqa: F401
from tests.practice.network import Network
from tests.sharing import roads

LETTERS = 1500


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The key file, which this process goes by too."""
    before, made = vault._ring, tmp_path / "keys"
    vault.configure(vault.read_or_make(made), file=made)
    yield made
    vault._ring = before


@pytest.fixture
def ours(environment: dict[str, str], file: Path) -> dict[str, str]:
    """The environment of processes that have their keys from that file."""
    return {name: value for name, value in environment.items() if name != "ADVOCACY_VAULT__KEYS"} | {
        "ADVOCACY_VAULT__KEY_FILE": str(file)
    }


def rotate(ours: dict[str, str], *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "advocacy", "key", "rotate", *more]
    return subprocess.Popen(
        command, env=ours, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def write_letters() -> None:
    """Letters that were sent, each with something sealed."""
    with db.unit_of_work():
        db.session.execute(
            sa.insert(Letter),
            [
                {
                    "code": f"letter-{n}",
                    "address": "ada@demo.example",
                    "kind": "weekly",
                    "sealed": vault.seal(f"letter:letter-{n}", "{}"),
                    "created_at": clock.now(),
                    "due_at": clock.now(),
                    "state": LetterState.SENT,
                }
                for n in range(LETTERS)
            ],
        )


def all_sealed() -> list[str]:
    with db.unit_of_work(write=False):
        return [
            text
            for column in resealing.sealed_columns()
            for text in db.session.scalars(sa.select(column).where(column.is_not(None)))
        ]


def opened_by(key: str) -> int:
    """How many of all sealed texts this key alone opens."""
    alone, opened = Fernet(key), 0
    for text in all_sealed():
        try:
            alone.decrypt(text.encode())
        except InvalidToken:
            continue
        opened += 1
    return opened


def share(network: Network, words: str) -> None:
    """Share now, and see it sent by the worker that runs."""
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        kit = make_kit(publish_at=clock.now() - timedelta(days=1))
        text = f"{words} #WorksAtNordlys"
        one = make_share(row.person, kit=kit, connection=row, text=text, at=clock.now()).deliveries[0].id

    def is_sent() -> bool:
        with db.unit_of_work(write=False):
            return db.session.get_one(Delivery, one).state is DeliveryState.SENT

    try:
        eventually(is_sent, 90)
    except AssertionError:
        with db.unit_of_work(write=False):
            found = db.session.get_one(Delivery, one)
            raise AssertionError(f"{found.state} {found.reason} {found.reason_values}") from None
    assert posts(network, words) == 1


@pytest.mark.parametrize("engine", ["pool"], indirect=True)
def test_a_new_key_comes_in_while_a_worker_shares(
    app: Any, client: Any, network: Network, ours: dict[str, str], file: Path
) -> None:
    (old,) = vault.listed(file.read_text())
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    assert roads.connect(client, network).status_code == 303
    write_letters()
    mark = time.time_ns()
    with worker(ours) as running:
        share(network, f"By the old key {mark}")
        first = rotate(ours, "--batch", "5")
        eventually(lambda: file.read_text().count("\n") == 2, 90)
        new = vault.listed(file.read_text())[0]
        eventually(lambda: opened_by(new), 90)
        os.kill(first.pid, signal.SIGKILL)
        first.communicate(timeout=10)
        half, everything = opened_by(new), len(all_sealed())
        assert 0 < half < everything
        share(network, f"Half way {mark}")
        told = rotate(ours).communicate(timeout=90)[0]
        assert "is being brought in already" in told and vault.listed(file.read_text()) == [new, old], told
        assert opened_by(new) == len(all_sealed()) >= everything and opened_by(old) == 0
        refused = rotate(ours, "--finish")
        assert "Please run this again in" in refused.communicate(timeout=90)[0] and refused.returncode == 1
        os.utime(file, (time.time() - 120, time.time() - 120))
        told = rotate(ours, "--finish").communicate(timeout=90)[0]
        assert "was dropped" in told and vault.listed(file.read_text()) == [new], told
        share(network, f"By the new key alone {mark}")
        assert running.poll() is None, "nothing had to stop"
