"""The worker with an engine whose broker is away."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from advocacy import worker
from advocacy.engines import Away


def test_a_broker_that_is_away_is_said_in_a_line_and_asked_again(
    built_app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stopping, asked = threading.Event(), []

    def ask(_tools: worker.Tools) -> int:
        asked.append(1)
        if len(asked) == 1:
            raise Away("connection refused")
        stopping.set()
        return 0

    monkeypatch.setattr(worker, "WHILE_AWAY", timedelta())
    job = worker.Job("sharing.take_due.mastodon", timedelta(), ask)
    worker._repeat(job, None, built_app, stopping)  # type: ignore[arg-type]
    assert len(asked) == 2 and "the broker is away, so posts wait: connection refused" in caplog.text
    assert "Traceback" not in caplog.text


def test_what_is_offered_has_a_part_of_its_own_and_the_rest_goes_with_the_first(app: Any) -> None:
    dispatcher, first, *others = worker.parts()
    assert dispatcher == worker.DISPATCHER and first.startswith("mastodon,") and "linkedin" in first
    assert not set(others) & set(first.split(","))
