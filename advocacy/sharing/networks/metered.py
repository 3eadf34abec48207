"""The door to the outside for one errand: it ends in time, keeps to what the network allows, and hears what it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from advocacy.errors import N_
from advocacy.http import Answer, NotFound, Outbound
from advocacy.sharing.networks.calls import host_of
from advocacy.sharing.networks.interface import Temporary
from advocacy.sharing.networks.rates import heard, kind_of
from advocacy.sharing.rules import CallKind, Told

if TYPE_CHECKING:  # a web process needs the HTTP client only once it connects an account
    import requests
    from requests.adapters import BaseAdapter

SECONDS = 20.0
"""So long an errand may last, all its calls together."""
TO_POST = 5.0
"""So much of it is kept for the call that posts: cut off, its answer would be lost."""
SLOW_DOWN = N_("%(server)s asks us to slow down, so this waits for a while.")
TOO_SLOW = N_("%(server)s took too long, so nothing was posted yet.")


class Metered(Outbound):
    """`told` is what the network said before; `heard` what it says now; `posting` whether it may have posted."""

    def __init__(self, outbound: Outbound, told: Iterable[Told] = (), *, now: Callable[[], datetime]) -> None:
        self.__dict__.update(outbound.__dict__)
        self._now = now
        self._ends = time.monotonic() + SECONDS
        self._told = list(told)
        self.heard: list[Told] = []
        self.last: CallKind | None = None
        self.posting = False

    def request(self, method: str, url: str, *, total: float | None = None, **sent: Any) -> Answer:
        """Ask once, if it is time to; raises Temporary before the call if it is not, else OutboundError."""
        kind = kind_of(method, url)
        self.check(kind, url)
        if self._left < TO_POST:
            raise Temporary((TOO_SLOW, {"server": host_of(url)}))
        seconds = self._seconds(total, keep=0 if kind is CallKind.POST else TO_POST)
        self.last, self.posting = kind, self.posting or kind is CallKind.POST
        answer = super().request(method, url, total=seconds, **sent)
        self.hear(kind, answer.status, answer.headers)
        return answer

    def hear(self, kind: CallKind, status: int, headers: Mapping[str, str]) -> None:
        """Note what an answer tells of further calls."""
        self.heard += heard(kind, status, headers, at=self._now())

    def protect(
        self, session: requests.Session, *, max_bytes: int = 1_000_000, total: float | None = None
    ) -> None:
        """Put a session under guard, which ends in time too."""
        super().protect(session, max_bytes=max_bytes, total=self._seconds(total, keep=TO_POST))
        for prefix in list(session.adapters):
            session.mount(prefix, cast("BaseAdapter", MeteredAdapter(self, session.adapters[prefix])))

    @property
    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _seconds(self, total: float | None, *, keep: float) -> float:
        return max(0.1, min(total or self.total, self._left - keep))

    def check(self, kind: CallKind, url: str) -> None:
        """Raise Temporary where it is not time for such a call."""
        at = self._now()
        until = [
            told.resets_at
            for told in (*self._told, *self.heard)
            if told.kind is kind and told.remaining <= 0 and told.resets_at > at
        ]
        if until:
            raise Temporary((SLOW_DOWN, {"server": host_of(url)}), retry_at=max(until))


class MeteredAdapter:
    """The transport of a session that makes its calls itself: each goes out in its time, and its answer is heard."""

    def __init__(self, meter: Metered, guarded: BaseAdapter) -> None:
        self.meter, self.guarded = meter, guarded

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send once; raises Temporary before the call if it is not time, else OutboundError."""
        url = request.url or ""
        kind = kind_of(request.method or "", url)
        self.meter.check(kind, url)
        self.meter.last = kind
        answer = self.guarded.send(request, *args, **kwargs)
        self.meter.hear(kind, answer.status_code, answer.headers)
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        self.guarded.close()


class Noting(Outbound):
    """The same door, which knows whether anyone was asked through it: a name that no server has asks nobody."""

    def __init__(self, outbound: Outbound) -> None:
        self.__dict__.update(outbound.__dict__)
        self.went_out = False

    def request(self, method: str, url: str, **sent: Any) -> Answer:
        """Ask once; raises OutboundError."""
        try:
            answer = super().request(method, url, **sent)
        except NotFound:
            raise
        except Exception:
            self.went_out = True
            raise
        self.went_out = True
        return answer
