"""What a champion types and ticks: a post, an account to connect, an answer about a post, a call for help."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from advocacy.accounts.models import Topic
from advocacy.sharing.rules import AccountKind, HelpKind, HoldScope
from advocacy.sharing.when import WhenForm

LONGEST_WORDS = 20_000
HELP_KINDS = {
    HelpKind.ATTACKED: _l("I am being attacked"),
    HelpKind.MISTAKE: _l("I made a mistake"),
    HelpKind.PRESS: _l("The press asks me"),
    HelpKind.TAKEN_OVER: _l("My account was taken over"),
}


class Ticks(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ComposerForm(WhenForm):
    """A post in the making."""

    form_key = HiddenField()
    caption = HiddenField()
    words = TextAreaField(_l("Your words"), [Length(max=LONGEST_WORDS)])
    language = SelectField(_l("Language of the post"), validate_choice=False)
    disclosure = RadioField(_l("How you say where you work"), validate_choice=False)
    accounts = Ticks(_l("Where"), validate_choice=False)
    pictures = Ticks(_l("Pictures"), validate_choice=False)
    passing_on = Ticks(_l("The company's own post"), validate_choice=False)
    by_hand = HiddenField()

    @classmethod
    def fresh(cls, **values: Any) -> ComposerForm:
        """A form that was not sent yet, with a key of its own, so that a double click makes one share."""
        return cls(formdata=None, data={"form_key": secrets.token_urlsafe(18), **values})

    def refuse(self, field: str, sentence: str) -> None:
        """Put a reason beside a field."""
        target = self._fields.get(field, self.words)
        target.errors = [*target.errors, sentence]


MAY_READ = _l("You may look at my own posts there to settle a doubt")
KIND_CHOICES = [
    SelectChoice(AccountKind.WORK.value, _l("For work")),
    SelectChoice(AccountKind.PRIVATE.value, _l("Private")),
]


class AccountForm(FlaskForm):
    """What an account is for, and what may be read on it."""

    kind = RadioField(_l("What it is for"), choices=KIND_CHOICES)
    topics = Ticks(_l("Topics"), coerce=int)
    may_read = BooleanField(MAY_READ)
    tells_figures = BooleanField(_l("Show me reactions to my posts here"))

    def offer(self, topics: Iterable[tuple[Topic, str]]) -> None:
        """Offer these topics, each with its name."""
        self.topics.choices = [SelectChoice(str(topic.id), name) for topic, name in topics]


class ConnectForm(FlaskForm):
    """An account to connect."""

    network = SelectField(_l("Network"))
    server = StringField(_l("Your server"), [Length(max=300)])
    may_read = BooleanField(MAY_READ)
    kind = RadioField(_l("What it is for"), [Optional()], choices=KIND_CHOICES)
    topics = Ticks(_l("Topics"), coerce=int, validate_choice=False)
    back_to = HiddenField()

    def offer(self, networks: Iterable[tuple[str, str]]) -> None:
        """Offer the networks (slug, name) to choose from."""
        self.network.choices = [SelectChoice(slug, name) for slug, name in networks]

    def asks_for_server(self, networks: Iterable[str]) -> None:
        """On these networks (slugs) a person has to say where her account is, or what it is called."""
        if self.network.data in set(networks):
            self.server.validators = [
                DataRequired(_l("Name the server that your account is on.")),
                *self.server.validators,
            ]


class PasswordForm(FlaskForm):
    """An account to connect by a password that was made for this product."""

    server = StringField(
        _l("Your handle"), [DataRequired(_l("Type your handle, such as you.bsky.social.")), Length(max=300)]
    )
    word = PasswordField(
        _l("App password"), [DataRequired(_l("Paste the app password that you made.")), Length(max=200)]
    )
    may_read = BooleanField(MAY_READ)
    back_to = HiddenField()


class WordsForm(FlaskForm):
    """Other words for a post that is planned."""

    words = TextAreaField(_l("Your words"), [Length(max=LONGEST_WORDS)])


class ConfirmForm(FlaskForm):
    """Where a post stands that only its owner can find."""

    url = StringField(_l("Address of your post"), [Optional(), Length(max=2000)])


class HelpForm(FlaskForm):
    """A call for help."""

    kind = RadioField(
        _l("What happened?"),
        [DataRequired(_l("Choose what is nearest."))],
        choices=[SelectChoice(kind.value, label) for kind, label in HELP_KINDS.items()],
    )
    message = TextAreaField(_l("In a few words"), [Optional(), Length(max=4000)])


HOLD_SCOPES = {
    HoldScope.EVERYTHING: _l("Everything"),
    HoldScope.NETWORK: _l("One network"),
    HoldScope.COUNTRY: _l("One country"),
    HoldScope.KIT: _l("One story"),
    HoldScope.TOPIC: _l("One topic"),
}


class HoldForm(FlaskForm):
    """What is to stop, why, and for how long."""

    scope = RadioField(
        _l("What stops?"),
        choices=[SelectChoice(scope.value, label) for scope, label in HOLD_SCOPES.items()],
        default=HoldScope.EVERYTHING.value,
    )
    network = SelectField(_l("Network"), default="")
    country = SelectField(_l("Country"), default="")
    kit = SelectField(_l("Story"), default="")
    topic = SelectField(_l("Topic"), default="")
    entity = SelectField(_l("Company"), [Optional()])
    reason = TextAreaField(
        _l("Why"),
        [
            DataRequired(_l("Say why: everyone whose posts are held reads this.")),
            Length(max=500),
        ],
    )
    message = TextAreaField(_l("Message to the champions concerned"), [Optional(), Length(max=2000)])
    starts = StringField(_l("From"), [Optional()])
    ends = StringField(_l("Until"), [Optional()])

    def chosen(self, name: str) -> str | None:
        """What was chosen in a field, if that is what the scope asks for."""
        return self[name].data or None if self.scope.data == name else None


class AppealForm(FlaskForm):
    """Asking owners to take down or change what is out."""

    words = TextAreaField(
        _l("What to do, and the words to use"),
        [DataRequired(_l("Write what they are to do, and the words to use.")), Length(max=2000)],
    )
    posts = Ticks(_l("Posts"), validate_choice=False)


class BudgetForm(FlaskForm):
    """What a company may spend in a month."""

    amount = StringField(_l("Budget a month"))


class RecallForm(FlaskForm):
    """Why a story is recalled."""

    reason = TextAreaField(
        _l("Why"),
        [DataRequired(_l("Say why: everyone who planned to share it reads this.")), Length(max=2000)],
    )


def ticked(field: Any, allowed: Sequence[str]) -> list[str]:
    """What was ticked and may be."""
    chosen = set(field.data or [])
    return [one for one in allowed if one in chosen]
