"""What an administrator arranges."""

from __future__ import annotations

from datetime import datetime

import pytest

from advocacy.errors import Missing, Refused
from advocacy.sharing import arranging, helping, queries
from advocacy.sharing.models import HelpKind
from tests.makers.accounts import make_champion, make_entity
from tests.makers.sharing import make_nordlys, make_share, make_sharer

pytestmark = pytest.mark.usefixtures("unit")


def test_keep_disclosures_keeps_order_and_forgets_what_is_gone(at: datetime) -> None:
    entity = make_nordlys()
    ada = make_champion(entity=entity)
    assert queries.disclosures(ada, "en-GB") == ["#WorksAtNordlys", "I work at Nordlys"]
    assert queries.disclosures(ada, "fr") == ["#ChezNordlys"]
    assert queries.disclosures(ada, "de") == ["#WorksAtNordlys", "I work at Nordlys"]
    arranging.keep_disclosures(
        entity,
        [("fr", "#ChezNordlys"), ("fr", "Je travaille  chez Nordlys"), ("fr", "#ChezNordlys")],
        by=None,
        at=at,
    )
    assert queries.disclosures(ada, "de") == ["#ChezNordlys", "Je travaille chez Nordlys"]


def test_an_entity_without_wordings_gets_one_made_of_its_name() -> None:
    ada = make_champion(entity=make_entity(name="Nordlys Réseaux SA"))
    assert queries.disclosures(ada, "en") == ["#WorksAtNordlysRéseauxSA"]


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        (" ", "Write the wording"),
        ("x" * 121, "at most 120"),
        ("#AD", "does not say where"),
        ("Reklame", "does not say where"),
    ],
)
def test_keep_disclosures_refuses_what_says_nothing(at: datetime, wording: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        arranging.keep_disclosures(make_nordlys(), [("en", wording)], by=None, at=at)


def test_keep_help_contact_changes_and_takes_away(at: datetime) -> None:
    entity = make_nordlys()
    ada = make_champion(entity=entity)
    contact = queries.help_contact(ada, HelpKind.PRESS)
    assert contact is not None and contact.name == "Carl Brandt", "else whoever helps with something else"
    arranging.keep_help_contact(entity, HelpKind.PRESS, "Hana", "hana@demo.example", "", "", by=None, at=at)
    arranging.keep_help_contact(entity, HelpKind.PRESS, "Hana Novak", "", "+1 2", "", by=None, at=at)
    changed = queries.help_contact(ada, HelpKind.PRESS)
    assert changed is not None and (changed.name, changed.email) == ("Hana Novak", "")
    assert arranging.keep_help_contact(entity, HelpKind.PRESS, "", "", "", "", by=None, at=at) is None
    assert arranging.keep_help_contact(entity, HelpKind.PRESS, "", "", "", "", by=None, at=at) is None
    assert set(queries.help_contacts(ada)) == {HelpKind.MISTAKE}


def test_keep_help_contact_needs_a_name_and_a_way(at: datetime) -> None:
    with pytest.raises(Refused, match="Name the person"):
        arranging.keep_help_contact(make_nordlys(), HelpKind.PRESS, "", "a@b.example", "", "", by=None, at=at)
    with pytest.raises(Refused, match="e-mail address or a telephone"):
        arranging.keep_help_contact(make_nordlys(), HelpKind.PRESS, "Hana", "", "", "", by=None, at=at)


def test_switch_network_off_and_on(at: datetime) -> None:
    ada = make_sharer()
    assert ada.entity is not None
    arranging.switch_network(ada.entity, "mastodon", False, by=None, at=at)
    assert queries.networks_off(ada) == {"mastodon"}
    arranging.switch_network(ada.entity, "mastodon", True, by=None, at=at)
    assert queries.networks_off(ada) == set()
    assert queries.networks_off(make_champion()) == set()


def test_calls_for_help_are_seen_in_ones_own_entities(at: datetime) -> None:
    ada = make_sharer()
    assert ada.entity_id is not None
    call = helping.ask_for_help(make_share(ada), kind=HelpKind.PRESS, message="", by=ada, at=at)
    assert queries.help_request(None, call.code) is call
    assert queries.help_request({ada.entity_id}, call.code) is call
    with pytest.raises(Missing):
        queries.help_request({ada.entity_id + 1}, call.code)
