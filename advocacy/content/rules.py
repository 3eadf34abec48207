"""The law of content kits: whom one is for, when it is out, and who may approve it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from advocacy.errors import N_, Reason, Refused

LONGEST_REMARK = 2_000
LOCAL_TIME = "%Y-%m-%dT%H:%M"
NEW_FOR = timedelta(days=7)


class KitState(StrEnum):
    """Where a kit stands; whether it is out now also depends on its publish and expiry times."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RECALLED = "recalled"


class Stage(StrEnum):
    """Where a kit stands for those who look at it now."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    OUT = "out"
    EXPIRED = "expired"
    RECALLED = "recalled"


class AudienceKind(StrEnum):
    """By what an audience is narrowed; kinds are joined by and, values of one kind by or."""

    ENTITY = "entity"
    COUNTRY = "country"
    LANGUAGE = "language"
    TEAM = "team"
    TOPIC = "topic"


Asked = tuple[tuple[AudienceKind, frozenset[str]], ...]
"""An audience as it is asked about often: each kind that it names, with its values."""


class Verdict(StrEnum):
    """How a review ended."""

    APPROVED = "approved"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


BEING_CHANGED = N_("This story is being changed. It can be shared again once it is approved anew.")


def stage(state: str, publish_at: datetime | None, expires_at: datetime | None, at: datetime) -> Stage:
    """Where a kit stands at that moment."""
    if state != KitState.APPROVED:
        return Stage(state)
    if expires_at is not None and expires_at <= at:
        return Stage.EXPIRED
    return Stage.OUT if publish_at is not None and publish_at <= at else Stage.SCHEDULED


def was_out(approved_at: datetime | None, publish_at: datetime | None, at: datetime) -> bool:
    """Whether champions may have seen a kit that is a draft or in review again."""
    return approved_at is not None and publish_at is not None and publish_at <= at


class Timed(Protocol):
    """What `is_out` asks of a kit."""

    @property
    def state(self) -> Any: ...
    @property
    def publish_at(self) -> Any: ...
    @property
    def expires_at(self) -> Any: ...


def is_out(kit: Timed, at: datetime) -> bool:
    """Whether those it is for may share the kit at that moment."""
    return stage(kit.state, kit.publish_at, kit.expires_at, at) is Stage.OUT


# ---- Times as people write them ----


def instant(local: str, zone: str) -> datetime | None:
    """The moment of a local time as a form says it; raises Refused for what is no time in that zone."""
    if not local:
        return None
    try:
        typed = datetime.strptime(local[:16], LOCAL_TIME)  # noqa: DTZ007 - the zone is put to it below
        if not 2000 <= typed.year < 2200:  # at the ends of the calendar a moment has no time in some zones
            raise ValueError(typed)
    except ValueError:
        raise Refused(N_("Give day and time like 2026-11-22T14:05.")) from None
    moment = typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != typed:
        reason = N_(
            "%(time)s does not exist on that day: the clocks go forward in %(zone)s. Choose an hour later."
        )
        raise Refused(reason, time=f"{typed:%H:%M}", zone=zone)
    return moment


def local(moment: datetime | None, zone: str) -> str:
    """A moment as a form shows it in that zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime(LOCAL_TIME) if moment else ""


# ---- Whom it is for ----


def tidy(values: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, each once, in order; empty ones left out."""
    return tuple(sorted({value.strip() for value in values if value.strip()}))


@dataclass(frozen=True)
class Audience:
    """Whom a kit is for: slugs of entities, teams, topics; countries (NO), languages (nb); none of a kind means all."""

    entities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "entities", tidy(self.entities))
        object.__setattr__(self, "countries", tidy(value.upper() for value in self.countries))
        object.__setattr__(self, "languages", tidy(value.lower() for value in self.languages))
        object.__setattr__(self, "teams", tidy(self.teams))
        object.__setattr__(self, "topics", tidy(self.topics))

    @classmethod
    def of(cls, lines: Iterable[tuple[AudienceKind, str]]) -> Audience:
        """The audience that these lines describe."""
        by_kind: dict[AudienceKind, list[str]] = {kind: [] for kind in AudienceKind}
        for kind, value in lines:
            by_kind[kind].append(value)
        return cls(*(tuple(values) for values in by_kind.values()))

    def lines(self) -> list[tuple[AudienceKind, str]]:
        """Every kind with each of its values."""
        kinds = zip(
            AudienceKind,
            (self.entities, self.countries, self.languages, self.teams, self.topics),
            strict=True,
        )
        return [(kind, value) for kind, values in kinds for value in values]


@dataclass(frozen=True)
class Reader:
    """What an audience asks about a person."""

    entity: str | None = None
    country: str = ""
    language: str = "en"
    team: str | None = None
    topics: frozenset[str] = field(default_factory=frozenset)

    def values(self) -> dict[AudienceKind, set[str]]:
        """The values of each kind that the person meets."""
        return {
            AudienceKind.ENTITY: {self.entity} if self.entity else set(),
            AudienceKind.COUNTRY: {self.country.upper()} if self.country else set(),
            AudienceKind.LANGUAGE: language_keys(self.language),
            AudienceKind.TEAM: {self.team} if self.team else set(),
            AudienceKind.TOPIC: set(self.topics),
        }


def language_keys(language: str) -> set[str]:
    """The tags that a language answers to: "pt-BR" is Portuguese too."""
    tag = language.lower()
    return {tag, tag.split("-")[0]}


def matches(audience: Audience, reader: Reader) -> bool:
    """Whether the kit is for that person: kinds are joined by and, values of one kind by or."""
    lines = audience.lines()
    kinds = {kind for kind, _value in lines}
    asked = tuple((kind, frozenset(value for each, value in lines if each is kind)) for kind in kinds)
    return meets(asked, reader.values())


def meets(asked: Asked, have: Mapping[AudienceKind, Collection[str]]) -> bool:
    """Whether someone who has these values is one of those whom the audience asks for."""
    return all(not values.isdisjoint(have[kind]) for kind, values in asked)


def best_language(offered: Collection[str], *wanted: str | None) -> str | None:
    """The language to show out of `offered`: the first wish that is met, by its stem too; else English, else any."""
    for wish in (*wanted, "en"):
        for tag in (wish or "").lower(), (wish or "").lower().split("-")[0]:
            for one in offered:
                if tag and tag in language_keys(one):
                    return one
    return next(iter(sorted(offered)), None)


# ---- Who may, and what follows ----


def covers(entities: set[int] | None, entity_id: int | None) -> bool:
    """Whether a permission held for `entities` (None: the whole group) reaches a kit of that entity."""
    return entities is None or entity_id in entities


def may_discard(state: str, approved_at: datetime | None) -> bool:
    """Whether a kit may be thrown away: a draft that was never approved, so that nobody ever saw it."""
    return state == KitState.DRAFT and approved_at is None


def reason_against_approval(state: str, hands: Collection[int | None], approver_id: int) -> Reason | None:
    """Why this person may not approve: nothing is asked for, or hers is one of the hands in it."""
    if state != KitState.IN_REVIEW:
        return N_("This kit is not waiting for review."), {}
    if approver_id in hands:
        return N_("You wrote or edited this kit, so someone else has to approve it."), {}
    return None


def reason_against_audience(audience: Audience, hers: Collection[str] | None) -> Reason | None:
    """Why someone who speaks for the companies `hers` (None: the group) may not address a kit to that audience."""
    if hers is None or (audience.entities and set(audience.entities) <= set(hers)):
        return None
    reason = N_(
        "It is meant for people beyond your companies. A colleague who speaks for the group can do that."
    )
    return reason, {}
