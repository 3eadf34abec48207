"""The studio: where comms managers write kits, have them reviewed, and see where each stands."""

from __future__ import annotations

from advocacy.content.desk import editor, kits
from advocacy.content.desk.blueprint import bp

__all__ = ["bp", "editor", "kits"]
