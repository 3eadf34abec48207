"""Reading what is asked, in the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from advocacy.accounts.models import Person
from advocacy.guidelines import actions, queries
from advocacy.guidelines.models import Guideline


def read(person: Person, guidelines: Sequence[Guideline], *, at: datetime) -> None:
    """Read and accept these guidelines, one after another, each in the person's language where it has that."""
    for number, guideline in enumerate(guidelines):
        version = guideline.current
        if version is not None:
            language = queries.text_of(version, person.language).language
            when = at + timedelta(minutes=8 * number)
            actions.acknowledge(guideline, number=version.number, language=language, by=person, at=when)
