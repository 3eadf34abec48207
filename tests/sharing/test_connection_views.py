"""The pages of connected accounts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from advocacy import clock, db, web
from advocacy.accounts.models import Person
from advocacy.sharing import arranging, connecting, jobs, networks, renewing
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.models import (
    Authorisation,
    Connection,
    ConnectionState,
    Delivery,
    DeliveryState,
    Registration,
    Revocation,
)
from advocacy.sharing.networks.bluesky.keys import new_pem
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.practice.network import Network
from tests.sharing import roads


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in."""
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    return ada


def accounts() -> list[Connection]:
    with db.unit_of_work(write=False):
        return list(db.session.scalars(sa.select(Connection).order_by(Connection.id)))


def test_connect_and_come_back_to_where_she_was(client: Any, ada: Person, network: Network) -> None:
    answer = roads.connect(client, network, back_to="/kits/open-day/shares/new", may_read="y")
    assert answer.status_code == 303 and answer.headers["Location"] == "/kits/open-day/shares/new"
    (account,) = accounts()
    assert account.account.startswith("@ada@127.0.0.1") and account.may_read and account.is_active
    assert account.limits["characters"] and account.limits["idempotent_seconds"] == 3000
    assert "read:statuses" in account.scopes
    page = client.get("/connections/").text
    assert account.account in page and "Connect another account" in page


def test_connect_leads_on_by_a_plain_link_and_registers_once(
    client: Any, ada: Person, network: Network
) -> None:
    roads.set_out(client, network)
    address = roads.set_out(client, network)
    assert "code_challenge_method=S256" in address and "read%3Astatuses" not in address
    assert len(network.ledger("apps")) == 1
    with db.unit_of_work(write=False):
        assert len(db.session.scalars(sa.select(Registration)).all()) == 1
        assert len(db.session.scalars(sa.select(Authorisation)).all()) == 2


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("", "Name the server"),
        ("http://10.0.0.1", ""),
        ("https://169.254.169.254/", ""),
        ("javascript:alert(1)", ""),
        ("not a server", ""),
    ],
)
def test_connect_refuses_what_is_no_server_beside_the_field(
    client: Any, ada: Person, server: str, words: str
) -> None:
    answer = client.post("/connections/", data={"network": "mastodon", "server": server})
    assert answer.status_code == 422 and 'id="server-error"' in answer.text and words in answer.text
    if server:
        assert f'value="{server}"' in answer.text
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Authorisation)).all() == []


def test_connect_a_network_that_there_is_not(client: Any, ada: Person) -> None:
    assert client.post("/connections/", data={"network": "myspace", "server": "x.example"}).status_code == 422


def test_connect_is_for_champions(app: Any, client: Any, network: Network) -> None:
    with db.unit_of_work():
        olga = make_person(created_at=clock.now())
    client.sign_in(olga)
    assert "Join the programme first" in client.get("/connections/").text
    answer = client.post("/connections/", data={"network": "mastodon", "server": network.url})
    assert answer.status_code == 403 and network.ledger() == []


def test_connect_where_the_network_is_off(client: Any, ada: Person, network: Network) -> None:
    with db.unit_of_work():
        entity = db.session.get_one(Person, ada.id).entity
        assert entity is not None
        for one in networks.connected():
            arranging.switch_network(entity, one.slug, False, by=None, at=clock.now())
    assert "No network can be connected" in client.get("/connections/").text
    answer = client.post("/connections/", data={"network": "mastodon", "server": network.url})
    assert answer.status_code == 422 and network.ledger() == []


@pytest.mark.parametrize("back_to", ["https://evil.example/", "//evil.example", "/" + "x" * 600])
def test_coming_back_leads_nowhere_else(client: Any, ada: Person, network: Network, back_to: str) -> None:
    assert roads.connect(client, network, back_to=back_to).headers["Location"] == "/connections/"
    assert "evil" not in client.get("/connections/?back_to=" + back_to[:40]).text


def test_saying_no_there_connects_nothing(client: Any, ada: Person, network: Network) -> None:
    back = roads.allow(roads.set_out(client, network), decision="deny")
    assert "error=access_denied" in back
    answer = client.get(back, follow_redirects=True)
    assert "You did not allow it there" in answer.text and accounts() == []


@pytest.mark.parametrize("state", ["", "wrong", "state"])
def test_a_wrong_state_is_a_sentence(client: Any, ada: Person, network: Network, state: str) -> None:
    back = roads.allow(roads.set_out(client, network))
    answer = client.get(re.sub(r"state=[^&]*", f"state={state}", back))
    assert answer.status_code == 422 and "connect the account again" in answer.text and accounts() == []


def test_a_state_is_good_once(client: Any, ada: Person, network: Network) -> None:
    back = roads.allow(roads.set_out(client, network))
    assert client.get(back).status_code == 303
    again = client.get(back)
    assert again.status_code == 422 and "was used already" in again.text and len(accounts()) == 1


