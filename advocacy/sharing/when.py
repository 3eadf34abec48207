"""The part of a form in which a person says when: now, at a time by her own clock, or in her next good slot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField
from wtforms.validators import Optional

from advocacy.sharing.slots import Hours, Window, window

GOOD = "good"
LATER = "later"
INSISTED = "-quiet"
"""Behind what a button says when: she knows that it lies in her quiet hours."""


class WhenForm(FlaskForm):
    """When a post goes out; `when` is the button that was pressed: now, later (`local_time`), good, or a local time."""

    when = HiddenField()
    local_time = StringField(_l("Day and time"), [Optional()])
    slot = HiddenField()

    def chosen_time(self, good_slot: Callable[[], str]) -> str | None:
        """The local time that was chosen, asking for the next good slot if that is it; None means now."""
        said = (self.when.data or "").removesuffix(INSISTED)
        if said == GOOD:
            return good_slot()
        if said == LATER:
            return self.local_time.data or ""
        if not said[:1].isdigit():
            return None
        self.local_time.data = said  # what was offered stands in the field if it comes back
        return said

    @property
    def insists(self) -> bool:
        """Whether she said that it may go out in her quiet hours."""
        return (self.when.data or "").endswith(INSISTED)

    @property
    def said(self) -> str:
        """Which button was pressed, whether or not she insisted."""
        return "now" if (self.when.data or "now").startswith("now") else LATER


class HoursForm(FlaskForm):
    """A person's own hours: quiet ones, and from and until for each day of the week (Monday is 0)."""

    quiet = BooleanField(_l("Keep quiet hours"))
    quiet_from = StringField(_l("Quiet from"), [Optional()])
    quiet_until = StringField(_l("Quiet until"), [Optional()])

    @classmethod
    def of(cls, hours: Hours, usual: Window | None) -> HoursForm:
        """A form that shows these hours; the usual quiet ones where there are none, ready to be ticked."""
        start, end = hours.quiet or usual or (time(21), time(7))
        form = cls(quiet=hours.quiet is not None, quiet_from=f"{start:%H:%M}", quiet_until=f"{end:%H:%M}")
        if not form.is_submitted():
            for day, window_ in hours.preferred.items():
                form[f"from_{day}"].data, form[f"until_{day}"].data = (f"{one:%H:%M}" for one in window_)
        return form

    def chosen(self) -> tuple[Window | None, dict[int, Window]] | None:
        """The hours that were sent; None, with the reason beside its field, where they make no sense."""
        quiet = _window(self.quiet_from, self.quiet_until) if self.quiet.data else None
        if self.quiet.data and quiet is None:
            self.quiet_from.errors = [_("Give two different times, such as 21:00 and 07:00.")]
        days = {day: _window(self[f"from_{day}"], self[f"until_{day}"]) for day in range(7)}
        for day, hours in days.items():
            given = self[f"from_{day}"].data or self[f"until_{day}"].data
            if given and (hours is None or hours[1] <= hours[0]):
                self[f"from_{day}"].errors = [
                    _("%(day)s: the hours have to end after they begin.", day=weekday(day))
                ]
        return None if self.errors else (quiet, {day: hours for day, hours in days.items() if hours})


for _day in range(7):
    setattr(HoursForm, f"from_{_day}", StringField(_l("From"), [Optional()]))
    setattr(HoursForm, f"until_{_day}", StringField(_l("Until"), [Optional()]))


def _window(start: Field, end: Field) -> Window | None:
    try:
        return window(start.data, end.data)
    except ValueError:
        return None


def weekday(day: int) -> str:
    """A day of the week (Monday is 0) in the reader's language."""
    locale = get_locale()
    assert locale is not None
    return str(locale.days["stand-alone"]["wide"][day])
