"""The law of the administrator's desk: colours that can be read, the setup checklist, the trail in words."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from advocacy.errors import N_, Reason

READABLE = 4.5
_COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def tidy_colour(text: str) -> str:
    """A colour as #rrggbb; empty for what is none."""
    found = _COLOUR.fullmatch(text.strip())
    if found is None:
        return ""
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast_on_white(colour: str) -> float:
    """The contrast of a colour (#rrggbb) on white, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    return 1.05 / (_luminance(colour) + 0.05)


def readable(text: str) -> str:
    """The colour itself if words in it can be read on white, else the nearest darker one; empty for what is none."""
    colour = tidy_colour(text)
    if not colour or contrast_on_white(colour) >= READABLE:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    darker = (
        _hex(colorsys.hls_to_rgb(hue, lightness * step / 200, saturation)) for step in range(199, -1, -1)
    )
    return next(each for each in darker if contrast_on_white(each) >= READABLE)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in channels)


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
    networks: Reason = (
        N_("%(networks)s networks are on. By hand always works."),
        {"networks": facts.networks_on},
    )
    if not facts.networks_on:
        networks = (N_("Every network is switched off everywhere, so that nothing can be shared."), {})
    some = facts.entities > 0
    if not some:
        wording = contact = (N_("No company is known here yet. Companies come with the staff file."), {})
    return [
        Step("disclosures", "id-badge-2", N_("Posts state the employment"),
             some and not facts.without_wording, wording),
        Step("help", "lifebuoy", N_("Someone helps on a bad day"), some and not facts.without_help, contact),
        Step("networks", "plug", N_("Networks are chosen"), facts.networks_on > 0, networks),
    ]  # fmt: skip


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


# What champions do for themselves: kept for their own copy, shown at no desk, since it would list who takes part.
OWN_ACTS = ("share.", "delivery.", "connection.", "letter.", "help.ask", "person.copy")

VERBS = {
    "audit.export": N_("exported the audit trail"),
    "board.enable": N_("turned boards with people on them on"),
    "board.end": N_("turned boards with people on them off"),
    "course.begin": N_("began a course"),
    "course.bring-back": N_("brought a course back"),
    "course.draft": N_("began a new version of a course"),
    "course.drop-draft": N_("dropped the new version of a course"),
    "course.edit": N_("edited a course"),
    "course.load": N_("loaded a course"),
    "course.publish": N_("published a course"),
    "course.retire": N_("retired a course"),
    "course.settings": N_("changed whom a course is for"),
    "entity.disclosures": N_("changed the wordings of a company"),
    "entity.edit": N_("changed a company"),
    "entity.help_contact": N_("changed whom people reach for help"),
    "guideline.begin": N_("began a guideline"),
    "guideline.bring-back": N_("brought a guideline back"),
    "guideline.draft": N_("began a new version of a guideline"),
    "guideline.drop-draft": N_("dropped the new version of a guideline"),
    "guideline.edit": N_("edited a guideline"),
    "guideline.load": N_("loaded a guideline"),
    "guideline.publish": N_("published a guideline"),
    "guideline.readers": N_("changed whom a guideline is for"),
    "guideline.retire": N_("retired a guideline"),
    "hold.ask": N_("asked owners of published posts to change them"),
    "hold.lift": N_("let publishing go on"),
    "hold.look": N_("looked at what was published in a pause's scope, by name"),
    "hold.place": N_("paused publishing"),
    "help.close": N_("closed a request for help"),
    "kit.approve": N_("approved a kit"),
    "kit.create": N_("began a kit"),
    "kit.edit": N_("edited a kit"),
    "kit.publish": N_("published a kit"),
    "kit.recall": N_("recalled a kit"),
    "kit.review": N_("sent a kit to review"),
    "kit.send_back": N_("sent a kit back"),
    "mail.arrived": N_("said that a test letter arrived"),
    "mail.test": N_("sent a test letter"),
    "network.off": N_("switched a network off"),
    "network.on": N_("switched a network on"),
    "organisation.load": N_("loaded the organisation from its folder"),
    "people.load": N_("loaded people"),
    "person.add": N_("added a person"),
    "person.disable": N_("disabled an account"),
    "person.edit": N_("changed a person"),
    "person.erase": N_("was erased at the person's own wish"),
    "person.enable": N_("let a person in again"),
    "person.invite": N_("invited a person"),
    "person.password": N_("chose a password"),
    "person.update": N_("changed a person"),
    "reading.export": N_("exported the compliance overview"),
    "reading.look": N_("looked at the compliance overview by name"),
    "report.close": N_("closed a report"),
    "role.grant": N_("granted a role"),
    "role.revoke": N_("took a role away"),
    "session.end": N_("signed a person out"),
    "setup.step": N_("ticked a step of the setup"),
}


def verb_words(verb: str) -> str:
    """What a verb of the trail means, as a text to translate; an unknown one as it stands."""
    return VERBS.get(verb, re.sub(r"[._-]", " ", verb))


def told(details: object) -> str:
    """What stands beside a line of the trail, on one line."""
    if isinstance(details, dict):
        parts = ((str(name).replace("_", " "), told(value)) for name, value in details.items())
        return "; ".join(f"{name}: {value}" for name, value in parts if value)
    if isinstance(details, list | tuple):
        return ", ".join(filter(None, map(told, details)))
    return "" if details is None else str(details)


def is_own_act(verb: str) -> bool:
    """Whether a verb is what champions do for themselves."""
    return verb.startswith(OWN_ACTS)
