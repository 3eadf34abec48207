"""The supervisor over real processes: what ends whom, in what order and how soon."""

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from advocacy.ports import PortInUse
from advocacy.supervisor import Child, check_ports

PREAMBLE = """
import os, signal, subprocess, sys, time
from advocacy.supervisor import Child, supervise

def says(code):
    return [sys.executable, "-c", "import os, signal, subprocess, sys, time\\n" + code]
"""
SLEEPER = "print('pid', os.getpid()); time.sleep(60)"
STUBBORN = (
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print('pid', os.getpid()); print('pid', grandchild.pid); time.sleep(60)"
)
FATHER = (
    "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print('pid', os.getpid()); print('pid', grandchild.pid); time.sleep(60)"
)


def alive(pid: int) -> bool:
    """Say whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


class Supervised:
    """A script that supervises, in its own session, with its output in a file."""

    def __init__(self, folder: Path, script: str) -> None:
        self.output = folder / "output"
        with self.output.open("wb") as out:
            self.popen = subprocess.Popen(
                [sys.executable, "-c", PREAMBLE + textwrap.dedent(script)],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.output.read_text()

    def says(self, pattern: str, times: int = 1, seconds: float = 5) -> list[str]:
        found = until(lambda: len(re.findall(pattern, self.text())) >= times, seconds)
        assert found, f"no {pattern!r} in:\n{self.text()}"
        return re.findall(pattern, self.text())

    def pids(self, number: int) -> list[int]:
        return [int(pid) for pid in self.says(r"pid (\d+)", number)]


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[[str], Supervised]]:
    """Start a supervising script; end whatever is left of it afterwards."""
    started: list[Supervised] = []

    def start(script: str) -> Supervised:
        started.append(Supervised(tmp_path, script))
        return started[-1]

    yield start
    for one in started:
        one.popen.terminate()
        with suppress(subprocess.TimeoutExpired):
            one.popen.wait(3)
        one.popen.kill()
        one.popen.wait()


def test_lines_are_prefixed_and_a_signal_stops_all_at_once(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""
        sys.exit(supervise([Child("web", says({SLEEPER!r})), Child("practice", says({SLEEPER!r}))]))
    """)
    pids = run.pids(2)
    assert re.search(r"^     web \| pid \d+$", run.text(), re.M)
    assert re.search(r"^practice \| pid \d+$", run.text(), re.M)
    began = time.monotonic()
    run.popen.send_signal(signal.SIGINT)
    assert run.popen.wait(5) == 0
    assert time.monotonic() - began < 2
    assert not any(alive(pid) for pid in pids)


def test_children_lead_their_own_sessions(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""sys.exit(supervise([Child("web", says({SLEEPER!r}))]))""")
    (pid,) = run.pids(1)
    assert os.getsid(pid) == os.getpgid(pid) == pid


def test_a_killed_child_is_started_again_and_said_so(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""sys.exit(supervise([Child("web", says({SLEEPER!r}))]))""")
    (pid,) = run.pids(1)
    os.kill(pid, signal.SIGKILL)
    run.says(r"advocacy \| web: ended by SIGKILL. It is started again in 0.5 s.")
    assert len(set(run.pids(2))) == 2


def test_what_a_dead_child_leaves_behind_ends_before_the_next_start(
    supervised: Callable[[str], Supervised],
) -> None:
    run = supervised(f"""sys.exit(supervise([Child("web", says({FATHER!r}))]))""")
    child, grandchild = run.pids(2)
    os.kill(child, signal.SIGKILL)
    assert until(lambda: not alive(grandchild), 2)


