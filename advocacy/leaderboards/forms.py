"""How someone wishes to appear."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Optional

from advocacy.leaderboards.models import Appearance


class AppearanceForm(FlaskForm):
    """Not at all, under a pseudonym, or by name."""

    appearance = RadioField(
        _l("On the people's board"),
        choices=[
            SelectChoice(Appearance.HIDDEN.value, _l("Not at all")),
            SelectChoice(Appearance.PSEUDONYM.value, _l("Under a pseudonym")),
            SelectChoice(Appearance.NAME.value, _l("By my name")),
        ],
    )
    pseudonym = StringField(_l("Pseudonym"), [Optional()])
