"""The setup checklist: its steps, and which of them are done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from advocacy.admin.rules.needs import Need, Standing, half_set
from advocacy.errors import N_, Reason
from advocacy.permissions import Role


@dataclass(frozen=True)
class Facts:
    """What the checklist is made of; lists name entities."""

    is_group: bool
    sends_mail: bool
    mail_arrived_at: datetime | None
    address_is_safe: bool
    people: int
    entities: int
    without_wording: Sequence[str]
    without_help: Sequence[str]
    networks_on: int
    guidelines: int
    has_course: bool
    backup_at: datetime | None
    stays_here: bool = False
    versions_ending: Sequence[Reason] = ()
    needs: Mapping[str, Need] = field(default_factory=dict)
    """What each network needs, by its name."""


@dataclass(frozen=True)
class Step:
    """One step of setting this place up."""

    key: str
    icon: str
    title: str
    done: bool
    note: Reason
    group_only: bool = False
    reasons: list[Reason] = field(default_factory=list)


def steps(facts: Facts) -> list[Step]:
    """The checklist, in the order in which it is best done; who administers some entities sees what is hers."""
    every = [*_foundations(facts), *_entities(facts), *_contents(facts)]
    return [step for step in every if facts.is_group or not step.group_only]


def next_step(checklist: Sequence[Step]) -> Step | None:
    """The first step that is not done."""
    return next((step for step in checklist if not step.done), None)


def only_administers(roles: Collection[str], *, joined: bool) -> bool:
    """Whether all that someone does here is to administer."""
    return set(roles) == {Role.ADMIN} and not joined


def _foundations(facts: Facts) -> list[Step]:
    mail: Reason = (N_("A test letter arrived."), {})
    if facts.mail_arrived_at is None:
        mail = (N_("Send yourself a letter, and say when it has arrived."), {})
    if not facts.sends_mail:
        mail = (N_("Letters are written to a folder and not sent. Name a mail server in the settings."), {})
    address: Reason = (N_("Its address begins with https, so that nobody listens in."), {})
    if facts.stays_here:
        address = (N_("The demo answers on this computer only. A real one needs an https address."), {})
    if not facts.address_is_safe:
        address = (
            N_("Put a proxy with a certificate before it, and set web.base_url to the https address."),
            {},
        )
    people: Reason = (N_("%(people)s people are known here."), {"people": facts.people})
    if facts.people < 2:
        people = (N_("Only you are known here. Load the staff file, or invite people one by one."), {})
    arrived = facts.sends_mail and facts.mail_arrived_at is not None
    return [
        Step("mail", "mail", N_("Mail goes out"), arrived, mail, group_only=True),
        Step(
            "address", "lock", N_("The connection is safe"), facts.address_is_safe, address, group_only=True
        ),
        Step("people", "users", N_("People are loaded"), facts.people >= 2, people),
    ]


def _entities(facts: Facts) -> list[Step]:
    wording: Reason = (N_("Every company says in its own words where its people work."), {})
    if facts.without_wording:
        wording = (
            N_("A wording made of the name is used until you write one: %(names)s."),
            {"names": named(facts.without_wording)},
        )
    contact: Reason = (N_("Every company names whom its people reach on a bad day."), {})
    if facts.without_help:
        contact = (N_("Nobody is named yet for a bad day: %(names)s."), {"names": named(facts.without_help)})
    versions = [
        Step("versions", "clock", N_("A network's version ends"), False, reason, group_only=True)
        for reason in facts.versions_ending
    ]
    some = facts.entities > 0
    if not some:
        wording = contact = (N_("No company is known here yet. Companies come with the staff file."), {})
    return [
        Step("disclosures", "id-badge-2", N_("Posts state the employment"),
             some and not facts.without_wording, wording),
        Step("help", "lifebuoy", N_("Someone helps on a bad day"), some and not facts.without_help, contact),
        _networks(facts),
        *versions,
    ]  # fmt: skip


def _networks(facts: Facts) -> Step:
    """Which networks accounts can be connected on; one that was set up in part is not done."""
    standing = {each: named(_names(facts, each)) for each in (Standing.READY, Standing.LACKING)}
    note: Reason = (
        N_("%(networks)s networks are on. By hand always works."),
        {"networks": facts.networks_on},
    )
    if standing[Standing.READY]:
        note = (
            N_("%(networks)s networks are on. Accounts can be connected on %(ready)s; by hand always works."),
            {"networks": facts.networks_on, "ready": standing[Standing.READY]},
        )
    if standing[Standing.READY] and standing[Standing.LACKING]:
        note = (
            N_(
                "%(networks)s networks are on. Accounts can be connected on %(ready)s; for that, %(lacking)s still "
                "need settings. By hand always works."
            ),
            {"lacking": standing[Standing.LACKING], **note[1]},
        )
    if not facts.networks_on:
        note = (N_("Every network is switched off everywhere, so that nothing can be shared."), {})
    halves = half_set(facts.needs)
    done = facts.networks_on > 0 and not halves
    return Step("networks", "plug", N_("Networks are chosen"), done, halves[0] if halves else note)


def _names(facts: Facts, standing: Standing) -> list[str]:
    return [name for name, found in facts.needs.items() if found.standing is standing]


def _contents(facts: Facts) -> list[Step]:
    guidelines: Reason = (N_("%(guidelines)s are published."), {"guidelines": facts.guidelines})
    if not facts.guidelines:
        guidelines = (N_("Nobody can share before there is a guideline to accept. HR publishes one."), {})
    course: Reason = (N_("Whoever passes it may share."), {})
    if not facts.has_course:
        course = (N_("Without a course, whoever has joined and accepted the guidelines may share."), {})
    backup: Reason = (N_("You said that copies of the data folder and of its key are kept elsewhere."), {})
    if facts.backup_at is None:
        backup = (
            N_(
                "Copy the database, the files and the key file every day. Without the key, accounts must reconnect."
            ),
            {},
        )
    return [
        Step(
            "guidelines",
            "book",
            N_("Guidelines are published"),
            facts.guidelines > 0,
            guidelines,
            group_only=True,
        ),
        Step("course", "school", N_("A course unlocks sharing"), facts.has_course, course, group_only=True),
        Step(
            "backup",
            "device-floppy",
            N_("There is a backup"),
            facts.backup_at is not None,
            backup,
            group_only=True,
        ),
    ]


def named(names: Sequence[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} +{len(names) - most}"
