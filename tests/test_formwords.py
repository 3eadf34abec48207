"""What forms say of their own accord is said in this product's words and the reader's language."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from advocacy import web


class Asked(FlaskForm):
    class Meta:
        csrf = False

    short = StringField(validators=[Length(max=3)])
    long = StringField(validators=[Length(min=3)])
    needed = StringField(validators=[InputRequired()])
    number = IntegerField(validators=[NumberRange(1, 9)])
    whole = IntegerField()
    one = RadioField(choices=[SelectChoice("a", "A")])
    some = SelectMultipleField(choices=[SelectChoice("a", "A")])


SENT = {"short": "long", "long": "s", "number": "10", "whole": "1e3", "one": "b", "some": "c"}


def said(app, language):
    with app.test_request_context("/", method="POST", data=SENT), web.written_for(language):
        form = Asked()
        assert not form.validate()
        return {name: errors[0] for name, errors in form.errors.items()}


def test_forms_speak_our_words(app):
    assert said(app, "en") == {
        "short": "At most 3 characters, please.",
        "long": "At least 3 characters, please.",
        "needed": "Please fill this in.",
        "number": "Write a number from 1 to 9.",
        "whole": "Write a whole number, such as 12.",
        "one": "Please choose one of those that are offered.",
        "some": "Please choose one of those that are offered.",
    }


def test_forms_speak_the_readers_language(app):
    told = said(app, "fr")
    assert told["short"] == "3 caractères au plus, s’il vous plaît."
    assert told["needed"] == "Remplissez ce champ, s’il vous plaît."
    assert not any(one.startswith(("At ", "Please", "Write")) for one in told.values())
