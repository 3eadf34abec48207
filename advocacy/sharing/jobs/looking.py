"""Looking among a person's own posts for one whose answer was lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from advocacy import clock, db
from advocacy.http import Outbound
from advocacy.sharing import allowing, claimed, delivering, outcomes, spending, tokens
from advocacy.sharing.delivering import Claim, Sending
from advocacy.sharing.jobs.sending import note
from advocacy.sharing.models import DeliveryState, Outlay
from advocacy.sharing.money import Entry
from advocacy.sharing.networks import interface, network
from advocacy.sharing.networks.metered import Metered
from advocacy.stubborn import written

LOOK_AGAIN = timedelta(minutes=4)


def look(claim: Claim, outbound: Outbound, line: Outlay | None = None) -> None:
    """Look among the person's own posts, as she allowed; matched in memory, nothing else is kept.

    `line` of the ledger reserved what it costs at most.
    """
    with db.unit_of_work(write=False):
        delivery = claimed.held_by(claim, DeliveryState.SENDING)
        if delivery is None or delivery.connection is None or not delivery.connection.sealed_tokens:
            return
        sending = delivering.sending(delivery, claim)
        meter = Metered(outbound, allowing.closed(delivery.connection, at=clock.now()), now=clock.now)
    found: interface.Posted | None = None
    until, read = None, Entry.RETURNED
    try:
        found = _find(sending, meter)
        read = Entry.SPENT
    except interface.Outcome as outcome:
        until = outcome.retry_at if outcome.status_code is None else None
    written(lambda: _record_look(sending, found, meter, until=until, paid=(line, read)))


def _find(sending: Sending, meter: Metered) -> interface.Posted | None:
    sought = interface.Sought(sending.text, sending.link, sending.first_tried_at - timedelta(minutes=2))
    connector = network(sending.claim.network)
    return tokens.used(
        sending.connection_code,
        meter,
        lambda good: connector.find(meter, sending.server, good, sought),
        at=clock.now(),
    )


def _record_look(
    sending: Sending,
    found: interface.Posted | None,
    meter: Metered,
    *,
    until: datetime | None,
    paid: tuple[Outlay | None, Entry],
) -> None:
    claim = sending.claim
    is_it = found is not None and outcomes.record_sent(
        claim, remote_id=found.remote_id, url=found.url, at=clock.now()
    )
    if until is not None:  # it was not even asked
        outcomes.put_look_off(claim, until=until, again_in=LOOK_AGAIN, at=clock.now())
    elif not is_it:
        outcomes.record_looked(claim, again_in=LOOK_AGAIN, at=clock.now())
    line, read = paid
    if line is not None:
        spending.end(line, read, at=clock.now())
    note(sending, meter.heard)