def test_a_child_that_keeps_dying_is_given_up(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""
        import advocacy.supervisor
        advocacy.supervisor.FIRST_DELAY = 0.02
        code = "print('pid', os.getpid()); sys.exit(3)"
        sys.exit(supervise([Child("web", says(code)), Child("worker", says({SLEEPER!r}))]))
    """)
    assert run.popen.wait(10) == 1
    run.says(r"web: ended with status 3\. That is 5 times within 30 s: giving up, stopping all\.")
    assert not any(alive(pid) for pid in run.pids(6))


def test_a_command_that_does_not_exist_is_named(supervised: Callable[[str], Supervised]) -> None:
    run = supervised("""sys.exit(supervise([Child("web", ["/nowhere/server"])]))""")
    run.says(r"web \| cannot start /nowhere/server: No such file or directory")


def test_kill_minus_nine_of_the_supervisor_ends_children_and_grandchildren(
    supervised: Callable[[str], Supervised],
) -> None:
    run = supervised(f"""
        sys.exit(supervise([Child("web", says({FATHER!r})), Child("worker", says({SLEEPER!r}))]))
    """)
    pids = run.pids(3)
    run.popen.kill()
    assert until(lambda: not any(alive(pid) for pid in pids), 3)


def test_kill_minus_nine_ends_even_those_that_ignore_sigterm(
    supervised: Callable[[str], Supervised],
) -> None:
    run = supervised(f"""sys.exit(supervise([Child("web", says({STUBBORN!r}))], grace=0.5))""")
    pids = run.pids(2)
    run.popen.kill()
    assert until(lambda: not any(alive(pid) for pid in pids), 3)


def test_parent_death_alone_ends_a_child_when_the_guard_is_dead_too(
    supervised: Callable[[str], Supervised],
) -> None:
    if sys.platform != "linux":
        pytest.skip("the parent-death signal is Linux's")
    run = supervised(f"""
        from advocacy import supervisor
        class Guard(supervisor.Guard):
            def __init__(self, grace):
                super().__init__(grace)
                print("guard", self.popen.pid, flush=True)
        supervisor.Guard = Guard
        sys.exit(supervise([Child("web", says({SLEEPER!r}))]))
    """)
    (pid,) = run.pids(1)
    os.kill(int(run.says(r"guard (\d+)")[0]), signal.SIGKILL)
    run.popen.kill()
    assert until(lambda: not alive(pid), 3)


def test_the_group_is_killed_when_a_child_ignores_sigterm(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""sys.exit(supervise([Child("web", says({STUBBORN!r}))], grace=0.5))""")
    pids = run.pids(2)
    run.popen.terminate()
    assert run.popen.wait(5) == 0
    run.says(r"web did not stop when asked and was ended\.")
    assert not any(alive(pid) for pid in pids)


