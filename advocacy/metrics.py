"""Figures for Prometheus: what this process saw, and what all processes share, read from the database when asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

log = logging.getLogger(__name__)

REGISTRY = CollectorRegistry()
WAITS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600)
DUE_TO_TAKEN = Histogram(
    "advocacy_due_to_taken_seconds",
    "From when a post was due until it passed the gate.",
    ["network"],
    buckets=WAITS,
    registry=REGISTRY,
)
TAKEN_TO_SENT = Histogram(
    "advocacy_taken_to_sent_seconds",
    "From the gate until the network had the post.",
    ["network"],
    buckets=WAITS,
    registry=REGISTRY,
)
OUTCOMES = Counter(
    "advocacy_outcomes_total", "What came of calls that post.", ["network", "outcome"], registry=REGISTRY
)


@dataclass(frozen=True)
class Gauge:
    """A figure that all processes share: its values by the one label that it has, "" where it has none."""

    name: str
    says: str
    label: str
    values: Mapping[str, float]


class Shared(Collector):
    """Asks for the shared figures whenever somebody reads; what cannot be had is left out and said in the log."""

    def __init__(self, ask: Callable[[], Iterable[Gauge]]) -> None:
        self._ask = ask

    def describe(self) -> list[Metric]:
        """Nothing beforehand: the database is asked only when somebody reads."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each figure as Prometheus takes it."""
        try:
            gauges = list(self._ask())
        except Exception:
            log.exception("the shared figures could not be read")
            gauges = []
        for gauge in gauges:
            family = GaugeMetricFamily(gauge.name, gauge.says, labels=[gauge.label] if gauge.label else [])
            for value, figure in gauge.values.items():
                family.add_metric([value] if gauge.label else [], figure)
            yield family


def serve(host: str, port: int, ask: Callable[[], Iterable[Gauge]]) -> WSGIServer | None:
    """Answer at /metrics from a thread; None, and a warning, where the port is taken (a second worker here)."""
    shared = Shared(ask)
    try:
        server, _thread = start_http_server(port, host, REGISTRY)
    except OSError as taken:
        log.warning("figures are not served at %s:%s: %s", host, port, taken)
        return None
    REGISTRY.register(shared)
    log.info("figures are served at http://%s:%s/metrics", host, port)
    return server
