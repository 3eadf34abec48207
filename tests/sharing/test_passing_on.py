"""The company's own post is passed on by the worker, with the champion's words, where the network can do that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from advocacy import clock
from advocacy.sharing.models import DeliveryState
from advocacy.sharing.networks.interface import Post
from tests.practice.network import Network
from tests.sharing.anywhere import Anywhere, Watch, anywhere, row


@pytest.fixture
def somewhere(
    request: pytest.FixtureRequest, app: Any, modes: dict[str, Network], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Anywhere]:
    watch = Watch()
    monkeypatch.setattr(clock, "now", watch)
    with anywhere(request.param, modes, app, watch) as found:
        yield found


@pytest.mark.parametrize("somewhere", ["linkedin", "x"], indirect=True)
def test_the_companys_post_stands_beneath_her_words(somewhere: Anywhere) -> None:
    _, theirs = somewhere.road.connect(person="carl")
    # The networks remember what was said in the run on the other database.
    news, words = (f"{said} {time.time_ns()}" for said in ("The cable came ashore", "I was there"))
    own = somewhere.road.publish(theirs, Post(news, "en")).remote_id
    one = somewhere.share(somewhere.connect(), f"{words}. #WorksAtNordlys", reshare_of=own)
    somewhere.work()
    assert row(one).state is DeliveryState.SENT, row(one).reason
    page = requests.get(row(one).remote_url or "", timeout=10).text
    assert words in page and news in page
