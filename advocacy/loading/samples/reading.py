"""Reading what is asked, in the past."""

from __future__ import annotations

from datetime import datetime, timedelta

from advocacy.accounts.models import Person
from advocacy.guidelines import actions as guidelines
from advocacy.guidelines import queries
from advocacy.guidelines.models import Guideline


def read(person: Person, *, at: datetime) -> None:
    """Read and accept what is asked of the person, one text after another."""
    for number, reading in enumerate(queries.to_read(person, at)):
        accept(reading.guideline, person, at=at + timedelta(minutes=8 * number))


def accept(guideline: Guideline, person: Person, *, at: datetime) -> None:
    """Accept the version in force, in the person's language where there is one."""
    version = guideline.current
    if version is not None:
        language = queries.text_of(version, person.language).language
        guidelines.acknowledge(guideline, number=version.number, language=language, by=person, at=at)
