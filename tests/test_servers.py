"""The commands that start a server alone: what they ask of the place before they begin."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest

NOWHERE = "postgresql+psycopg://ada:a-secret@127.0.0.1:1/x"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """This process's, with settings that are this test's alone."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ADVOCACY_")}
    return {**ours, "ADVOCACY_DATA__FOLDER": str(folder), **more}


def start(*words: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "advocacy", *words]
    return subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def ended(process: subprocess.Popen[str], within: float = 30) -> tuple[int | None, str]:
    """Its exit status, None where it had to be stopped, and what it said."""
    try:
        said, _ = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return None, said
    return process.returncode, said


def answers(port: int, within: float = 30) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def gets_ready(*words: str, env: dict[str, str]) -> bool:
    """Whether a worker says that it is ready, before it ends; it is killed then."""
    worker = start(*words, env=env)
    assert worker.stdout
    try:
        return any("the worker is ready" in line for line in worker.stdout)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        ended(worker)


def migrated(env: dict[str, str]) -> None:
    assert ended(start("db", "upgrade", env=env))[0] == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_of_web_servers_that_start_in_one_moment_one_stays(tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, ADVOCACY_WEB__PORT=str(port))
    migrated(env)
    servers = [start("web", env=env) for _ in range(3)]
    deadline = time.monotonic() + 30
    try:
        while sum(server.poll() is None for server in servers) > 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert answers(port)
        ends = [server for server in servers if server.poll() is not None]
        assert len(ends) == 2, "two of them would answer by turns"
        for server in ends:
            status, said = ended(server)
            assert status == 1 and f"Port {port} on 127.0.0.1 is in use" in said and said.count("\n") == 1
    finally:
        for server in servers:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            ended(server)


def test_a_web_server_that_is_asked_to_stop_while_it_starts_does(tmp_path: Path) -> None:
    env = environment(tmp_path, ADVOCACY_WEB__PORT=str(free_port()))
    server = start("web", "--supervised", env=env)
    born = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    if not born.exists():
        pytest.skip("this kernel does not tell a process's children")
    deadline = time.monotonic() + 30
    while not born.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    server.terminate()  # its worker has no way of its own to be asked yet
    status, said = ended(server, within=20)
    assert status == 0, said


def test_a_web_server_that_is_asked_to_stop_in_many_ways_at_once_does(tmp_path: Path) -> None:
    env = environment(tmp_path, ADVOCACY_WEB__PORT=(port := str(free_port())))
    migrated(env)
    for _ in range(3):
        server = start("web", env=env)
        try:
            assert answers(int(port))
        finally:
            for number in (signal.SIGINT, signal.SIGTERM) * 20:
                os.killpg(server.pid, number)
        status, said = ended(server, within=5)
        assert status == 0, said or "it waits for itself"


def test_the_practice_network_says_that_a_port_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        env = environment(tmp_path, ADVOCACY_PRACTICE__X_PORT=str(port))
        status, said = ended(start("practice", env=env))
    assert status == 1 and said.count("\n") == 1
    assert f"Port {port} on 127.0.0.1 is in use. Stop what uses it, or set ADVOCACY_PRACTICE__X_PORT" in said


@pytest.mark.parametrize("found", [None, "0003"])
def test_a_web_server_alone_asks_for_the_shape_that_it_needs(tmp_path: Path, found: str | None) -> None:
    env = environment(tmp_path / "var", ADVOCACY_WEB__PORT=str(free_port()))
    if found:
        assert ended(start("db", "upgrade", found, env=env))[0] == 0
    status, said = ended(start("web", env=env), within=20)
    assert status == 1 and "Run `advocacy db upgrade`." in said and said.count("\n") == 1
    assert (f"at {found}, " if found else "There is no database yet") in said
    assert found or not (tmp_path / "var").exists(), "nothing was made"


def test_a_web_server_alone_says_that_its_data_folder_is_none(tmp_path: Path) -> None:
    status, said = ended(start("web", env=environment(Path(__file__))))
    assert status == 1 and said.count("\n") == 1
    assert f"The data folder {__file__} is a file. Set data.folder (ADVOCACY_DATA__FOLDER)" in said


def test_a_web_server_says_of_a_host_that_is_not_here_which_setting_it_is(tmp_path: Path) -> None:
    env = environment(tmp_path, ADVOCACY_WEB__PORT=str(free_port()))
    migrated(env)
    env |= {"ADVOCACY_WEB__HOST": "nosuchhost.invalid", "ADVOCACY_WEB__BASE_URL": "https://ours.example"}
    for word in ("web", "run"):
        status, said = ended(start(word, env=env))
        assert status == 1 and said.count("\n") == 1
        assert "web.host (ADVOCACY_WEB__HOST) is “nosuchhost.invalid”, which is no address of this" in said


def test_a_web_server_alone_says_that_its_database_does_not_answer(tmp_path: Path) -> None:
    env = environment(tmp_path, ADVOCACY_DATABASE__URL=NOWHERE)
    status, said = ended(start("web", env=env), within=20)
    assert status == 1 and "The database cannot be used" in said
    assert said.count("\n") == 1 and "a-secret" not in said


def test_a_web_server_alone_begins_beside_no_other_and_after_one_that_was_killed(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as a second web server would be
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        env = environment(tmp_path, ADVOCACY_WEB__PORT=str(port))
        migrated(env)
        status, said = ended(start("web", env=env), within=10)
        assert status == 1 and f"Port {port} on 127.0.0.1 is in use" in said
    for stop in (signal.SIGKILL, signal.SIGTERM):
        server = start("web", env=env)
        try:
            assert answers(port), "what a killed one leaves behind keeps no other from the port"
        finally:
            os.killpg(server.pid, stop)
            ended(server)


@pytest.mark.parametrize("found", [None, "0003"])
def test_a_worker_alone_asks_for_the_shape_that_it_needs(tmp_path: Path, found: str | None) -> None:
    env = environment(tmp_path / "var")
    if found:
        assert ended(start("db", "upgrade", found, env=env))[0] == 0
    for words in (["worker"], ["worker", "--engine", "celery"], ["worker", "--part", "dispatcher"]):
        status, said = ended(start(*words, env={**env, "ADVOCACY_WORKER__BROKER": "amqp://127.0.0.1:1"}))
        assert status == 1 and "Run `advocacy db upgrade`." in said
        assert (f"at {found}, " if found else "There is no database yet") in said
        assert said.count("\n") == 1
        assert found or not (tmp_path / "var").exists(), "nothing was made"


def test_a_worker_alone_says_that_its_database_does_not_answer(tmp_path: Path) -> None:
    env = environment(tmp_path, ADVOCACY_DATABASE__URL=NOWHERE)
    status, said = ended(start("worker", env=env))
    assert status == 1 and "The database cannot be used" in said
    assert said.count("\n") == 1 and "a-secret" not in said


def test_a_worker_works_on_what_a_newer_version_made(tmp_path: Path) -> None:
    env = environment(tmp_path)
    assert ended(start("db", "upgrade", env=env))[0] == 0
    with closing(sqlite3.connect(tmp_path / "advocacy.sqlite")) as made, made:
        made.execute("UPDATE alembic_version SET version_num = '9999'")
    assert gets_ready("worker", env=env)