def test_a_state_is_good_in_its_own_session_only(
    client: Any, new_client: Any, ada: Person, network: Network
) -> None:
    back = roads.allow(roads.set_out(client, network))
    with db.unit_of_work():
        olga = make_sharer()
    for stranger in (new_client().sign_in(olga), new_client().sign_in(ada)):
        assert stranger.get(back).status_code == 422
    assert new_client().get(back).status_code == 303, "to the sign-in page"
    assert accounts() == [] and client.get(back).status_code == 303


def test_a_code_that_the_network_refuses_is_a_sentence_and_the_state_is_spent(
    client: Any, ada: Person, network: Network
) -> None:
    network.fault("token", "status", status=400)
    back = roads.allow(roads.set_out(client, network))
    assert client.get(back).status_code == 422
    assert client.get(back).status_code == 422 and accounts() == []


def test_every_server_has_its_own_way_back(client: Any, ada: Person, network: Network) -> None:
    mark = hashlib.sha256(network.url.encode()).hexdigest()[:16]
    assert f"%2Fconnections%2Fcallback%2Fmastodon%2F{mark}&" in roads.set_out(client, network)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (r"mastodon/[0-9a-f]{16}", "mastodon/0123456789abcdef"),
        (r"mastodon/[0-9a-f]{16}", "mastodon"),
        (r"$", "&iss=https%3A%2F%2Fevil.example"),
        (r"$", "&iss="),
    ],
)
@pytest.mark.parametrize("decision", ["authorise", "deny"])
def test_an_answer_of_another_server_is_refused_before_anything_is_traded(
    client: Any, ada: Person, network: Network, there: str, instead: str, decision: str
) -> None:
    back = roads.allow(roads.set_out(client, network), decision=decision)
    answer = client.get(re.sub(there, instead, back, count=1))
    assert answer.status_code == 422 and "from another server" in answer.text
    assert accounts() == [] and network.ledger("token") == []
    assert client.get(back).status_code == 422, "the state is spent"


def test_an_answer_meant_for_another_network_is_refused(
    client: Any, ada: Person, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(networks.CONNECTORS, "linkedin", networks.CONNECTORS["mastodon"])
    back = roads.allow(roads.set_out(client, network))
    answer = client.get(back.replace("/mastodon/", "/linkedin/"))
    assert answer.status_code == 422 and "from another server" in answer.text and accounts() == []


@pytest.mark.parametrize("end", ["", "/"])
def test_a_server_that_names_itself_is_believed(client: Any, ada: Person, network: Network, end: str) -> None:
    back = roads.allow(roads.set_out(client, network))
    assert client.get(f"{back}&iss={quote(network.url + end, safe='')}").status_code == 303
    assert len(accounts()) == 1


def test_connecting_is_limited_per_person(
    app: Any, client: Any, new_client: Any, ada: Person, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = replace(app.config["ADVOCACY"].limits, connect_per_person="2/hour")
    monkeypatch.setitem(app.config, "ADVOCACY", replace(app.config["ADVOCACY"], limits=strict))
    web.limiter.reset()
    sent = {"network": "mastodon", "server": network.url}
    typos = ["", "mastodon", "@", "nowhere.invalid", "mastodon..social"]
    for typed in typos:  # nobody was asked, so nobody is kept away
        assert client.post("/connections/", data=sent | {"server": typed}).status_code == 422
    assert [client.post("/connections/", data=sent).status_code for _ in range(3)] == [200, 200, 429]
    page = client.post("/connections/", data=sent).text
    assert "You set out to connect an account many times" in page and "each address" not in page
    with db.unit_of_work():
        olga = make_sharer()
    assert new_client().sign_in(olga).post("/connections/", data=sent).status_code == 200
    web.limiter.reset()


def test_a_network_that_is_unknown_at_the_callback(client: Any, ada: Person) -> None:
    assert client.get("/connections/callback/myspace?state=x&code=y").status_code == 404


def test_an_account_of_a_colleague_is_refused(
    client: Any, new_client: Any, ada: Person, network: Network
) -> None:
    roads.connect(client, network)
    with db.unit_of_work():
        olga = make_sharer()
    answer = roads.connect(new_client().sign_in(olga), network)
    assert answer.status_code == 409 and "colleague already" in answer.text
    assert [one.person_id for one in accounts()] == [ada.id] and accounts()[0].is_active
    jobs.revoke_next(networks.outbound(), most=9, lease=timedelta(minutes=1))
    (kept,) = [tokens_of(one.code) for one in accounts()]
    assert kept is not None
    asked = f"{network.url}/api/v1/accounts/verify_credentials"
    works = networks.outbound().request("GET", asked, headers={"Authorization": f"Bearer {kept.access}"})
    assert works.status == 200, "hers is in use still"
    (granted,) = given_back()
    assert granted.state == "done" and granted.sealed_tokens is None
    revoked = [call for call in network.ledger() if call["path"] == "/oauth/revoke"]
    assert [call["status"] for call in revoked] == [200]


def test_a_token_that_a_colleague_uses_is_not_given_back(client: Any, ada: Person, network: Network) -> None:
    roads.connect(client, network)
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        assert row.registration_id is not None
        there = Account(row.remote_id, row.account, "", "", row.server, {})
        same = connecting.unseal(row.code, row.sealed_tokens or "")
        renewing.return_granted(row.registration_id, there, same, at=clock.now())
    assert given_back() == []


def given_back() -> list[Revocation]:
    with db.unit_of_work(write=False):
        return list(db.session.scalars(sa.select(Revocation)))


def tokens_of(code: str) -> Sealed | None:
    with db.unit_of_work(write=False):
        return renewing.tokens_of(code)


def test_reconnecting_wakes_the_same_account(client: Any, ada: Person, network: Network) -> None:
    roads.connect(client, network)
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(state=ConnectionState.NEEDS_RECONNECTING))
    page = client.get("/connections/").text
    assert f'name="server" value="{network.url}"' in page and "Reconnect" in page
    roads.connect(client, network)
    assert len(accounts()) == 1 and accounts()[0].is_active


def test_disconnecting_names_and_cancels_what_is_scheduled(client: Any, ada: Person) -> None:
    at = clock.now()
    with db.unit_of_work():
        person = db.session.get_one(Person, ada.id)
        one, _two = make_connection(person, at=at), make_connection(person, at=at)
        make_share(person, kit=make_kit(publish_at=at - timedelta(days=1)), connection=one, at=at)
        code = one.code
    page = client.get("/connections/").text
    assert "One scheduled post is cancelled" in page and "Disconnect everything" in page
    answer = client.post(f"/connections/{code}/disconnection", follow_redirects=True)
    assert "one scheduled post was cancelled" in answer.text
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Delivery)).one().state is DeliveryState.CANCELLED
    assert client.post("/connections/disconnection").status_code == 303
    assert all(not one.is_active for one in accounts())
    assert client.post("/connections/unknown/disconnection").status_code == 404


