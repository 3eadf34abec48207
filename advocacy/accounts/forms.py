"""What people type about themselves and each other."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length, ValidationError

from advocacy import web
from advocacy.accounts import rules
from advocacy.accounts.models import Person


def trimmed(text: str | None) -> str | None:
    """What was typed, without the spaces around it."""
    return text.strip() if text else text


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = EmailField(
        _l("E-mail address"), [InputRequired(_l("Enter your e-mail address.")), Length(max=320)], filters=[trimmed]
    )
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password.")), Length(max=1000)])
    next = HiddenField()

    def refuse(self, sentence: Any) -> None:
        """Say why nobody was signed in."""
        self.form_errors.append(str(sentence))


class LinkForm(FlaskForm):
    """The address that a one-time link goes to."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), Length(max=320)],
        filters=[trimmed],
        id="link-email",
    )
    next = HiddenField(id="link-next")


class PasswordForm(FlaskForm):
    """A new password."""

    person: Person | None = None
    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password.")), Length(max=1000)])

    def validate_password(self, field: Field) -> None:
        """Refuse what is easily guessed."""
        email, name = (self.person.email, self.person.name) if self.person else (None, "")
        problem = rules.password_problem(field.data or "", email=email, name=name)
        if problem:
            raise ValidationError(web.say(problem))
