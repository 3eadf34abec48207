"""A champion's part of the past: joining, learning, sharing by hand, and how she appears on boards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from advocacy import db
from advocacy.accounts import actions as accounts
from advocacy.accounts import queries as account_queries
from advocacy.accounts.models import Person
from advocacy.content import queries
from advocacy.content.models import Kit
from advocacy.guidelines import queries as guidelines
from advocacy.guidelines.models import Guideline
from advocacy.leaderboards import actions as leaderboards
from advocacy.leaderboards.models import Appearance
from advocacy.loading.samples import posting
from advocacy.loading.samples.past import Past
from advocacy.loading.samples.reading import read
from advocacy.training import actions as training
from advocacy.training import queries as courses
from advocacy.training.models import Course, CourseVersion


@dataclass
class Champion:
    """One person's way through the programme; how eager she is differs from person to person."""

    past: Past
    person: Person
    guidelines: list[Guideline]
    is_known: bool
    eagerness: float = 0.0
    tries: int = 0
    follows: set[int] = field(default_factory=set)

    def plan(self) -> None:
        """Plan the day of joining: many in the first weeks, fewer later."""
        chance, span = self.past.chance, (self.past.end - self.past.begin).days
        self.eagerness = 0.4 if self.is_known else chance.betavariate(1.4, 2.8)
        days = 2.5 if self.is_known else chance.triangular(0, span * 0.95, span * 0.12)
        self.past.on(self._on_day(self.past.begin + timedelta(days=days)), self.join)

    def _on_day(self, day: datetime) -> datetime:
        return self.past.at_work(day, self.person.time_zone)

    def _happens(self, chance: float) -> bool:
        return self.is_known or self.past.chance.random() < chance

    def join(self, *, at: datetime) -> None:
        """Join, and read what is asked before sharing in the same hour."""
        accounts.join(self.person, by=self.person, at=at)
        self.past.on(self.past.soon(at, 8, 40), self.read)

    def read(self, *, at: datetime) -> None:
        """Accept what is asked of champions, and for some what is only offered."""
        asked = guidelines.missing_for(self.person, at)
        offered = [one for one in self.guidelines if not one.unlocks_sharing]
        read(self.person, asked + (offered if self._happens(0.2) else []), at=at)
        if self._happens(0.95):
            today = self._happens(0.6)
            then = self.past.soon(at, 20, 70) if today else self.past.days_after(at, 2, self.person.time_zone)
            self.past.on(then, self.learn)

    def learn(self, *, at: datetime) -> None:
        """Take the courses that unlock sharing; a few stop half-way, which is nobody's business."""
        for course in courses.missing_for(self.person, at):
            self._take(course, at)

    def _take(self, course: Course, at: datetime) -> None:
        version = courses.version_for(self.person, course, at)
        assert version is not None, "a course that is taught has a version"
        lessons = version.lessons if self._happens(0.94) else version.lessons[:2]
        for lesson in lessons:
            at = self.past.soon(at, 3, 7)
            training.finish_lesson(course, lesson.slug, by=self.person, at=at)
        if len(lessons) == len(version.lessons):
            self.past.on(self.past.soon(at, 4, 12), partial(self.answer, course))

    def answer(self, course: Course, *, at: datetime) -> None:
        """Try the quiz; who fails tries again, soon or another day."""
        version = courses.version_for(self.person, course, at)
        assert version is not None, "a course that is taught has a version"
        slips = 0 if self.is_known or self.tries else self.past.chance.choice((0, 0, 0, 1, 1, 2, 3))
        answers = self._answers(version, slips)
        tried = training.try_quiz(course, number=version.number, answers=answers, by=self.person, at=at)
        self.tries += 1
        if not tried.passed:
            again = self.past.soon(at, 5, 30) if self._happens(0.7) else self.past.days_after(at, 2, "UTC")
            self.past.on(again, partial(self.answer, course))
        elif course.unlocks_sharing:
            self.begin_sharing(at)

    def _answers(self, version: CourseVersion, slips: int) -> Mapping[int, set[int]]:
        """The right answers, save for so many slips."""
        wrong = set(
            self.past.chance.sample(range(len(version.questions)), min(slips, len(version.questions)))
        )
        return {
            question.id: {
                choice.id for choice in question.choices if choice.is_right is (number not in wrong)
            }
            for number, question in enumerate(version.questions)
        }

    def begin_sharing(self, at: datetime) -> None:
        """Look at the stories that are out, now that she may share, and hear of each that comes."""
        self.follows = account_queries.followed(self.person)
        for kit in db.session.scalars(queries.visible_to(self.person, at)):
            self.hear_of(kit, at)
        self.past.champions.append(self.hear_of)
        self._plan_more(at)

    def hear_of(self, kit: Kit, at: datetime) -> None:
        """Perhaps share a story that is for her, sooner one about what she follows or from her own company."""
        likes = self.follows & {line.topic_id for line in kit.topics}
        wish = self.eagerness * (1.5 if likes else 0.8)
        wish *= 1.4 if kit.entity_id == self.person.entity_id else 1.0
        if self.past.chance.random() < wish:
            when = self.past.days_after(at, 2.5, self.person.time_zone)
            self.past.on(when, partial(posting.share, self.past, self.person, kit))

    def _plan_more(self, at: datetime) -> None:
        """The second course for some, and the choice how to appear on boards."""
        for course in courses.taught():
            if not course.unlocks_sharing and self.past.chance.random() < 0.25:
                self.past.on(
                    self.past.days_after(at, 9, self.person.time_zone), partial(self._take_more, course)
                )
        if self._happens(0.55):
            self.past.on(self.past.days_after(at, 3, self.person.time_zone), self.appear)

    def _take_more(self, course: Course, *, at: datetime) -> None:
        self._take(course, at)

    def appear(self, *, at: datetime) -> None:
        """Appear on boards by name or under a pseudonym; the others stay hidden, as everyone is at first."""
        if not self.person.is_champion:
            return
        if self._happens(0.55) or not self.past.pseudonyms:
            leaderboards.appear(Appearance.NAME, by=self.person, at=at)
        else:
            leaderboards.appear(Appearance.PSEUDONYM, self.past.pseudonyms.pop(), by=self.person, at=at)
