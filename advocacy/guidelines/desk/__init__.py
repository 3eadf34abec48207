"""HR's desk: the rulebook is written there, and who has read it is seen there."""

from __future__ import annotations

from advocacy.guidelines.desk import reading, rulebook
from advocacy.guidelines.desk.blueprint import bp

__all__ = ["bp", "reading", "rulebook"]
