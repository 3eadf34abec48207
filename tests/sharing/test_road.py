"""The champion's road: connect, compose, share, and the post stands on the practice network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from advocacy import db, worker
from advocacy.sharing.models import DeliveryState
from tests.makers.accounts import AT
from tests.makers.content import make_kit
from tests.makers.sharing import make_sharer
from tests.practice.network import Network
from tests.sharing import roads
from tests.sharing.anywhere import Watch, anywhere, row


@pytest.fixture
def tools(test_settings: Any, app: Any) -> Any:
    tools = worker.tools_for(test_settings, app)
    yield tools
    tools.engine.stop()


def test_connect_compose_share_and_see(app: Any, client: Any, network: Network, tools: Any) -> None:
    with db.unit_of_work():
        ada = make_sharer()
        make_kit("open-day", title="Open day", publish_at=AT - timedelta(days=30))
    client.sign_in(ada)
    assert (
        roads.connect(client, network, back_to="/kits/open-day/shares/new")
        .headers["Location"]
        .endswith("/kits/open-day/shares/new")
    )
    page = client.get("/kits/open-day/shares/new")
    assert page.status_code == 200
    sent = roads.fields(page.text) | {"words": ["We open the doors."], "when": ["now"]}
    answer = client.post("/kits/open-day/shares", data=sent)
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    assert "On its way" in client.get(place).text
    worker.work_once(app, tools)
    assert tools.engine.await_idle(20)
    page = client.get(place)
    assert "Thank you. Your post is out." in page.text, page.text
    assert "#WorksAtNordlys" in page.text


def test_a_link_s_card_names_our_own_address_in_the_pools_threads_too(
    app: Any, tools: Any, modes: dict[str, Network]
) -> None:
    with anywhere("linkedin", modes, app, Watch()) as linkedin:
        one = linkedin.share(linkedin.connect())
        worker.work_once(app, tools)
        assert tools.engine.await_idle(20)
        assert row(one).state is DeliveryState.SENT, row(one).reason
