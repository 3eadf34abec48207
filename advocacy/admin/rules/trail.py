"""The audit trail in words: what each verb means, and how each detail beside it is said."""

from __future__ import annotations

import re
from enum import StrEnum

from advocacy.errors import N_
from advocacy.permissions import ROLE_NAMES

# What champions do for themselves: kept for their own copy, shown at no desk, since it would list who takes part.
OWN_ACTS = ("share.", "delivery.", "connection.", "letter.", "help.ask", "person.copy")

VERBS = {
    "audit.export": N_("exported the audit trail"),
    "board.enable": N_("turned boards with people on them on"),
    "board.end": N_("turned boards with people on them off"),
    "budget.set": N_("set what a company may spend on posts in a month"),
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
    "help.close": N_("closed a request for help"),
    "hold.ask": N_("asked owners of published posts to change them"),
    "hold.lift": N_("let publishing go on"),
    "hold.look": N_("looked by name at what was published in a pause's scope"),
    "hold.place": N_("paused publishing"),
    "key.drop": N_("dropped the older keys that tokens were sealed by"),
    "key.rotate": N_("began to seal all tokens by the newest key"),
    "key.sealed": N_("sealed all tokens by the newest key"),
    "kit.approve": N_("approved a kit"),
    "kit.create": N_("began a kit"),
    "kit.discard": N_("threw a draft kit away"),
    "kit.edit": N_("edited a kit"),
    "kit.publish": N_("published a kit"),
    "kit.recall": N_("recalled a kit"),
    "kit.review": N_("sent a kit to review"),
    "kit.send_back": N_("sent a kit back"),
    "ledger.export": N_("exported what posts cost"),
    "mail.arrived": N_("said that a test letter arrived"),
    "mail.test": N_("sent a test letter"),
    "network.off": N_("switched a network off"),
    "network.on": N_("switched a network on"),
    "organisation.load": N_("loaded the organisation from its folder"),
    "people.load": N_("loaded people"),
    "person.add": N_("added a person"),
    "person.disable": N_("disabled an account"),
    "person.edit": N_("changed a person"),
    "person.erase": N_("erased a person, at their own wish"),
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


class Kind(StrEnum):
    """How the value of a detail is said."""

    TEXT = "text"
    NUMBER = "number"
    WORD = "word"  # one of WORDS
    FLAG = "flag"  # true or false, each a whole phrase
    THING = "thing"  # a slug, of which the title is said
    NETWORK = "network"
    PARTS = "parts"  # of a kit, such as title-en
    WORDINGS = "wordings"  # pairs of a language and a wording
    COUNTS = "counts"  # how many were made and how many changed


# What stands beside a line: each detail as a text to translate, and how its value is said.
DETAILS: dict[str, tuple[str, Kind]] = {
    "accent": (N_("colour: %(value)s"), Kind.TEXT),
    "agreement": (N_("agreement: %(value)s"), Kind.TEXT),
    "amount": (N_("amount: %(value)s"), Kind.TEXT),
    "asks_again": ("", Kind.FLAG),
    "audience": (N_("for: %(value)s"), Kind.WORD),
    "changed": (N_("changed: %(value)s"), Kind.WORD),
    "courses": (N_("courses: %(value)s"), Kind.COUNTS),
    "due_days": (N_("days to read it: %(value)s"), Kind.NUMBER),
    "entities": (N_("companies: %(value)s"), Kind.COUNTS),
    "entity": (N_("company: %(value)s"), Kind.THING),
    "guideline": (N_("guideline: %(value)s"), Kind.THING),
    "guidelines": (N_("guidelines: %(value)s"), Kind.COUNTS),
    "kind": (N_("when: %(value)s"), Kind.WORD),
    "kits": (N_("kits: %(value)s"), Kind.COUNTS),
    "lines": (N_("lines: %(value)s"), Kind.NUMBER),
    "name": (N_("name: %(value)s"), Kind.TEXT),
    "network": (N_("network: %(value)s"), Kind.NETWORK),
    "page": (N_("page %(value)s"), Kind.NUMBER),
    "parts": (N_("changed: %(value)s"), Kind.PARTS),
    "people": (N_("people: %(value)s"), Kind.COUNTS),
    "posts": (N_("posts: %(value)s"), Kind.NUMBER),
    "position": (N_("place in the list: %(value)s"), Kind.NUMBER),
    "readers": (N_("for: %(value)s"), Kind.WORD),
    "reason": (N_("reason: %(value)s"), Kind.TEXT),
    "role": (N_("role: %(value)s"), Kind.WORD),
    "rows": (N_("lines: %(value)s"), Kind.NUMBER),
    "state": (N_("state: %(value)s"), Kind.WORD),
    "team": (N_("team: %(value)s"), Kind.THING),
    "teams": (N_("teams: %(value)s"), Kind.COUNTS),
    "texts": (N_("sealed anew: %(value)s"), Kind.NUMBER),
    "title": (N_("title: %(value)s"), Kind.TEXT),
    "topics": (N_("topics: %(value)s"), Kind.COUNTS),
    "unlocks_sharing": ("", Kind.FLAG),
    "version": (N_("version %(value)s"), Kind.NUMBER),
    "wordings": (N_("wordings: %(value)s"), Kind.WORDINGS),
}

FLAGS = {
    ("asks_again", True): N_("everyone is asked to read it again"),
    ("asks_again", False): N_("earlier acceptances still count"),
    ("unlocks_sharing", True): N_("unlocks sharing"),
    ("unlocks_sharing", False): N_("does not unlock sharing"),
}

_READERS = {"everyone": N_("all staff"), "champions": N_("champions")}
WORDS: dict[str, dict[str, str]] = {
    "audience": _READERS,
    "readers": _READERS,
    "role": {role.value: name for role, name in ROLE_NAMES.items()},
    "state": {"accepted": N_("Read and accepted"), "due": N_("Due"), "overdue": N_("Overdue")},
    "kind": {
        "attacked": N_("I am being attacked"),
        "mistake": N_("I made a mistake"),
        "press": N_("The press asks me"),
        "taken_over": N_("My account was taken over"),
    },
    "changed": {
        "staff_id": N_("Staff number"),
        "email": N_("E-mail address"),
        "name": N_("Name"),
        "entity": N_("Company"),
        "team": N_("Team"),
        "country": N_("Country"),
        "language": N_("Language"),
        "time_zone": N_("Time zone"),
    },
}

# The parts of a kit; titles and stories also name their language, as in title-en.
PARTS = {
    "title": N_("Title (%(language)s)"),
    "story": N_("Story (%(language)s)"),
    "link_url": N_("Link"),
    "is_paid": N_("Paid for"),
    "own_posts": N_("The company's own posts"),
    "pictures": N_("Pictures"),
    "captions": N_("Suggested captions"),
    "topics": N_("Topics"),
    "audience": N_("Who it is for"),
    "entity": N_("Made by"),
    "publish_at": N_("Publish"),
    "expires_at": N_("End"),
}

# What a line about a thing is about, where its title is known no more.
GONE = {
    "person": N_("someone who is no longer known here"),
    "entity": N_("a company that is gone"),
    "team": N_("a team that is gone"),
    "kit": N_("a kit that is gone"),
    "guideline": N_("a guideline that is gone"),
    "course": N_("a course that is gone"),
}


def verb_words(verb: str) -> str:
    """What a verb of the trail means, as a text to translate; an unknown one as it stands."""
    return VERBS.get(verb, re.sub(r"[._-]", " ", verb))


def is_own_act(verb: str) -> bool:
    """Whether a verb is what champions do for themselves."""
    return verb.startswith(OWN_ACTS)


def is_known(verb: str) -> bool:
    """Whether the trail may have such a verb; people's own acts are known, and stand on no desk."""
    return verb in VERBS or is_own_act(verb)
