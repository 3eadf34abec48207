"""The locked requirements belong to pyproject.toml and to nobody's registry."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tools import lock


@pytest.mark.parametrize("name", lock.FILES)
def test_locked_files_are_up_to_date(name: str) -> None:
    assert lock.recorded(name) == lock.digest(name), (
        f"{name} is stale: run `make lock` and commit what it changes"
    )


@pytest.mark.parametrize("name", lock.FILES)
def test_everything_locked_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text, "whoever installs this has another registry"
    packages = re.findall(r"^[a-z0-9._-]+(?:\[[^\]]*\])?==.*(?:\n    --hash=.*)*", text, re.M)
    assert len(packages) == len(re.findall(r"^[a-z0-9]", text, re.M))
    assert all("--hash=sha256:" in package for package in packages)


def test_a_changed_dependency_makes_a_file_stale(tmp_path: Path) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(text.replace('"flask>=3.1', '"flask>=3.0'), encoding="utf-8")
    assert lock.digest("requirements.txt", tmp_path) != lock.digest("requirements.txt")
    assert lock.digest("requirements-build.txt", tmp_path) == lock.digest("requirements-build.txt")


def test_no_lock_file_that_records_registries() -> None:
    for name in ("uv.lock", "package-lock.json", "poetry.lock", "Pipfile.lock"):
        assert not list(ROOT.glob(name))
