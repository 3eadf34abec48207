"""What people type about a post that worries them, and to erase themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, Length, Optional

from advocacy.privacy import rules


class ReportForm(FlaskForm):
    """A post, what is wrong with it, and how to answer."""

    address = URLField(
        _l("Address of the post"),
        [DataRequired(_l("Say where the post is.")), Length(max=rules.LONGEST_ADDRESS)],
    )
    worry = TextAreaField(
        _l("What worries you"),
        [DataRequired(_l("Say in a sentence what worries you.")), Length(max=rules.LONGEST_WORRY)],
    )
    reply_to = EmailField(_l("Your e-mail address"), [Optional(), Length(max=320)])


class ErasureForm(FlaskForm):
    """One's own name, typed."""

    typed = StringField(_l("Your name"), [DataRequired(_l("Type your name.")), Length(max=200)])
