"""The clock, and going by the database's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db, timekeeping

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    yield
    clock.go_alone()


def near(moment: datetime) -> bool:
    return abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_a_machine_whose_clock_is_wrong_goes_by_the_databases(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, off: timedelta
) -> None:
    true = clock.machine
    monkeypatch.setattr(clock, "machine", lambda: true() + off)
    assert not near(clock.now())
    timekeeping.set_clock()
    assert near(clock.now()) and "off the database's" in caplog.text
    monkeypatch.setattr(clock, "machine", lambda: true() - 9 * off)
    assert near(clock.now()), "between two looks nobody can set the clock"
    clock.go_alone()
    assert not near(clock.now())


def test_a_clock_that_is_right_is_not_talked_about(database: str, caplog: pytest.LogCaptureFixture) -> None:
    timekeeping.set_clock()
    assert near(clock.now()) and caplog.text == ""


def test_the_time_is_kept_again_and_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, stopping, enough = [], threading.Event(), threading.Event()

    def tell() -> datetime:
        asked.append(1)
        if len(asked) == 2:
            raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))
        if len(asked) > 2:
            enough.set()
        return datetime.now(UTC)

    monkeypatch.setattr(timekeeping, "told", tell)
    monkeypatch.setattr(timekeeping, "EVERY", timedelta(milliseconds=5))
    timekeeping.keep_time(stopping)
    assert enough.wait(10)
    stopping.set()
    assert db.engine()
