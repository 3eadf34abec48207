"""What is built from this checkout runs elsewhere, complete."""

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT


def run(*command: str | Path, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return str(done.stdout)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist from the checkout and the wheel from the sdist, as `pip install .` does."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="session")
def sdist(built: Path) -> Path:
    return next(built.glob("*.tar.gz"))


def shipped(folder: Path, prefix: str) -> set[str]:
    """Return the files under a folder of the checkout as they should be called in the wheel."""
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".po", ".pot"}
    }


def test_the_wheel_is_complete(wheel: Path) -> None:
    wanted = shipped(PACKAGE, "advocacy")
    wanted |= shipped(ROOT / "templates", "advocacy/templates") | shipped(ROOT / "config", "advocacy/config")
    wanted |= shipped(ROOT / "samples", "advocacy/samples")
    missing = sorted(wanted - set(zipfile.ZipFile(wheel).namelist()))
    assert not missing


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    outside = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in outside if not name.endswith(".dist-info")} == {"advocacy"}


def test_the_sdist_holds_what_a_wheel_is_made_of(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = (
        shipped(PACKAGE, "advocacy")
        | shipped(ROOT / "templates", "templates")
        | shipped(ROOT / "config", "config")
        | shipped(ROOT / "samples", "samples")
    )
    missing = sorted(wanted - inside)
    assert not missing


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that borrows our dependencies, but not our checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    ours = Path(sysconfig.get_paths()["purelib"])
    for path in ours.iterdir():
        if "advocacy" not in path.name and path.suffix != ".pth":
            (packages / path.name).symlink_to(path)
    return folder


def install(elsewhere: Path, artefact: Path) -> Path:
    """Install by pip, without dependencies and without the network, and return the command."""
    python = elsewhere / "venv" / "bin" / "python"
    options = [
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--force-reinstall",
        "--no-cache-dir",
    ]
    run(python, "-m", "pip", "install", *options, artefact, cwd=elsewhere)
    return elsewhere / "venv" / "bin" / "advocacy"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Path, folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run `advocacy run` in an empty folder and yield its port and process; it stops when asked."""
    port = free_port()
    folder.mkdir()
    own = {"ADVOCACY_WEB__PORT": str(port), "ADVOCACY_DATA__FOLDER": str(folder / "data")}
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("ADVOCACY_", "COV"))
    }
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [command, "run"],
            cwd=folder,
            env=environment | own,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield port, process
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0, (folder / "output").read_text()
    except BaseException:
        print((folder / "output").read_text())
        raise
    finally:
        process.kill()
        process.wait()


def answer(server: tuple[int, subprocess.Popen[bytes]], path: str, seconds: float = 30) -> tuple[int, str]:
    """Return status and text of a page, waiting for the server to come up."""
    deadline = time.monotonic() + seconds
    port, process = server
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, HTTPException):
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_advocacy_runs_outside_the_checkout(
    kind: str, elsewhere: Path, request: pytest.FixtureRequest
) -> None:
    command = install(elsewhere, request.getfixturevalue(kind))
    assert "run" in run(command, "--help", cwd=elsewhere)
    with running(command, elsewhere / kind) as server:
        assert answer(server, "/healthz")[0] == 200
        assert answer(server, "/readyz")[0] == 200
        status, page = answer(server, "/sign-in")
        assert status == 200
        static = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"', page)
        assert static
        assert {answer(server, path)[0] for path in static} == {200}
    assert (elsewhere / kind / "data" / "keys").stat().st_mode & 0o077 == 0
