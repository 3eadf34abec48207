"""What keeps thousands of tests quick."""

import gc
from collections.abc import Generator

import coverage
import pytest


def pytest_collection_finish() -> None:
    """Let the collector pass over what lives as long as the run: all that was imported, and every test."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, bool, bool]:
    """Count lines once: what runs on both databases is counted on SQLite, since counting costs a third of the time."""
    counting = coverage.Coverage.current() if _again_on_postgresql(item) else None
    if counting is None:
        return (yield)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()


def _again_on_postgresql(item: pytest.Function) -> bool:
    spec = getattr(item, "callspec", None)
    return spec is not None and spec.params.get("database") == "postgresql"
