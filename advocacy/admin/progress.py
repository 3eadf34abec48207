"""How far an administrator's setup is, and whether her work here begins with it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app

from advocacy import web
from advocacy.accounts.models import Person
from advocacy.admin import queries, rules
from advocacy.errors import Reason
from advocacy.sharing.networks import CONNECTORS, application, connected, dialogs, facts_of, versions
from advocacy.sharing.networks.facts import Previewed
from advocacy.sharing.networks.interface import Network


def every_network() -> list[Network | Previewed]:
    """Every network that can be shared on, those with connected accounts first."""
    first: list[Network | Previewed] = list(connected())
    known = {network.slug for network in first}
    return first + [network for network in dialogs() if network.slug not in known]


def network_needs() -> dict[str, rules.Need]:
    """What each network that can be shared on needs, by slug."""
    ready = {network.slug for network in connected()}
    return {network.slug: rules.need(_known(network, network.slug in ready)) for network in every_network()}


def _known(network: Network | Previewed, is_ready: bool) -> rules.Known:
    ours, facts = application(network.slug), facts_of(network.slug)
    assert facts is not None, "it was made from its facts"
    place = urlsplit(ours.website)
    return rules.Known(
        slug=network.slug,
        name=network.name,
        can_connect=network.slug in CONNECTORS,
        is_ready=is_ready,
        has_id=bool(ours.id),
        has_secret=bool(ours.secret.strip()),
        is_published=place.scheme == "https" and place.netloc == place.hostname,
        version=facts.version,
        version_ends=facts.version_ends,
        ends_said=web.day(facts.version_ends) if facts.version_ends else "",
    )


def ending(at: datetime) -> list[Reason]:
    """The versions of networks' interfaces that end soon or have ended, and what to do."""
    known = [rules.Version(name, number, ends, web.day(ends)) for name, number, ends in versions()]
    return rules.ending(known, today=at.date())


def checklist(person: Person, *, at: datetime) -> list[rules.Step]:
    """The steps that are hers, with what only the running process knows: how mail goes out, and from which address."""
    settings = current_app.config["ADVOCACY"]
    is_demo, found = settings.mode == "demo", network_needs()
    facts = queries.facts(
        person,
        [network.slug for network in every_network()],
        sends_mail=settings.mail.way == "smtp" or is_demo,
        address_is_safe=settings.base_url.startswith("https:") or is_demo,
        stays_here=is_demo,
        versions_ending=ending(at),
        needs={network.name: found[network.slug] for network in every_network()},
    )
    return rules.steps(facts)


def missing(person: Person, *, at: datetime) -> list[rules.Step]:
    """The steps of hers that are not done; none for whoever administers nothing."""
    return [step for step in checklist(person, at=at) if not step.done] if person.may("setup.see") else []


def begins_with_it(person: Person) -> bool:
    """Whether all that she does here is to administer, so that the checklist is her first page."""
    return rules.only_administers({grant.role for grant in person.grants}, joined=person.is_champion)
