"""Rate limits in fixed windows, counted in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock


@dataclass(frozen=True)
class Budget:
    """What is left of one budget in its present window."""

    limit: int
    used: int
    reset: datetime

    @property
    def remaining(self) -> int:
        """How many calls are left."""
        return max(self.limit - self.used, 0)

    @property
    def spent(self) -> bool:
        """Whether this call was one too many."""
        return self.used > self.limit


class Limits:
    """Counts calls per caller, budget and window; `rates` says how many each budget allows in how many seconds."""

    def __init__(self, rates: Mapping[str, tuple[int, int]]) -> None:
        self._rates = rates
        self._lock = Lock()
        self._used: dict[tuple[str, str], tuple[int, int]] = {}

    def spend(self, who: str, budget: str, at: datetime) -> Budget:
        """Count one call of `who` against a budget."""
        limit, seconds = self._rates[budget]
        window = int(at.timestamp()) // seconds
        with self._lock:
            last, used = self._used.get((who, budget), (window, 0))
            used = used + 1 if last == window else 1
            self._used[who, budget] = (window, used)
        return Budget(limit, used, datetime.fromtimestamp((window + 1) * seconds, UTC))

    def forget(self) -> None:
        """Give everybody a full budget again (for tests)."""
        with self._lock:
            self._used.clear()
