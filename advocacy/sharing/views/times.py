"""What every page says on which a person chooses a time: her next good slot, and accounts that end before long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import flash
from flask_babel import gettext as _

from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import Missing
from advocacy.sharing import rules
from advocacy.sharing.models import Connection, Delivery
from advocacy.sharing.networks import network
from advocacy.sharing.queries import pace
from advocacy.sharing.when import GOOD, WhenForm


def chances(
    kit: Kit, accounts: Iterable[Connection], *, by: Person, at: datetime, moving: Delivery | None = None
) -> dict[str, object]:
    """What a choice of time shows: `good`, the next good slot, and `ending`, the accounts that end before long."""
    accounts = list(accounts)
    networks = {one.network for one in accounts}
    return {
        "good": pace.good_slot(by, kit, networks, at=at, but=moving) if accounts else None,
        "ending": [one for one in accounts if ends(one, before=at + rules.FURTHEST)],
    }


def ends(account: Connection, *, before: datetime) -> bool:
    """Whether an account cannot be posted to any more before that moment, unless its owner renews it."""
    return account.expires_at is not None and account.expires_at <= before and not _renews(account)


def _renews(account: Connection) -> bool:
    try:
        return network(account.network).can.renews
    except Missing:
        return False


def say_if_slot_moved(form: WhenForm, local_time: str | None) -> None:
    """Say so when the slot that she was shown had been taken meanwhile."""
    if form.when.data == GOOD and form.slot.data != local_time:
        flash(_("That slot had been taken meanwhile. Yours is the next good one."), "success")
