"""The staff's side of sharing: recalling stories, answering calls for help, pausing what goes out, what it costs."""

from __future__ import annotations

from advocacy.sharing.desk.care import bp as care
from advocacy.sharing.desk.holds import bp as holds
from advocacy.sharing.desk.spending import bp as spending

__all__ = ["care", "holds", "spending"]
