"""What authors type about courses: what it is, a lesson, a question with its answers, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from advocacy import web
from advocacy.training import rules
from advocacy.training.rules import (
    Audience,
    ChoiceData,
    ChoiceWords,
    CourseWords,
    LessonWords,
    QuestionWords,
)


def tidy(text: str | None) -> str:
    """What was typed, with one kind of line end and without the space around it."""
    return (text or "").replace("\r\n", "\n").strip()


def _line(label: Any, limit: int) -> StringField:
    return StringField(label, [Length(max=limit)], filters=[tidy])


def _text(label: Any, limit: int = rules.LONGEST_BODY, *, optional: bool = False) -> TextAreaField:
    """A text of several lines; only what is marked optional may stay empty when the course is published."""
    checks = [Optional()] if optional else []
    return TextAreaField(label, [*checks, Length(max=limit)], filters=[tidy])


class CourseTextForm(Form):
    """What the course is, in one language."""

    kind = CourseWords
    title = _line(_l("Title"), rules.LONGEST_TITLE)
    summary = _text(_l("In one sentence"), rules.LONGEST_NOTE, optional=True)
    introduction = _text(_l("Introduction"), optional=True)


class LessonTextForm(Form):
    """A lesson in one language."""

    kind = LessonWords
    title = _line(_l("Title"), rules.LONGEST_TITLE)
    body = _text(_l("Text"))


class QuestionTextForm(Form):
    """A question in one language."""

    kind = QuestionWords
    title = _text(_l("Question"), rules.LONGEST_NOTE)
    scenario = _text(_l("Situation"), optional=True)
    why = _text(_l("Why the right answer is right"), optional=True)


class ChoiceTextForm(Form):
    """An answer in one language."""

    kind = ChoiceWords
    text = _text(_l("Answer"), rules.LONGEST_NOTE)
    feedback = _text(_l("Said when it is chosen"), rules.LONGEST_NOTE * 2)


class Texts:
    """One small form for each language: ours first, then any other that the thing has."""

    def __init__(self, form: Any, words: Mapping[str, Any], typed: Any = None, prefix: str = "") -> None:
        tags = [*web.LANGUAGES, *(tag for tag in words if tag not in web.LANGUAGES)]
        self.kind = form.kind
        self.forms = {
            tag: form(typed, obj=words.get(tag, form.kind()), prefix=f"{prefix}{tag}-") for tag in tags
        }

    def validate(self) -> bool:
        """Whether every language is in order; all of them are looked at."""
        checked = [form.validate() for form in self.forms.values()]
        return all(checked)

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by language; a language without a word is left out."""
        typed = {
            tag: self.kind(**{f.short_name: f.data or "" for f in form}) for tag, form in self.forms.items()
        }
        return {tag: words for tag, words in typed.items() if words != self.kind()}


class AboutForm(FlaskForm):
    """What holds for the whole course."""

    minutes = IntegerField(_l("Minutes it takes"), [InputRequired(), NumberRange(1, 600)], default=10)
    pass_mark = IntegerField(
        _l("Right answers that pass, in per cent"), [InputRequired(), NumberRange(1, 100)], default=80
    )
    valid_months = IntegerField(_l("Months that the certificate is valid"), [Optional(), NumberRange(1, 120)])


class LessonForm(FlaskForm):
    """What holds for the lesson in every language."""

    minutes = IntegerField(_l("Minutes to read"), [InputRequired(), NumberRange(1, 120)], default=5)


class QuestionForm(FlaskForm):
    """Nothing but the guard against forged posts."""


class RightForm(Form):
    """Whether an answer is right."""

    is_right = BooleanField(_l("This answer is right"))


class Answers:
    """The answers of a question: those it has, and room for more."""

    def __init__(self, choices: tuple[ChoiceData, ...], typed: Any = None, rows: int = 0) -> None:
        rows = min(rules.MOST_CHOICES, max(rows, 4, len(choices)))
        blank = ChoiceData(False, {})
        known = [*choices, *[blank] * (rows - len(choices))]
        self.rows = [
            (
                RightForm(typed, obj=choice, prefix=f"{n}-"),
                Texts(ChoiceTextForm, choice.words, typed, f"{n}-"),
            )
            for n, choice in enumerate(known)
        ]

    def validate(self) -> bool:
        """Whether every answer is in order."""
        checked = [texts.validate() for _right, texts in self.rows]
        return all(checked)

    @property
    def choices(self) -> tuple[ChoiceData, ...]:
        """The answers that have a word in some language."""
        return tuple(
            ChoiceData(bool(right.is_right.data), texts.words) for right, texts in self.rows if texts.words
        )


class SettingsForm(FlaskForm):
    """Whom a course is for, and whether it unlocks sharing."""

    audience = RadioField(
        _l("Whom it is written for"),
        choices=[
            SelectChoice(Audience.CHAMPIONS.value, _l("Champions; anyone who is curious may take it")),
            SelectChoice(Audience.EVERYONE.value, _l("All staff, if they like")),
        ],
    )
    unlocks_sharing = BooleanField(_l("Passed before anything can be shared"))
    position = IntegerField(_l("Place in the list"), [InputRequired(), NumberRange(0, 9999)], default=100)
