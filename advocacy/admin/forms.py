"""What an administrator types about an entity."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional


class EntityForm(FlaskForm):
    """Its name and colour."""

    name = StringField(_l("Name"), [DataRequired(_l("Give the company its name.")), Length(max=200)])
    accent = StringField(_l("Colour"), [Optional(), Length(max=7)])


class ContactForm(FlaskForm):
    """Whom people reach for one kind of trouble."""

    name = StringField(_l("Name"), [Optional(), Length(max=200)])
    email = EmailField(_l("E-mail address"), [Optional(), Length(max=320)])
    phone = TelField(_l("Telephone"), [Optional(), Length(max=40)])
    note = TextAreaField(_l("What they should know"), [Optional(), Length(max=2000)])


class BoardsForm(FlaskForm):
    """The agreement that allows boards with people on them."""

    agreement = TextAreaField(
        _l("The agreement that allows it"), [DataRequired(_l("Name the agreement that allows it."))]
    )
