"""Signing in and out, by password and by link."""

from __future__ import annotations

from advocacy import db
from advocacy.accounts import passwords
from tests.makers.accounts import make_person

PASSWORD = "correct horse battery"


def kept(**values):
    with db.unit_of_work():
        return make_person("Ada Nyström", email="ada@demo.example", password_hash=passwords.hash(PASSWORD), **values)


def test_sign_in_with_the_right_password(client):
    kept()
    assert client.get("/me").headers["Location"] == "/sign-in?next=/me"
    answer = client.post("/sign-in", data={"email": " Ada@demo.example", "password": PASSWORD, "next": "/me"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert "Ada Nyström" in client.get("/me").text
