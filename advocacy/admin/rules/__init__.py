"""The law of the administrator's desk: readable colours, the checklist, what networks need, the trail in words."""

from __future__ import annotations

from advocacy.admin.rules.checklist import Facts, Step, named, next_step, only_administers, steps
from advocacy.admin.rules.colours import READABLE, contrast_on_white, readable, tidy_colour
from advocacy.admin.rules.needs import Known, Need, Setting, Standing, half_set, need
from advocacy.admin.rules.trail import (
    DETAILS,
    FLAGS,
    GONE,
    OWN_ACTS,
    PARTS,
    VERBS,
    WORDS,
    Kind,
    is_known,
    is_own_act,
    verb_words,
)
from advocacy.admin.rules.versions import Version, ending

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
    "Known",
    "Need",
    "Setting",
    "Standing",
    "Step",
    "Version",
    "contrast_on_white",
    "ending",
    "half_set",
    "is_known",
    "is_own_act",
    "named",
    "need",
    "next_step",
    "only_administers",
    "readable",
    "steps",
    "tidy_colour",
    "verb_words",
]
