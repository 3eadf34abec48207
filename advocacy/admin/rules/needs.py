"""What each network still needs from whoever runs this place, before colleagues can connect accounts there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from advocacy.errors import N_, Reason

# The settings that name our application at a network where its owner has to register one.
ID_AND_SECRET = {
    "linkedin": ("linkedin.client_id", "linkedin.client_secret"),
    "x": ("x.client_id", "x.client_secret"),
}
HOW = {
    "linkedin": N_(
        "Register an application at LinkedIn (with the products Sign In with LinkedIn using OpenID Connect and Share "
        "on LinkedIn), and name it in these settings."
    ),
    "x": N_("Register an application at X (a confidential client), and name it in these settings."),
}


class Standing(StrEnum):
    """Whether accounts can be connected on a network."""

    READY = "ready"
    LACKING = "lacking"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Known:
    """What is known of a network here; the last day of its interface's version also as it is said."""

    slug: str
    name: str
    can_connect: bool
    is_ready: bool
    has_id: bool = False
    has_secret: bool = False
    is_published: bool = False
    version: str = ""
    version_ends: date | None = None
    ends_said: str = ""


@dataclass(frozen=True)
class Setting:
    """A setting by its name, and whether it has a value."""

    key: str
    is_set: bool
    is_needed: bool = True

    @property
    def variable(self) -> str:
        """The same setting in the environment."""
        return "ADVOCACY_" + self.key.upper().replace(".", "__")


@dataclass(frozen=True)
class Need:
    """What one network needs: its settings, and what else to know.

    `registers` says that our way back is to be registered there, `publishes` that its servers read us at our address.
    """

    standing: Standing
    settings: tuple[Setting, ...] = ()
    registers: bool = False
    publishes: bool = False
    words: tuple[Reason, ...] = ()

    @property
    def missing(self) -> list[str]:
        """The settings that it cannot do without and that have no value."""
        return [one.key for one in self.settings if one.is_needed and not one.is_set]

    @property
    def is_half_set(self) -> bool:
        """Whether somebody began to set it up, so that what is missing is a slip rather than a choice."""
        return 0 < len(self.missing) < sum(one.is_needed for one in self.settings)


def need(known: Known) -> Need:
    """What this network needs, and what it needs to know."""
    if not known.can_connect:
        return Need(
            Standing.BY_HAND,
            words=((N_("Nothing: colleagues share there by hand, in its own dialog."), {}),),
        )
    standing = Standing.READY if known.is_ready else Standing.LACKING
    if known.slug == "mastodon":
        words = N_(
            "Nothing. We introduce ourselves to a server when the first colleague connects an account there."
        )
        return Need(standing, words=((words, {}),))
    if known.slug == "bluesky":
        return _bluesky(known, standing)
    keys = ID_AND_SECRET.get(known.slug, ())
    settings = tuple(map(Setting, keys, (known.has_id, known.has_secret)))
    told: list[Reason] = []
    if not all(one.is_set for one in settings):
        told.append((HOW[known.slug], {}))
    elif not known.is_ready:
        told.append(
            (N_("The file of facts (networks.facts) lacks an address or a version that it needs."), {})
        )
    return Need(standing, settings, registers=bool(keys), words=(*told, *_version(known)))


def _bluesky(known: Known, standing: Standing) -> Need:
    told: list[Reason] = []
    if known.is_published and known.is_ready:
        told.append((N_("Nothing more: its servers read who we are at our own address."), {}))
    elif known.is_ready:
        told.append(
            (
                N_(
                    "Nothing on this computer. Elsewhere it needs an https address (web.base_url) without a port."
                ),
                {},
            )
        )
    elif known.is_published:
        told.append(
            (N_("What stands in bluesky.client_key is not a key of the kind it takes: make it anew."), {})
        )
    else:
        told.append(
            (
                N_(
                    "Its servers read who we are at our own address: web.base_url has to begin with https and have no "
                    "port."
                ),
                {},
            )
        )
    if not known.has_secret:
        words = N_(
            "A key is worth its trouble (advocacy key new --for bluesky): without one, colleagues are asked anew every "
            "two weeks."
        )
        told.append((words, {}))
    key = Setting("bluesky.client_key", known.has_secret, is_needed=False)
    return Need(standing, (key,), publishes=True, words=tuple(told))


def _version(known: Known) -> list[Reason]:
    """Of the version of its interface that we use."""
    if not known.version or known.version_ends is None:
        return []
    words = N_(
        "We use version %(version)s of its interface, which it takes until %(day)s. You are told 60 days before."
    )
    return [(words, {"version": known.version, "day": known.ends_said})]


def half_set(needs: Mapping[str, Need]) -> list[Reason]:
    """Of each network (by name) that was set up in part, what is missing."""
    return [
        (
            N_("%(network)s is half set up: %(keys)s is missing."),
            {"network": name, "keys": ", ".join(found.missing)},
        )
        for name, found in needs.items()
        if found.is_half_set
    ]
