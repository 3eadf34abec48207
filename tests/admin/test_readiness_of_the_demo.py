"""A demo is ready when its people are there."""

from __future__ import annotations

import dataclasses

import pytest

from advocacy import db
from tests.makers.accounts import make_person


@pytest.mark.parametrize(("mode", "ready"), [("demo", 503), ("production", 200)])
def test_readiness_waits_for_the_samples_in_the_demo_alone(
    app, client, monkeypatch, mode: str, ready: int
) -> None:
    monkeypatch.setattr("advocacy.admin.views._state", lambda: ("answers", "current"))
    monkeypatch.setitem(app.config, "ADVOCACY", dataclasses.replace(app.config["ADVOCACY"], mode=mode))
    assert client.get("/readyz", base_url="http://127.0.0.1:8000").status_code == ready
    with db.unit_of_work():
        make_person()
    assert client.get("/readyz", base_url="http://127.0.0.1:8000").status_code == 200
