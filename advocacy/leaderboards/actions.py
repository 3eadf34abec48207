"""Thanking people with points, taking back what was deleted, and who appears on boards."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from advocacy import db, places, writes
from advocacy.accounts.models import Entity, Person
from advocacy.audit.actions import record
from advocacy.errors import N_, Conflict, Forbidden, Refused
from advocacy.leaderboards import queries, rules
from advocacy.leaderboards.models import Appearance, BoardAgreement, BoardChoice, Points

LONGEST_AGREEMENT = 2000


@cache
def points_rules() -> list[rules.PointsRule]:
    """The dated rules of `config/points.toml`."""
    return rules.parse(tomllib.loads((places.config() / "points.toml").read_text(encoding="utf-8"))["rules"])


class Thanked(Protocol):
    """Whoever is thanked: a person, or as much as was read of her."""

    @property
    def id(self) -> int: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def entity_id(self) -> int | None: ...
    @property
    def team_id(self) -> int | None: ...


@dataclass(frozen=True)
class Thanks:
    """What a person is thanked for: `source` names the thing, `reason` and `values` say it to her."""

    person: Thanked
    kind: str
    source: str
    reason: str
    values: dict[str, Any]


def award(
    person: Person, *, kind: str, source: str, reason: str, values: dict[str, Any], at: datetime
) -> Points | None:
    """Give points for one thing, once (`source` names it); None when it earns nothing or has already.

    The day's cap is that of the person's own day.
    """
    if not award_each([Thanks(person, kind, source, reason, values)], at=at):
        return None
    return db.session.scalar(sa.select(Points).where(Points.source == source))


def award_each(thanks: Sequence[Thanks], *, at: datetime) -> int:
    """The same for several things, whose rows are read and written together; returns for how many there were points."""
    people = {one.person.id: one.person for one in thanks}
    # two posts that go out at once are counted one after the other
    db.lock_each(f"points:{key}" for key in sorted(people))
    sharers = {
        one.person.id: one.person for one in thanks if one.kind in rules.SHARING
    }  # they alone have a cap
    known, shares = _known([one.source for one in thanks]), _shares_today(sharers.values(), at=at)
    given = []
    for one in thanks:
        day, *_ = rules.day_of(at, one.person.time_zone)
        amount = rules.amount(
            rules.rule_on(points_rules(), day), one.kind, shares_today=shares[one.person.id]
        )
        if amount and one.source not in known:
            known.add(one.source)
            shares[one.person.id] += one.kind in rules.SHARING
            given.append(_line(one, amount, at=at))
    if given:
        whose = next(iter(people)) if len(people) == 1 else None
        db.session.execute(sa.insert(Points), given, execution_options={writes.WHOSE: whose})
    return len(given)


def _line(thanks: Thanks, amount: int, *, at: datetime) -> dict[str, Any]:
    person = thanks.person
    return {
        "source": thanks.source,
        "person_id": person.id,
        "entity_id": person.entity_id,
        "team_id": person.team_id,
        "amount": amount,
        "kind": thanks.kind,
        "reason": thanks.reason,
        "values": thanks.values,
        "earned_at": at,
    }


def take_back(*, source: str, at: datetime) -> Points | None:
    """Reverse what was given for one thing by a line of its own, dated as the first was, so that boards agree."""
    given = db.session.scalar(sa.select(Points).where(Points.source == source))
    if given is None:
        return None
    db.lock_exclusive(f"points:{given.person_id}")
    if _known([f"{source}:back"]):
        return None
    return _written(
        Points(
            source=f"{source}:back",
            person_id=given.person_id,
            entity_id=given.entity_id,
            team_id=given.team_id,
            amount=-given.amount,
            kind=given.kind,
            reason=N_("You deleted the post"),
            values=given.values,
            earned_at=given.earned_at,
        )
    )


def _written(row: Points) -> Points:
    db.session.add(row)
    db.session.flush()
    return row


def _known(sources: Collection[str]) -> set[str]:
    """Which of these have been thanked for."""
    return set(db.session.scalars(sa.select(Points.source).where(Points.source.in_(sources))))


def _shares_today(people: Iterable[Thanked], *, at: datetime) -> Counter[int]:
    """How many shares earned points on each person's own day (by her key), also those that were deleted after."""
    days: dict[tuple[datetime, datetime], list[int]] = defaultdict(list)
    for person in people:
        _day, first, last = rules.day_of(at, person.time_zone)
        days[first, last].append(person.id)
    counted: Counter[int] = Counter()
    for (first, last), ids in days.items():
        asked = sa.select(Points.person_id, sa.func.count()).where(
            Points.person_id.in_(ids),
            Points.kind.in_(rules.SHARING),
            Points.amount > 0,
            Points.earned_at >= first,
            Points.earned_at < last,
        )
        for person_id, many in db.session.execute(asked.group_by(Points.person_id)):
            counted[person_id] = many
    return counted


