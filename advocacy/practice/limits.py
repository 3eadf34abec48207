"""Rate limits in fixed windows, counted in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from advocacy.practice.rules import RATES


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

    def headers(self) -> dict[str, str]:
        """Mastodon's rate headers; the reset is an ISO 8601 moment, not seconds."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": self.reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }


class Limits:
    """Counts calls per caller, budget and window."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._used: dict[tuple[str, str], tuple[int, int]] = {}

    def spend(self, who: str, budget: str, at: datetime) -> Budget:
        """Count one call of `who` against a budget."""
        limit, seconds = RATES[budget]
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
