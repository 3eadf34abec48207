"""Which tables a unit of work writes, and whose rows in them, as what is kept in memory asks.

A row is a person's when it has a `person_id`, or when its table says where its owner stands: `info={"whose": "id"}`, or
`"share.person_id"` for what hangs on a share.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState

from advocacy.keep import EVERYTHING, Written

WHOSE = "whose"


def of_statement(statement: Any, options: Any) -> set[Written]:
    """What a statement of its own writes: the rows of whoever the option `whose` names, else anybody's."""
    statement = getattr(statement, "element", statement)
    table = getattr(statement, "table", None) if getattr(statement, "is_dml", False) else None
    return {(EVERYTHING if table is None else table.name, options.get(WHOSE))}


def of_flush(flush: Any) -> set[Written]:
    """What a flush writes, orphans and cascades too."""
    found: set[Written] = set()
    for state, (_deleted, listed_only) in flush.states.items():
        if not listed_only:
            found |= {(table.name, owner) for table in state.mapper.tables for owner in _owners(state, table)}
    return found


def _owners(state: InstanceState[Any], table: Any) -> set[int | None]:
    """Whose the row is, and whose it was when that changes in this flush."""
    path = str(table.info.get(WHOSE, "person_id")).split(".")
    for name in path[:-1]:
        record = state.dict.get(name)
        if record is None:  # not loaded, and this is no time to ask
            return {None}
        state = sa.inspect(record)
    if path[-1] not in state.mapper.column_attrs:
        return {None}
    before = state.attrs[path[-1]].history.deleted if path[-1] in state.dict else ()
    return {state.dict.get(path[-1]), *(before or ())}
