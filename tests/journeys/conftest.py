"""One sample organisation, loaded once by the demo itself; every journey begins with a copy of it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.demo import Demo, running


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that was started once and stopped; ADVOCACY_TEST_DEMO names one to spare its loading."""
    if named := os.environ.get("ADVOCACY_TEST_DEMO"):
        return Path(named)
    folder = _shared_by_workers(tmp_path_factory) / "loaded-demo"
    with (folder.parent / "loaded-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with running(folder.with_suffix(".begun")):
                pass
            folder.with_suffix(".begun").rename(folder)
    return folder


def _shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="module")
def demo(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for the journeys of one module."""
    with running(_copy(loaded, tmp_path_factory)) as started:
        yield started


@pytest.fixture
def own_demo(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for one journey alone, since it changes what others would stumble over."""
    with running(_copy(loaded, tmp_path_factory)) as started:
        yield started


def _copy(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(loaded, tmp_path_factory.mktemp("demo") / "data"))
