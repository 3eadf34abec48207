"""The localhost client, as the profile describes it."""

from __future__ import annotations

import pytest

from advocacy.practice.bluesky.clients import localhost_client
from advocacy.practice.bluesky.rules import Refusal

RETURN = "redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fback"


def test_the_address_is_the_metadata() -> None:
    client = localhost_client(f"http://localhost?{RETURN}&scope=atproto%20transition%3Ageneric")
    assert client.scopes == ("atproto", "transition:generic") and client.name == "App at 127.0.0.1:8000"
    assert client.may_return_to("http://127.0.0.1:8000/back")
    for wrong in ("http://127.0.0.1:8001/back", "http://127.0.0.1:8000/", "http://localhost:8000/back"):
        assert not client.may_return_to(wrong)


def test_what_is_not_said_has_defaults_and_an_address_without_a_port_is_good_at_any() -> None:
    for address in ("http://localhost", "http://localhost/", "http://localhost/?scope=atproto"):
        client = localhost_client(address)
        assert client.scopes == ("atproto",)
        assert client.may_return_to("http://127.0.0.1:81/") and client.may_return_to("http://[::1]:5000/")
        assert not client.may_return_to("http://127.0.0.1:81/path")
        assert not client.may_return_to("http://127.0.0.1:81/?a=1")


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example/client-metadata.json",
        "http://127.0.0.1:8000/client-metadata.json",
        "http://localhost:8000",
        "http://localhost:8000?scope=atproto",
        "http://localhost/path",
        "http://localhost.example",
        "http://localhost?scope=atproto#x",
        "http://localhost?scope=transition%3Ageneric",
        "http://localhost?scope=atproto&scope=atproto",
        "http://localhost?scope=atproto&client_name=Advocacy",
        "http://localhost?redirect_uri=http%3A%2F%2Flocalhost%2Fback",
        "http://localhost?redirect_uri=https%3A%2F%2F127.0.0.1%2Fback",
        "http://localhost?redirect_uri=http%3A%2F%2Fapp.example%2Fback",
        "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3Ax%2F",
        "junk",
    ],
)
def test_every_other_address_is_refused(address: str) -> None:
    with pytest.raises(Refusal) as refused:
        localhost_client(address)
    assert (refused.value.status, refused.value.error) == (400, "invalid_client_metadata")
