"""The pages about what posts cost: budgets, the ledger, the composer's estimate, the road by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Entity, Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.content.models import Kit
from advocacy.permissions import Role
from advocacy.sharing import networks, queries, spending
from advocacy.sharing.models import Connection, Delivery, DeliveryState
from advocacy.sharing.money import Cost, Entry, Use, month_of
from advocacy.sharing.networks.interface import Client
from tests.makers.accounts import make_entity, make_person
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_delivery, make_sharer
from tests.sharing.roads import fields

COMPOSE = "/kits/open-day/shares/new"


@pytest.fixture(autouse=True)
def _world(app: Any) -> Iterator[None]:
    """Ada's account on X, a story without a link, and an administrator."""
    networks.configure(clients={"x": Client("client-1", "secret-1")})
    queries.go_by(20_000_000)
    at = clock.now()
    with db.unit_of_work():
        connection = make_connection(make_sharer(), at=at)
        connection.network, connection.limits = "x", {}
        make_kit("open-day", title="Open day", link_url="", publish_at=at - timedelta(days=1))
        make_person("Root", roles=[Role.ADMIN])
    yield
    networks.configure()
    queries.go_by(None)


def someone(name: str) -> Person:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Person).where(Person.name == name)).one()


@pytest.fixture
def root(client: Any) -> Any:
    client.sign_in(someone("Root"))
    return client


@pytest.fixture
def ada(client: Any) -> Any:
    client.sign_in(someone("Ada Lindqvist"))
    return client


def nordlys() -> Entity:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Entity).where(Entity.name == "Nordlys")).one()


def spend(state: Entry | None = Entry.SPENT) -> None:
    """One post with a link was charged for."""
    with db.unit_of_work():
        connection = db.session.scalars(sa.select(Connection)).one()
        delivery = make_delivery(connection.person, connection=connection, kit=make_kit(), at=clock.now())
        spending.reserve(delivery, Cost(200_000, "USD", Use.POST_WITH_LINK), at=clock.now())
        if state:
            spending.settle(delivery, state, at=clock.now())


def test_budgets_are_shown_and_set(root: Any) -> None:
    spend(None)
    page = root.get("/admin/costs/budgets").text
    assert 'value="20"' in page and "and $0.20 set aside" in page and "$19.80" in page
    slug = nordlys().slug
    answer = root.post(f"/admin/entities/{slug}/budget/USD", data={f"{slug}-USD-amount": "12,50"})
    assert answer.status_code == 303 and 'value="12.50"' in root.get("/admin/costs/budgets").text
    entity_id = nordlys().id
    with db.unit_of_work(write=False):
        assert queries.limit_of(entity_id, "USD", month_of(clock.now())) == 12_500_000


def test_without_a_limit_nothing_is_filled_in(root: Any) -> None:
    queries.go_by(None)
    page = root.get("/admin/costs/budgets").text
    assert 'value=""' in page and "no limit" in page and "no limit" in root.get("/admin/costs").text


def test_what_is_no_amount_comes_back_with_its_reason(root: Any) -> None:
    slug = nordlys().slug
    answer = root.post(f"/admin/entities/{slug}/budget/USD", data={f"{slug}-USD-amount": "much"})
    assert answer.status_code == 422 and 'value="much"' in answer.text and "such as 50" in answer.text
    assert root.post(f"/admin/entities/{slug}/budget/EUR", data={}).status_code == 404
    assert root.post("/admin/entities/nowhere/budget/USD", data={}).status_code == 404


def test_before_any_company_the_page_says_so(root: Any) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Person).values(entity_id=None))
        for table in ("disclosures", "help_contacts", "entities"):
            db.session.execute(sa.text(f"DELETE FROM {table}"))
    assert "No company yet" in root.get("/admin/costs/budgets").text


def test_the_ledger_names_nobody(root: Any) -> None:
    spend()
    spend(Entry.RETURNED)
    page = root.get("/admin/costs").text
    assert (
        "A post with a link" in page and "not spent after all" in page and "People of no company" not in page
    )
    assert "Lindqvist" not in page.split("<main", 1)[1]
    assert "Nothing was charged in March 2026" in root.get("/admin/costs?month=2026-03").text
    assert "A post with a link" in root.get("/admin/costs?month=yesterday").text


