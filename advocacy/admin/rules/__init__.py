"""The law of the administrator's desk: colours that can be read, the setup checklist, the trail in words."""

from __future__ import annotations

from advocacy.admin.rules.checklist import Facts, Step, named, next_step, only_administers, steps
from advocacy.admin.rules.colours import READABLE, contrast_on_white, readable, tidy_colour
from advocacy.admin.rules.trail import (
    DETAILS,
    FLAGS,
    GONE,
    OWN_ACTS,
    PARTS,
    VERBS,
    WORDS,
    Kind,
    is_own_act,
    verb_words,
)

__all__ = [
    "DETAILS",
    "FLAGS",
    "GONE",
    "OWN_ACTS",
    "PARTS",
    "READABLE",
    "VERBS",
    "WORDS",
    "Facts",
    "Kind",
    "Step",
    "contrast_on_white",
    "is_own_act",
    "named",
    "next_step",
    "only_administers",
    "readable",
    "steps",
    "tidy_colour",
    "verb_words",
]
