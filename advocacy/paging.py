"""Long lists in pages, by the address's `page`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from advocacy import asked, db

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a long list; `number` counts from 1."""

    items: list[Item]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))


def page_of(select: sa.Select[Any], *, size: int = 50, scalars: bool = True) -> Page[Any]:
    """The page of `select` that `?page=` names; scalars=False gives rows."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(select.order_by(None).subquery())) or 0
    last = max(1, -(-total // size))
    wanted = asked.number("page", 1)
    here = min(max(1, wanted), last)
    rows = db.session.execute(select.limit(size).offset((here - 1) * size))
    return Page(list(rows.scalars().unique() if scalars else rows), here, size, total)
