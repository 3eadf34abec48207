"""What an administrator does: dresses entities, chooses networks, tests mail, ticks what the machine cannot see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.admin import queries, rules
from advocacy.admin.models import SetupStep
from advocacy.audit import actions as audit
from advocacy.errors import N_, Missing, Refused
from advocacy.mail import actions as mail
from advocacy.mail.models import Letter
from advocacy.sharing import arranging

BY_HAND = frozenset({"backup"})


def dress(entity: Entity, *, name: str, accent: str, by: Person, at: datetime) -> bool:
    """Give an entity its name and colour; True when the colour was darkened so that words in it can be read.

    Raises Missing where she does not administer the entity, Refused for no name or no colour.
    """
    _check(entity, by)
    name, colour = " ".join(name.split()), rules.tidy_colour(accent)
    if not name:
        raise Refused(N_("Give the company its name."), field="name")
    if accent.strip() and not colour:
        raise Refused(N_("Write the colour as # and six digits, such as #0e6271."), field="accent")
    before = (entity.name, entity.accent)
    entity.name, entity.accent = name, rules.readable(colour)
    if (entity.name, entity.accent) != before:
        details = {"name": entity.name, "accent": entity.accent}
        audit.record("entity.edit", by=by, at=at, about=f"entity:{entity.slug}", details=details)
    return entity.accent != colour


def _check(entity: Entity, by: Person) -> None:
    if not by.may("entity.edit", entity_id=entity.id):
        raise Missing


def choose_networks(
    wanted: set[tuple[str, str]], networks: Iterable[str], *, by: Person, at: datetime
) -> int:
    """Switch networks on where `wanted` has (entity's slug, network), off elsewhere; returns how many changed.

    Touches the entities that she administers and no other.
    """
    off, changed, slugs = queries.networks_off(), 0, list(networks)
    for entity in queries.entities_of(by, "network.edit"):
        for network in slugs:
            on = (entity.slug, network) in wanted
            if on == ((entity.id, network) in off):
                arranging.switch_network(entity, network, on, by=by, at=at)
                changed += 1
    return changed


def send_test(*, by: Person, at: datetime) -> Letter:
    """Write a test letter to oneself; raises Refused without an address."""
    letter = mail.write(by, kind="test", at=at)
    if letter is None:
        raise Refused(N_("You have no e-mail address here to write to."))
    audit.record("mail.test", by=by, at=at, about="setup:mail")
    return letter


def confirm_mail(*, by: Person, at: datetime) -> None:
    """Note that a test letter arrived; raises Refused when none was sent."""
    letter = queries.last_test()
    if letter is None or letter.sent_at is None:
        raise Refused(N_("No test letter has gone out yet. Send one first."))
    _tick("mail", by, at)
    audit.record("mail.arrived", by=by, at=at, about="setup:mail")


def tick(step: str, *, by: Person, at: datetime) -> None:
    """Note that a step was done that the machine cannot see; raises Missing for any other."""
    if step not in BY_HAND:
        raise Missing
    _tick(step, by, at)
    audit.record("setup.step", by=by, at=at, about=f"setup:{step}")


def _tick(step: str, by: Person, at: datetime) -> None:
    row = queries.setup_step(step) or SetupStep(step=step)
    row.done_at, row.done_by = at, by.id
    db.session.add(row)
    db.session.flush()


def note_export(rows: int, *, by: Person, at: datetime) -> None:
    """Note in the trail that it was exported, and how many lines."""
    audit.record("audit.export", by=by, at=at, about="setup:audit", details={"lines": rows})
