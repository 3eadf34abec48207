"""Everything that a folder says, read in the order in which it leans on itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from advocacy.loading.rules import courses, folder, guidelines, kits, organisation, people
from advocacy.loading.rules.kits import PictureRow
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.problems import Place, Problems


@dataclass
class Content:
    """The good parts of a folder, and the pictures of kits that are not."""

    organisation: organisation.Organisation = field(default_factory=organisation.Organisation)
    roster: people.Roster = field(default_factory=people.Roster)
    guidelines: list[guidelines.GuidelineRow] = field(default_factory=list)
    courses: list[courses.CourseRow] = field(default_factory=list)
    kits: list[kits.KitRow] = field(default_factory=list)
    loose_pictures: list[PictureRow] = field(default_factory=list)

    def __len__(self) -> int:
        """How many things there are to write."""
        one = self.organisation
        texts = len(self.guidelines) + len(self.courses) + len(self.kits)
        return len(one.topics) + len(one.entities) + len(one.teams) + len(self.roster.rows) + texts


def read(root: Path, known: Known, *, weigh: kits.Weigh, at: datetime, problems: Problems) -> Content:
    """Read a whole folder; `known` learns what is good in it, `weigh` says what a network has against a post."""
    found, content = folder.look(root, problems), Content()
    if found.organisation is not None:
        data = found.organisation.read_bytes()
        content.organisation = organisation.read(data, "organisation.toml", known, problems)
        if not known.entities:  # nothing else can be judged, and every row would say so
            return content
    elif not known.entities:
        problems.add(Place("organisation.toml"), "this file is missing; the first load needs it")
    if found.people is not None:
        content.roster = people.read(found.people.read_bytes(), "people.csv", known, problems)
    for slug, files in found.guidelines.items():
        guideline = guidelines.read(slug, files, found.name, problems)
        content.guidelines += [guideline] if guideline else []
    for slug, parts in found.courses.items():
        course = courses.read(slug, parts, found.name, problems)
        content.courses += [course] if course else []
    for slug, files in found.kits.items():
        kit = kits.read(
            slug,
            files,
            found.pictures[slug],
            found.name,
            known=known,
            weigh=weigh,
            at=at,
            problems=problems,
            loose=content.loose_pictures,
        )
        content.kits += [kit] if kit else []
    return content
