"""What people type about themselves and each other."""

from __future__ import annotations

import functools
import zoneinfo
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from advocacy import web
from advocacy.accounts import rules
from advocacy.accounts.models import Entity, Person, Theme, Topic
from advocacy.permissions import ROLE_NAMES

LANGUAGES = [SelectChoice(code, name) for code, name in web.LANGUAGES.items()]
_AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@functools.cache
def time_zones() -> list[str]:
    """The time zones that people live in."""
    return ["UTC", *sorted(zone for zone in zoneinfo.available_timezones() if zone.startswith(_AREAS))]


def trimmed(text: str | None) -> str | None:
    """What was typed, without the spaces around it."""
    return text.strip() if text else text


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = EmailField(
        _l("E-mail address"),
        [DataRequired(_l("Enter your e-mail address.")), Length(max=320)],
        filters=[trimmed],
    )
    password = PasswordField(_l("Password"), [DataRequired(_l("Enter your password.")), Length(max=1000)])

    def refuse(self, sentence: Any) -> None:
        """Say why nobody was signed in."""
        self.form_errors.append(str(sentence))


class LinkForm(FlaskForm):
    """The address that a one-time link goes to."""

    email = EmailField(
        _l("E-mail address"),
        [DataRequired(_l("Enter your e-mail address.")), Length(max=320)],
        filters=[trimmed],
    )


class PasswordForm(FlaskForm):
    """A new password."""

    person: Person | None = None
    password = PasswordField(_l("New password"), [DataRequired(_l("Choose a password.")), Length(max=1000)])

    def validate_password(self, field: Field) -> None:
        """Refuse what is easily guessed."""
        email, name = (self.person.email, self.person.name) if self.person else (None, "")
        problem = rules.password_problem(field.data or "", email=email, name=name)
        if problem:
            raise ValidationError(web.say(problem))


class ChangePasswordForm(PasswordForm):
    """A new password, and the present one where it is asked for."""

    present = PasswordField(
        _l("Present password"), [DataRequired(_l("Enter your present password.")), Length(max=1000)]
    )


class SetupForm(PasswordForm):
    """The first administrator."""

    name = StringField(
        _l("Your name"), [DataRequired(_l("Enter your name.")), Length(max=200)], filters=[trimmed]
    )
    email = EmailField(
        _l("E-mail address"),
        [DataRequired(_l("Enter your e-mail address.")), Length(max=320)],
        filters=[trimmed],
    )

    def validate_email(self, field: Field) -> None:
        """Refuse what is no address."""
        check_email(field)


class SettingsForm(FlaskForm):
    """How the product speaks to a person."""

    language = RadioField(_l("Language"), choices=LANGUAGES)
    theme = RadioField(
        _l("Look"),
        choices=[
            SelectChoice(Theme.AUTO.value, _l("Like this device")),
            SelectChoice(Theme.LIGHT.value, _l("Light")),
            SelectChoice(Theme.DARK.value, _l("Dark")),
        ],
    )
    time_zone = SelectField(_l("Time zone"))
    weekly_letter = BooleanField(_l("A letter with three stories, once a week"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = time_zones()
        mine = kwargs["obj"].time_zone if kwargs.get("obj") else "UTC"
        offered = zones if mine in zones else [mine, *zones]
        self.time_zone.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in offered]
        if not self.is_submitted():
            self.language.data = web.best_language(self.language.data)


class TopicsForm(FlaskForm):
    """The topics that a person follows."""

    topics = SelectMultipleField(
        _l("Topics"),
        [Optional()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, topics: list[tuple[Topic, str]]) -> None:
        """Offer these topics, each with its name."""
        self.topics.choices = [SelectChoice(str(topic.id), name) for topic, name in topics]


def is_an_address(_form: FlaskForm, field: Field) -> None:
    """Refuse what no letter can be sent to."""
    if not rules.is_email((field.data or "").strip()):
        raise ValidationError(_("This is not an e-mail address, such as ada@example.com."))


class InviteForm(FlaskForm):
    """Someone who is invited by mail."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter a name.")), Length(max=200)], filters=[trimmed])
    email = EmailField(
        _l("E-mail address"),
        [DataRequired(_l("Enter an e-mail address.")), is_an_address],
        filters=[trimmed],
    )
    entity = SelectField(_l("Company"))
    language = SelectField(_l("Language of the letter"), choices=LANGUAGES)

    def validate_email(self, field: Field) -> None:
        """Refuse what is no address."""
        check_email(field)

    def offer(self, entities: list[Entity], *, none: bool) -> None:
        """Offer these companies, and none at all where that is allowed."""
        self.entity.choices = choices_of(entities, _l("None") if none else None)


class GrantForm(FlaskForm):
    """A role for one company or the whole group."""

    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, _l(name)) for role, name in ROLE_NAMES.items()]
    )
    entity = SelectField(_l("For"))

    def offer(self, entities: list[Entity], *, group: bool) -> None:
        """Offer these companies, and the whole group where that is allowed."""
        self.entity.choices = choices_of(entities, _l("The whole group") if group else None)


def choices_of(entities: list[Entity], nothing: Any = None) -> list[SelectChoice]:
    """Companies to choose from, after the word for none of them."""
    named = [SelectChoice(entity.slug, entity.name) for entity in entities]
    return named if nothing is None else [SelectChoice("", nothing), *named]


def check_email(field: Field) -> None:
    """Raise ValidationError unless a letter could be written to this."""
    name, at, host = (field.data or "").rpartition("@")
    if not (name and at and "." in host and host.isascii()) or any(
        c.isspace() or c in '<>,;:"' for c in name + host
    ):
        raise ValidationError(str(_l("Enter an address such as name@company.example.")))
