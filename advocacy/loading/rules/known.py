"""What is there already, or will be once the good parts of this load are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from advocacy.permissions import Role, granted


@dataclass(frozen=True)
class EntityFacts:
    """What people's rows take from their entity."""

    name: str
    country: str
    language: str
    time_zone: str


@dataclass(frozen=True)
class TeamFacts:
    """A team's name and the slug of its entity."""

    name: str
    entity: str


@dataclass(frozen=True)
class Staff:
    """A person as those see her who name her: her roles, each for an entity (slug) or the group (None)."""

    roles: frozenset[tuple[Role, str | None]] = frozenset()

    def may(self, permission: str, entity: str | None) -> bool:
        """Whether a role gives the permission for that entity; None asks for the whole group."""
        return any(granted(role, permission) and where in {None, entity} for role, where in self.roles)


@dataclass
class Known:
    """Entities, topics, teams by slug; people by staff number; addresses with whom they belong to.

    `addresses` of people without a staff number lead to an empty text. `wordings` are disclosures by entity.
    """

    entities: dict[str, EntityFacts] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    teams: dict[str, TeamFacts] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    wordings: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)

    def refuse(self, kind: str, slug: str) -> None:
        """Remember that a thing was refused, so that what leans on it can say so; what is stored stays known."""
        self.refused.add((kind, slug))

    def why_not(self, kind: str, slug: str) -> str:
        """Why a thing cannot be referred to."""
        if (kind, slug) in self.refused:
            return f"the {kind} “{slug}” was refused, so this is too"
        return f"there is no {kind} “{slug}”"

    def team_named(self, name: str, entity: str) -> str | None:
        """The slug of the team of that entity with this name."""
        wanted = (name.casefold(), entity)
        return self._by_name().get(wanted)

    def _by_name(self) -> dict[tuple[str, str], str]:
        if self._names_of != len(self.teams):
            self._names = {(team.name.casefold(), team.entity): slug for slug, team in self.teams.items()}
            self._names_of = len(self.teams)
        return self._names

    _names: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _names_of: int = field(default=-1, repr=False)