def test_a_second_signal_does_not_wait(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""sys.exit(supervise([Child("web", says({STUBBORN!r}))], grace=30))""")
    run.pids(2)
    run.popen.send_signal(signal.SIGINT)
    time.sleep(0.2)
    run.popen.send_signal(signal.SIGINT)
    assert run.popen.wait(5) == 0


def test_ready_is_said_once_when_every_url_answers(supervised: Callable[[str], Supervised]) -> None:
    port = free_port()
    server = f"time.sleep(0.3); os.execv(sys.executable, [sys.executable, '-m', 'http.server', '{port}'])"
    run = supervised(f"""
        child = Child("web", says({server!r}), port={port}, ready_url="http://127.0.0.1:{port}/")
        sys.exit(supervise([child], on_ready=lambda: print("ready", flush=True)))
    """)
    run.says("^ready$|\nready\n")
    time.sleep(0.4)
    assert run.text().count("ready\n") == 1


def test_a_port_in_use_is_said_and_nothing_starts(supervised: Callable[[str], Supervised]) -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        run = supervised(f"""sys.exit(supervise([Child("web", says({SLEEPER!r}), port={port})]))""")
        assert run.popen.wait(5) == 1
    assert run.text() == (
        f"Port {port} on 127.0.0.1 is in use. Stop what uses it, or set ADVOCACY_WEB__PORT to another.\n"
    )


def test_a_free_port_passes_the_check() -> None:
    check_ports([Child("web", ["true"], port=free_port()), Child("worker", ["true"])])


def test_a_port_held_on_all_addresses_is_in_use_on_loopback() -> None:
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        with pytest.raises(PortInUse, match="ADVOCACY_PRACTICE__PORT"):
            check_ports([Child("practice", ["true"], port=holder.getsockname()[1])])


def test_every_port_of_a_child_is_probed_and_named_by_its_own_setting() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        held = {"ADVOCACY_PRACTICE__X_PORT": holder.getsockname()[1]}
        with pytest.raises(PortInUse, match=r"Port \d+ .* is in use.*ADVOCACY_PRACTICE__X_PORT"):
            check_ports([Child("practice", ["true"], port=free_port(), ports=held)])


def test_a_port_that_two_want_is_in_use_before_either_has_it() -> None:
    port = free_port()
    practice = Child("practice", ["true"], port=free_port(), ports={"ADVOCACY_PRACTICE__LINKEDIN_PORT": port})
    with pytest.raises(PortInUse, match=r"wanted twice, by ADVOCACY_WEB__PORT and .*LINKEDIN_PORT"):
        check_ports([Child("web", ["true"], port=port), practice])


@pytest.mark.parametrize("host", ["nosuchhost.invalid", "192.0.2.1", "", "a..b"])
def test_a_host_that_is_not_here_is_said_to_be_so(host: str) -> None:
    with pytest.raises(PortInUse) as said:
        check_ports([Child("web", ["true"], port=free_port(), host=host)])
    what = f"“{host}”, which is no address of this machine" if host else "empty"
    assert str(said.value).startswith(f"web.host (ADVOCACY_WEB__HOST) is {what}; set it to one, such as 127")


def test_a_further_ports_host_is_that_of_its_table() -> None:
    practice = Child("practice", ["true"], host="192.0.2.1", ports={"ADVOCACY_PRACTICE__X_PORT": free_port()})
    with pytest.raises(PortInUse, match=r"practice\.host \(ADVOCACY_PRACTICE__HOST\) is “192\.0\.2\.1”"):
        check_ports([practice])


def test_a_port_that_only_root_may_open_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(PortInUse, match="Set ADVOCACY_WEB__PORT to one above 1023"):
        check_ports([Child("web", ["true"], port=80)])


def test_a_port_taken_while_the_child_was_dead_counts_as_a_death(
    supervised: Callable[[str], Supervised],
) -> None:
    port = free_port()
    run = supervised(f"""sys.exit(supervise([Child("web", says({SLEEPER!r}), port={port})]))""")
    (pid,) = run.pids(1)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        os.kill(pid, signal.SIGKILL)
        run.says(rf"web: Port {port} on 127.0.0.1 is in use.* It is started again in 1 s")
    assert len(set(run.pids(2))) == 2


def test_a_slow_start_is_said(supervised: Callable[[str], Supervised]) -> None:
    run = supervised(f"""
        import advocacy.supervisor
        advocacy.supervisor.SLOW_START = 0.1
        sys.exit(supervise([Child("web", says({SLEEPER!r}), ready_url="http://127.0.0.1:{free_port()}/healthz")]))
    """)
    run.says(r"advocacy \| web is slow: http://127.0.0.1:\d+/healthz gives no answer yet\.")


def test_when_nobody_reads_our_output_any_more_we_stop() -> None:
    code = "[(print('line', i), time.sleep(0.01)) for i in range(500)]"
    script = PREAMBLE + f"""sys.exit(supervise([Child("web", says({code!r}))]))"""
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert run.stdout
    assert b"line 0" in run.stdout.readline()
    run.stdout.close()
    assert run.wait(5) in (0, 120)  # 120: Python could not flush its own output either


def test_the_last_words_without_an_end_of_line_are_passed_on(
    supervised: Callable[[str], Supervised], tmp_path: Path
) -> None:
    spoken = tmp_path / "spoken"
    run = supervised(f"""
        code = "sys.stdout.write('farewell'); sys.stdout.flush(); open({str(spoken)!r}, 'w'); {SLEEPER}"
        sys.exit(supervise([Child("web", says(code))]))
    """)
    assert until(spoken.exists, 30)
    run.popen.terminate()
    assert run.popen.wait(5) == 0
    assert "web | farewell" in run.text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
