"""Going by the database's clock, which all workers share."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from advocacy import clock, db

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=30)
ASKED = {
    "postgresql": "SELECT clock_timestamp() AT TIME ZONE 'UTC'",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


def told() -> datetime:
    """The present moment by the database's clock."""
    with db.engine().connect() as connection:
        said = connection.exec_driver_sql(ASKED[connection.dialect.name]).scalar_one()
    moment = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return moment.replace(tzinfo=UTC)


def set_clock() -> None:
    """Go by the database's clock from now on, and say so where this machine's own is wrong."""
    ahead = clock.follow(told).total_seconds()
    if ahead:
        log.warning("this machine's clock is %+.0f s off the database's, which counts: set it right", ahead)


def keep_time(stopping: threading.Event) -> None:
    """Set the clock again and again, in a thread, until it is time to stop."""

    def keep() -> None:
        while not stopping.wait(EVERY.total_seconds()):
            try:
                set_clock()
            except SQLAlchemyError:
                log.warning("the database did not tell the time; it is asked again")

    set_clock()
    threading.Thread(target=keep, name="timekeeping", daemon=True).start()
