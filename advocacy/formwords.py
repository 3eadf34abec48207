"""What forms say of their own accord, in this product's words: WTForms' sentences, by those that it writes itself."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm

from advocacy.errors import N_

REQUIRED = N_("Please fill this in.")
NOT_OFFERED = N_("Please choose one of those that are offered.")
WORDS = {
    "This field is required.": REQUIRED,
    "Not a valid choice.": NOT_OFFERED,
    "Invalid Choice: could not coerce.": NOT_OFFERED,
    "Invalid choice(s): one or more data inputs could not be coerced.": NOT_OFFERED,
    "Not a valid integer value.": N_("Write a whole number, such as 12."),
    "Not a valid decimal value.": N_("Write a number, such as 12.5."),
    "Not a valid float value.": N_("Write a number, such as 12.5."),
    "Number must be at least %(min)s.": N_("Write a number of at least %(min)s."),
    "Number must be at most %(max)s.": N_("Write a number of at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": N_("Write a number from %(min)s to %(max)s."),
    "Invalid email address.": N_("This is not an e-mail address."),
    "Invalid input.": N_("This cannot be taken as it is written."),
    "Not a valid date value.": N_("Write a date, such as 2027-01-31."),
    "Not a valid datetime value.": N_("Choose a day and a time."),
}
"""Each sentence that stands for one, by WTForms' own."""


class OurWords:
    """Stands where WTForms looks for translations."""

    def gettext(self, string: str) -> str:
        """A sentence of WTForms, as we say it in the reader's language."""
        return str(gettext(WORDS.get(string, string)))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The same of those that count characters or choices; WTForms puts in its figures afterwards."""
        if "longer than" in singular:
            said = ngettext("At most %%(max)d character, please.", "At most %%(max)d characters, please.", n)
        elif "at least" in singular:
            said = ngettext(
                "At least %%(min)d character, please.", "At least %%(min)d characters, please.", n
            )
        elif "valid choice" in singular:
            said = gettext(NOT_OFFERED)
        else:
            said = singular if n == 1 else plural
        return str(said)


def speak() -> None:
    """From now on let every form say it so."""
    words = OurWords()
    FlaskForm.Meta.get_translations = lambda self, form: words
