"""HR's desk for courses: written part by part, published whole; and sums of who has learned."""

from __future__ import annotations

from advocacy.training.desk import courses, parts
from advocacy.training.desk.blueprint import bp

__all__ = ["bp", "courses", "parts"]
