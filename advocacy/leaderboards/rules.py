"""The law of points: what earns how many, from which day on, and what earns no more that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

SHARING = ("sent", "by_hand")


@dataclass(frozen=True)
class PointsRule:
    """What counts from one day on: points by kind, and how many shares a day earn any."""

    begins: date
    amounts: dict[str, int]
    daily_sent: int


def parse(tables: list[dict[str, Any]]) -> list[PointsRule]:
    """The rules of `config/points.toml`, the oldest first."""
    made = []
    for table in tables:
        amounts = {key: int(value) for key, value in table.items() if key not in {"from", "daily_sent"}}
        made.append(PointsRule(table["from"], amounts, int(table.get("daily_sent", 3))))
    return sorted(made, key=lambda rule: rule.begins)


def rule_on(rules: list[PointsRule], day: date) -> PointsRule | None:
    """The rule in force on a day."""
    in_force = [rule for rule in rules if rule.begins <= day]
    return in_force[-1] if in_force else None


def amount(rule: PointsRule | None, kind: str, *, shares_today: int) -> int:
    """How many points a thing earns; shares beyond the day's cap earn none."""
    if rule is None or (kind in SHARING and shares_today >= rule.daily_sent):
        return 0
    return rule.amounts.get(kind, 0)
