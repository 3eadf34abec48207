"""How far an administrator's setup is, and whether her work here begins with it."""

from __future__ import annotations

from flask import current_app

from advocacy.accounts.models import Person
from advocacy.admin import queries, rules
from advocacy.sharing.networks import connected, dialogs
from advocacy.sharing.networks.facts import Previewed
from advocacy.sharing.networks.interface import Network


def every_network() -> list[Network | Previewed]:
    """Every network that can be shared on, those with connected accounts first."""
    first: list[Network | Previewed] = list(connected())
    known = {network.slug for network in first}
    return first + [network for network in dialogs() if network.slug not in known]


def checklist(person: Person) -> list[rules.Step]:
    """The steps that are hers, with what only the running process knows: how mail goes out, and from which address."""
    settings = current_app.config["ADVOCACY"]
    is_demo = settings.mode == "demo"
    facts = queries.facts(
        person,
        [network.slug for network in every_network()],
        sends_mail=settings.mail.way == "smtp" or is_demo,
        address_is_safe=settings.base_url.startswith("https:") or is_demo,
        stays_here=is_demo,
    )
    return rules.steps(facts)


def missing(person: Person) -> list[rules.Step]:
    """The steps of hers that are not done; none for whoever administers nothing."""
    return [step for step in checklist(person) if not step.done] if person.may("setup.see") else []


def begins_with_it(person: Person) -> bool:
    """Whether all that she does here is to administer, so that the checklist is her first page."""
    return rules.only_administers({grant.role for grant in person.grants}, joined=person.is_champion)
