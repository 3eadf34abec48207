"""What people type about guidelines: a draft side by side in each language, who must read it, what to look for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from advocacy import web
from advocacy.guidelines import rules
from advocacy.guidelines.rules import GuidelineWords, ReaderGroup


def tidy(text: str | None) -> str:
    """What was typed, with one kind of line end and without the space around it."""
    return (text or "").replace("\r\n", "\n").strip()


class TextForm(Form):
    """The guideline in one language."""

    title = StringField(_l("Title"), [Length(max=rules.LONGEST_TITLE)], filters=[tidy])
    summary = TextAreaField(
        _l("In one sentence"), [Optional(), Length(max=rules.LONGEST_NOTE)], filters=[tidy]
    )
    body = TextAreaField(_l("Text"), [Length(max=rules.LONGEST_BODY)], filters=[tidy])
    changed = TextAreaField(
        _l("What changed in this version"), [Optional(), Length(max=rules.LONGEST_NOTE)], filters=[tidy]
    )

    @property
    def words(self) -> GuidelineWords:
        """What was typed."""
        return GuidelineWords(
            title=self.title.data or "",
            body=self.body.data or "",
            summary=self.summary.data or "",
            changed=self.changed.data or "",
        )


class DraftForm(FlaskForm):
    """A draft, and the edition of it that the writer began from."""

    edition = IntegerField(widget=HiddenInput(), default=0)
    asks_again = BooleanField(_l("Ask everyone to accept again"), default=True)


class Texts:
    """The forms of all languages: ours first, then any other that the guideline has."""

    def __init__(self, words: Mapping[str, GuidelineWords], typed: Any = None) -> None:
        tags = [*web.LANGUAGES, *(tag for tag in words if tag not in web.LANGUAGES)]
        blank = GuidelineWords("", "")
        self.forms = {tag: TextForm(typed, obj=words.get(tag, blank), prefix=f"{tag}-") for tag in tags}

    def validate(self) -> bool:
        """Whether every language is in order; all of them are looked at."""
        checked = [form.validate() for form in self.forms.values()]
        return all(checked)

    @property
    def words(self) -> dict[str, GuidelineWords]:
        """What was typed, by language; a language without a word is left out."""
        return {tag: form.words for tag, form in self.forms.items() if not rules.is_blank(form.words)}


class ReadersForm(FlaskForm):
    """Who must read a guideline, and until when."""

    readers = RadioField(
        _l("Who must read it"),
        choices=[
            SelectChoice(
                ReaderGroup.EVERYONE.value,
                _l("All staff; who has accepted it stands in the compliance overview"),
            ),
            SelectChoice(
                ReaderGroup.CHAMPIONS.value, _l("Champions, before they share; kept in no overview")
            ),
        ],
    )
    unlocks_sharing = BooleanField(_l("Accepted before anything can be shared"))
    due_days = IntegerField(
        _l("Days until it is due"), [Optional(), NumberRange(1, 730, _l("Between 1 and 730 days, or empty."))]
    )
    position = IntegerField(_l("Place in the list"), [InputRequired(), NumberRange(0, 9999)], default=100)
