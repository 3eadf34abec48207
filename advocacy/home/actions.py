"""The weekly letter: written once a week to each who wants it, stopped by one click."""

from __future__ import annotations

import hmac
from datetime import datetime

from advocacy import vault
from advocacy.accounts.models import Person
from advocacy.audit.actions import record
from advocacy.content import queries as content
from advocacy.errors import N_, Missing
from advocacy.home import queries, rules
from advocacy.mail import actions as mail


def write_letter(person: Person, *, at: datetime) -> bool:
    """Write this week's letter if it is its hour and there is something new; returns whether."""
    week = rules.letter_week(person.time_zone, at=at)
    if week is None:
        return False
    chosen = [
        {"slug": kit.slug, "title": content.text_in(kit, person.language).title, "reason": list(reason)}
        for kit, reason in queries.stories_for_letter(person, at=at)
    ]
    if not chosen:
        return False
    path = f"/letter/{person.code}/{stop_mark(person.code)}"
    values = {"stories": chosen, "unsubscribe": path}
    return (
        mail.write(to=person, kind="weekly", values=values, at=at, key=f"weekly:{person.id}:{week}")
        is not None
    )


def stop_mark(code: str) -> str:
    """What proves that a link to stop the letter was ours (32 hexadecimal digits)."""
    return _stop_marks(code)[0]


def _stop_marks(code: str) -> list[str]:
    """The mark by each key: a letter outlives the day on which a new one came."""
    secrets = vault.derived("letter")
    return [hmac.new(one.encode(), code.encode(), "sha256").hexdigest()[:32] for one in secrets]


def whose_letter(code: str, mark: str) -> Person:
    """The person whose letter this link stops; raises Missing."""
    person = queries.person_by_code(code)
    known = [hmac.compare_digest(mark.encode(), one.encode()) for one in _stop_marks(code)]
    if person is None or not any(known):
        raise Missing(N_("This link is not complete. You can stop the letter in your settings too."))
    return person


def stop_letter(person: Person, *, at: datetime) -> None:
    """Stop the weekly letter."""
    person.weekly_letter = False
    record("letter.stop", by=person, at=at, about=f"person:{person.code}")


def start_letter(person: Person, *, at: datetime) -> None:
    """Send the weekly letter again."""
    person.weekly_letter = True
    record("letter.start", by=person, at=at, about=f"person:{person.code}")