@pytest.mark.parametrize("month", ["abc", "2026-99", "1999-01", "2026-1"])
def test_what_is_no_month_is_passed_over_and_makes_no_file(root: Any, month: str) -> None:
    spend()
    page = root.get(f"/admin/costs?month={month}").text
    assert f"month={month}, which means nothing here. It was passed over" in page
    assert "A post with a link" in page
    answer = root.get(f"/admin/costs.csv?month={month}")
    assert answer.status_code == 400 and answer.mimetype == "text/html"
    assert f"month={month}, which means nothing here, so no file was made." in answer.text
    assert "which means nothing here" not in root.get("/admin/costs").text


def test_people_of_no_company_have_a_line_once_they_cost(root: Any) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Person).values(entity_id=None))
    spend()
    assert "People of no company" in root.get("/admin/costs").text
    assert ",,x," in root.get("/admin/costs.csv").text


def test_the_ledger_as_a_file_holds_no_formula(root: Any) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Entity).values(name="=1+1"))
    spend()
    answer = root.get("/admin/costs.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[5] for row in rows[1:]] == ["spent", "set aside"] and len(rows[0]) == 8
    assert rows[1][2] == "'=1+1" and rows[1][6:] == ["0.200000", "USD"]
    with db.unit_of_work(write=False):
        line = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "ledger.export")).one()
        assert line.details == {"lines": 2}


def test_comms_of_one_company_see_its_ledger_and_set_nothing(client: Any) -> None:
    spend()
    with db.unit_of_work():
        other = make_entity(name="Other")
        carl = make_person("Carl", roles=[Role.COMMS])
        carl.grants[0].entity_id = other.id
    client.sign_in(carl)
    page = client.get("/admin/costs").text
    assert "Other" in page and "Nordlys" not in page.split("<main", 1)[1] and "Nothing was charged" in page
    assert client.get("/admin/costs/budgets").status_code == 403
    slug = nordlys().slug
    with db.unit_of_work():
        db.session.scalars(sa.select(Grant).where(Grant.person_id == carl.id)).one().role = Role.ADMIN
    client.sign_in(carl)
    assert client.post(f"/admin/entities/{slug}/budget/USD", data={}).status_code == 404


def test_the_composer_says_what_it_costs_before(ada: Any) -> None:
    page = ada.get(COMPOSE).text
    assert "about $0.015; $0.20 with a link" in page and "$20.00 left this month" in page
    with db.unit_of_work():
        db.session.execute(sa.update(Kit).values(link_url="https://example.com/open"))
    assert "about $0.20, since it carries a link ($0.015 without)" in ada.get(COMPOSE).text


def test_a_spent_budget_is_said_before_and_by_hand_is_offered(ada: Any) -> None:
    queries.go_by(1)
    page = ada.get(COMPOSE).text
    assert "has spent what it set aside for X this month" in page
    assert 'name="by_hand" value="x"' in page
    sent = fields(page) | {"words": ["We open the doors."], "when": ["now"]}
    sent.pop("by_hand", None)
    answer = ada.post("/kits/open-day/shares", data=sent)
    assert answer.status_code == 422 and "has spent what it set aside" in answer.text


def test_what_was_held_for_money_goes_by_hand(ada: Any) -> None:
    queries.go_by(0)
    at = clock.now()
    with db.unit_of_work():
        connection = db.session.scalars(sa.select(Connection)).one()
        delivery = make_delivery(
            connection.person, DeliveryState.HELD, connection=connection, kit=make_kit(publish_at=at), at=at
        )
        delivery.reason, delivery.reason_values = queries.no_money("x", 0)
        share, code = delivery.share.code, delivery.code
    page = ada.get(f"/shares/{share}").text
    assert "pays for no posts on X" in page and "Post it by hand" in page and "Send now" not in page
    assert ada.post(f"/shares/{share}/deliveries/{code}/dialog").status_code == 303
    page = ada.get(f"/shares/{share}").text
    assert "https://x.com/intent/post?" in page and "I have posted it" in page
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Delivery)).one().state is DeliveryState.OPENED
