"""What an address asks for: known values, and what is passed over with a word."""

from __future__ import annotations

from typing import Any

import pytest

from advocacy import db
from advocacy.permissions import Role
from tests.makers.accounts import make_person

PASSED_OVER = "which means nothing here"


@pytest.mark.parametrize(
    "place",
    [
        "/leaderboards/?period=never",
        "/leaderboards/?board=odd",
        "/studio/?stage=odd",
        "/studio/?page=two",
        "/studio/figures/?page=two",
        "/people/?role=king",
        "/people/?entity=atlantis",
        "/kits/?topic=odd",
        "/admin/reports?state=odd",
        "/people/reading/?by=odd",
    ],
)
def test_what_means_nothing_is_passed_over_and_said_so(client: Any, place: str) -> None:
    with db.unit_of_work():
        someone = make_person("Someone", roles=list(Role))
    client.sign_in(someone)
    answer = client.get(place)
    name, _equals, value = place.partition("?")[2].partition("=")
    assert answer.status_code == 200 and f"{name}={value}, {PASSED_OVER}" in answer.text
    assert PASSED_OVER not in client.get(place.partition("?")[0]).text, "said once"


def test_a_long_value_is_cut_and_never_markup(client: Any) -> None:
    with db.unit_of_work():
        someone = make_person("Someone")
    page = client.sign_in(someone).get(f"/leaderboards/?period=<b>{'x' * 99}").text
    assert f"period=&lt;b&gt;{'x' * 37}…, {PASSED_OVER}" in page
