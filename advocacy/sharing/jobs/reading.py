"""Reading what others did with posts: in its time, as the networks say, and marking no account for a trouble."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from advocacy import db
from advocacy.errors import Missing
from advocacy.http import Outbound
from advocacy.sharing import allowing, figures, networks, tokens
from advocacy.sharing.networks.interface import Figures, Outcome
from advocacy.sharing.networks.metered import Metered

log = logging.getLogger(__name__)


def read_figures(outbound: Outbound, *, most: int, lease: timedelta, at: datetime) -> int:
    """Read the figures that are due; returns how many posts were asked about."""
    with db.unit_of_work():
        begun = figures.begin_due(most=most, at=at)
        claims = figures.reserve_due(most=most, lease=lease, at=at)
    for claim in claims:
        _read(claim, outbound, at=at)
    return begun + sum(len(claim.ids) for claim in claims)


def _read(claim: figures.Claim, outbound: Outbound, *, at: datetime) -> None:
    whose = (claim.network, claim.server, claim.connection_code)
    with db.unit_of_work(write=False):
        meter = Metered(outbound, allowing.closed_at(*whose, at=at), now=lambda: at)
    told: dict[str, Figures] | Outcome | Missing
    try:
        told = _ask(claim, meter, at=at)
    except (Outcome, Missing) as wrong:
        log.info("figures of account %s could not be read", claim.connection_code)
        told = wrong
    with db.unit_of_work():
        figures.keep(claim, told, at=at)
        allowing.note(*whose, meter.heard)


def _ask(claim: figures.Claim, meter: Metered, *, at: datetime) -> dict[str, Figures]:
    connector = networks.network(claim.network)
    good = tokens.fresh(claim.connection_code, meter, at=at)
    return connector.figures(meter, claim.server, good, claim.remote_ids)