def test_days_left_are_shown(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        row = make_connection(db.session.get_one(Person, ada.id), at=clock.now())
        row.expires_at = clock.now() + timedelta(days=2, hours=1)
    assert "2 days left" in client.get("/connections/").text


# -- what a network's servers read of us


@pytest.fixture
def published(built_app: Any) -> Iterator[str]:
    """Our application at a public address, with a key that signs; what it signs with."""
    pem, before = new_pem(), built_app.config["BASE_URL"]
    networks.configure(clients={"bluesky": networks.Client(secret=pem)}, base_url="https://advocacy.example")
    built_app.config["BASE_URL"] = "https://advocacy.example"
    yield pem
    built_app.config["BASE_URL"] = before
    networks.configure()


def test_servers_read_who_we_are(client: Any, published: str) -> None:
    answer = client.get("/connections/bluesky/client.json")
    said = answer.get_json()
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    assert said["client_id"] == "https://advocacy.example/connections/bluesky/client.json"
    assert said["redirect_uris"] == ["https://advocacy.example/connections/callback/bluesky"]
    assert said["jwks_uri"] == "https://advocacy.example/connections/bluesky/keys.json"
    assert client.get(said["jwks_uri"].removeprefix("https://advocacy.example")).status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=600" and "Set-Cookie" not in answer.headers


def test_servers_read_our_public_keys(client: Any, published: str) -> None:
    answer = client.get("/connections/bluesky/keys.json")
    (key,) = answer.get_json()["keys"]
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert set(key) == {"kty", "crv", "x", "y", "use", "alg", "kid"}, "the private half stays here"


@pytest.mark.parametrize("file", ["client.json", "keys.json"])
@pytest.mark.parametrize("network", ["mastodon", "nowhere", "bluesky"])
def test_there_is_nothing_to_read_where_no_server_asks(client: Any, network: str, file: str) -> None:
    assert client.get(f"/connections/{network}/{file}").status_code == 404


def test_an_answer_that_should_name_its_issuer_and_does_not(
    client: Any, ada: Person, network: Network
) -> None:
    """A network that always names it (RFC 9207): otherwise another server could pass off its answer as this one's."""
    back = roads.allow(roads.set_out(client, network))
    connector = type(networks.network("mastodon"))
    before, connector.can = connector.can, replace(connector.can, names_issuer=True)
    try:
        answer = client.get(back)
    finally:
        connector.can = before
    assert answer.status_code == 422 and "another server" in answer.text and accounts() == []


def test_the_page_that_leads_on_names_whom_it_leads_to(client: Any, ada: Person, network: Network) -> None:
    page = client.post("/connections/", data={"network": "mastodon", "server": network.url}).text
    assert "On to your Mastodon server" in page and "Your own Mastodon server now asks" in page
