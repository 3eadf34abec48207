"""The administrator's desk."""

from __future__ import annotations

from advocacy.admin.desk import entities, networks, setup, trail
from advocacy.admin.desk.blueprint import bp

__all__ = ["bp", "entities", "networks", "setup", "trail"]