def appear(appearance: Appearance, pseudonym: str = "", *, by: Person, at: datetime) -> BoardChoice:
    """Choose how to appear on individual boards, from now on and for the past.

    A pseudonym stays reserved while she is hidden. Not in the audit trail: it is nobody else's business.
    """
    db.lock_exclusive("pseudonyms")
    if not by.is_champion:
        raise Forbidden(N_("Boards are for those who have joined. You can choose after joining."))
    choice = queries.choice_of(by) or BoardChoice(person_id=by.id, pseudonym="")
    if appearance is Appearance.PSEUDONYM:
        choice.pseudonym = _free(pseudonym, by)
        choice.pseudonym_key = rules.name_key(choice.pseudonym)
    choice.appearance, choice.chosen_at = appearance, at
    db.session.add(choice)
    db.session.flush()
    return choice


def _free(pseudonym: str, by: Person) -> str:
    """The pseudonym, tidied, if nobody else has it or is called so."""
    tidy = rules.tidy_pseudonym(pseudonym)
    taken = rules.reads_as_one(tidy, queries.pseudonyms_of_others(by))
    if taken or rules.is_name_of_one(tidy, queries.names_of_others(by)):
        raise Refused(N_("Someone has this name already. Please choose another."), field="pseudonym")
    return tidy


def enable_boards(entity: Entity, agreement: str, *, by: Person | None, at: datetime) -> BoardAgreement:
    """Turn individual boards on in an entity, noting the agreement that allows it; raises Conflict when they are on."""
    _may(entity, by)
    words = agreement.strip()
    if not words:
        raise Refused(
            N_("Name the agreement that allows it, such as its title, date and number."), field="agreement"
        )
    if len(words) > LONGEST_AGREEMENT:
        raise Refused(N_("At most %(longest)s letters."), field="agreement", longest=LONGEST_AGREEMENT)
    db.lock_exclusive(f"boards:{entity.id}")
    if queries.agreement_in(entity) is not None:
        raise Conflict(N_("Individual boards are on in %(entity)s already."), entity=entity.name)
    row = BoardAgreement(
        entity_id=entity.id, agreement=words, enabled_at=at, enabled_by=by.id if by else None
    )
    db.session.add(row)
    db.session.flush()
    record("board.enable", by=by, at=at, about=f"entity:{entity.slug}", details={"agreement": words})
    return row


def end_boards(entity: Entity, *, by: Person | None, at: datetime) -> None:
    """Turn individual boards off in an entity; its people are on none from now on."""
    _may(entity, by)
    row = queries.agreement_in(entity)
    if row is not None:
        row.ended_at = at
        record("board.end", by=by, at=at, about=f"entity:{entity.slug}")


def _may(entity: Entity, by: Person | None) -> None:
    if by is not None and not by.may("board.enable", entity_id=entity.id):
        raise Forbidden(
            N_("Only an administrator of %(entity)s can turn boards on or off."), entity=entity.name
        )
