"""Units of work that are written although the database is gone for a while: what is known must not be forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from advocacy import db

Written = TypeVar("Written")
GONE = (OperationalError, InterfaceError)
PATIENCE = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0


def written(what: Callable[[], Written], *, seconds: float = PATIENCE) -> Written:
    """Do `what` in a unit of work, and for so long anew where the database is gone; it must bear being done twice.

    Raises what the database raised last.
    """
    ends, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            with db.unit_of_work():
                return what()
        except GONE:
            if time.monotonic() + pause > ends:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
