"""One network that hangs or limits slows no other; each is asked again when its own headers say so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from advocacy import clock, worker
from advocacy.engines.pool import THREADS
from advocacy.sharing.models import DeliveryState
from tests.practice.network import Network
from tests.sharing.anywhere import Anywhere, Watch, anywhere, row

POSTING = {"mastodon": "statuses", "linkedin": "posts", "bluesky": "publish", "x": "posts"}


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def tools(test_settings: Any, app: Any) -> Iterator[worker.Tools]:
    narrow = replace(test_settings, worker=replace(test_settings.worker, pool=1))
    tools = worker.tools_for(narrow, app)
    yield tools
    tools.engine.stop()


def test_others_go_out_at_once_while_one_network_hangs(
    app: Any, tools: worker.Tools, modes: dict[str, Network], watch: Watch
) -> None:
    with anywhere("linkedin", modes, app, watch) as linkedin:
        mastodon = Anywhere("mastodon", modes["mastodon"], app, watch, linkedin.settle)
        mastodon.there.fresh()
        mastodon.there.fault("statuses", "hold_before", seconds=10, calls=20)
        account = mastodon.connect()
        slow = [mastodon.share(account) for _ in range(5)]
        quick = linkedin.share(linkedin.connect())
        began = time.monotonic()
        try:
            worker.work_once(app, tools)
            while row(quick).state is not DeliveryState.SENT:
                assert time.monotonic() - began < 9, "the other network's ten seconds were waited for"
                time.sleep(0.05)
            assert sum(row(one).state is DeliveryState.SENT for one in slow) == 0
            assert tools.engine.free("mastodon") == 0 and tools.engine.free("linkedin") == THREADS
            assert sum(row(one).claim_token is not None for one in slow) == THREADS, (
                "a backlog is not all reserved"
            )
        finally:
            mastodon.there.fresh()


@pytest.mark.parametrize("slug", POSTING)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_call_comes_before_a_networks_time(
    app: Any, modes: dict[str, Network], watch: Watch, slug: str
) -> None:
    with anywhere(slug, modes, app, watch) as there:
        account = there.connect()
        said = {} if slug == "x" else {"retry_after": 90}  # X sends none: its window's end tells
        there.there.fault(POSTING[slug], "status", status=429, **said)
        one, two = (
            there.share(account),
            there.share(account, f"Another word {time.time_ns()} #WorksAtNordlys"),
        )
        there.work()
        asked = len(there.there.ledger())
        until = max(row(one).due_at, row(two).due_at)
        assert until >= clock.now() + timedelta(seconds=80 if said else 1)
        assert sum(call["kind"] == POSTING[slug] for call in there.there.ledger()) == 1
        early = until - timedelta(seconds=2)
        watch.ahead += early - clock.now()
        there.work()
        assert len(there.there.ledger()) == asked, "a call came before its time"
        watch.ahead += timedelta(seconds=20)
        there.there.clock.ahead = watch.ahead
        there.work()
        assert row(one).state is row(two).state is DeliveryState.SENT
        assert row(one).attempts == row(two).attempts == 1
        posted = [call for call in there.there.ledger() if call["kind"] == POSTING[slug]][1:]
        assert all(datetime.fromisoformat(call["asked_at"]) >= early for call in posted)
