"""Figures for Prometheus, read as Prometheus reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from advocacy import clock, db, metrics, worker
from advocacy.engines.pool import THREADS
from advocacy.sharing.models import Delivery, DeliveryState
from tests.practice.network import Network, free_port
from tests.sharing.conftest import modes, network, threaded  # noqa: F401
from tests.sharing.test_jobs import post, row, watch, wayfarer, work  # noqa: F401


def read(port: int) -> dict[str, float]:
    """Every figure that is served, by its name with its label."""
    page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10)
    assert page.status_code == 200
    return {name: float(value) for name, value in re.findall(r"^(advocacy_\S+) (\S+)$", page.text, re.M)}


def test_what_waits_and_what_went_is_told(
    app: Any,
    post: Callable[..., int],  # noqa: F811
    network: Network,  # noqa: F811
    test_settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    went, waits = post(), post("We wait.")
    with db.unit_of_work():
        db.session.get_one(Delivery, waits).due_at = clock.now() + timedelta(hours=1)
    work()
    assert row(went).state is DeliveryState.SENT
    with db.unit_of_work():
        db.session.get_one(Delivery, waits).due_at = clock.now() - timedelta(minutes=5)
        db.session.get_one(Delivery, went).state = DeliveryState.UNKNOWN
    settings = replace(test_settings, metrics=replace(test_settings.metrics, port=free_port()))
    tools = worker.tools_for(settings, app)
    server = metrics.serve("127.0.0.1", settings.metrics.port, lambda: worker.pulse(tools.engine))
    assert server is not None
    try:
        told = read(settings.metrics.port)
        assert (
            told['advocacy_posts_due{network="mastodon"}'] == 1
            and told['advocacy_posts_due{network="x"}'] == 0
        )
        assert 290 < told['advocacy_oldest_due_seconds{network="mastodon"}'] < 400
        assert told['advocacy_posts{state="unknown"}'] == 1 and told['advocacy_posts{state="held"}'] == 0
        assert (
            told["advocacy_holds_on"]
            == told["advocacy_posts_scheduled"]
            == told["advocacy_deletions_due"]
            == 0
        )
        assert told['advocacy_engine_room{network="mastodon"}'] == THREADS * settings.worker.pool
        assert told['advocacy_outcomes_total{network="mastodon",outcome="sent"}'] >= 1
        assert told['advocacy_due_to_taken_seconds_count{network="mastodon"}'] >= 1
        assert told['advocacy_taken_to_sent_seconds_count{network="mastodon"}'] >= 1
        assert metrics.serve("127.0.0.1", settings.metrics.port, list) is None
        assert "are not served" in caplog.text
        db.engine().dispose()
        metrics_without_a_database(settings.metrics.port)
    finally:
        server.shutdown()
        server.server_close()
        tools.engine.stop()


def metrics_without_a_database(port: int) -> None:
    """What this process saw is told although the shared figures cannot be had."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker.figures, "due", lambda at: 1 / 0)
        told = read(port)
    assert "advocacy_posts_scheduled" not in told
    assert told['advocacy_outcomes_total{network="mastodon",outcome="sent"}'] >= 1
