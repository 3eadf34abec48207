"""What keeps thousands of tests quick."""

import gc
import os
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

UNCOUNTED = (Path(__file__).parent / "house", Path(__file__).parent / "journeys")


def pytest_collection_finish() -> None:
    """Let the collector pass over what lives as long as the run: all that was imported, and every test."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, bool, bool]:
    """Count lines where that says something, since counting costs a third of the time and more.

    What runs on both databases is counted on SQLite; house rules read the product and do not run it; journeys run it
    in processes of its own, whose pages others count.
    """
    counting = coverage.Coverage.current()
    if counting is None or not _is_uncounted(item):
        return (yield)
    counting.stop()
    children = {
        name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_PROCESS")
    }
    try:
        return (yield)
    finally:
        os.environ.update(children)
        counting.start()


def _is_uncounted(item: pytest.Function) -> bool:
    return _is_again_on_postgresql(item) or any(item.path.is_relative_to(folder) for folder in UNCOUNTED)


def _is_again_on_postgresql(item: pytest.Function) -> bool:
    spec = getattr(item, "callspec", None)
    return spec is not None and spec.params.get("database") == "postgresql"
