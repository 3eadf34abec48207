"""How people are spoken to on each network."""

from __future__ import annotations

import pytest

from advocacy.sharing.networks.mentions import Form, mentions, reaches, unheard

TEXT = "@carl, @carl@social.example and @carl.bsky.social wrote to me@mail.example."


@pytest.mark.parametrize(
    ("form", "stranger"),
    [
        (Form.FEDIVERSE, ["@carl", "@carl.bsky.social"]),
        (Form.HANDLE, ["@carl", "@carl@social.example"]),
        (Form.NAME, ["@carl@social.example", "@carl.bsky.social"]),
        (Form.NONE, ["@carl", "@carl@social.example", "@carl.bsky.social"]),
    ],
)
def test_mentions_in_another_networks_form_reach_nobody(form: Form, stranger: list[str]) -> None:
    assert unheard(TEXT + " @carl again", form) == stranger


def test_mentions_are_found_without_the_full_stop_and_mail_addresses_are_none() -> None:
    assert [one for _place, one in mentions("Ask @carl. Or me@mail.example")] == ["@carl"]
    assert not reaches("@" + "a" * 16, Form.NAME)
