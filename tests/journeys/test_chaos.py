"""A smaller run of `benchmarks/chaos.py`: workers are killed, and no post stands twice or is forgotten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests import brokers, postgres

ROOT = Path(__file__).parents[2]
SMALLER = ("--shares", "8", "--kills", "2")  # and one kill at each of the four points, with four posts more


def test_no_post_stands_twice_and_none_is_forgotten(tmp_path: Path) -> None:
    told = chaos("--engine", "pool", "--database", f"sqlite:///{tmp_path}/chaos.sqlite")
    assert (told["database"], told["engine"]) == ("sqlite", "pool")
    whole(told)


def test_the_same_on_postgresql_with_a_broker() -> None:
    for broker in brokers.broker("amqp"):
        database = postgres.database_url("chaos")
        told = chaos("--engine", "celery", "--broker", broker.url, "--database", database)
        assert (told["database"], told["engine"]) == ("postgresql", "celery")
        whole(told)


def chaos(*arguments: str) -> dict[str, str]:
    """The last line of a small run, which has to end well."""
    command = [sys.executable, "-m", "benchmarks.chaos", "--small", *SMALLER, *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return dict(part.split("=", 1) for part in ended.stdout.splitlines()[-1].split())


def whole(told: dict[str, str]) -> None:
    """As many points as posts that are known to be out, and each kill was one."""
    nothing = ("doubles", "sent_twice", "lost", "unknown_forbidden", "unlike_ledger")
    assert {name: told[name] for name in nothing} == dict.fromkeys(nothing, "0")
    assert told["points"] == told["sent"] and int(told["sent"]) + int(told["unknown"]) == int(told["shares"])
    assert (
        told["kills"] == "2"
        and told["shares"] == "24"
        and [told[f"kills_point_{point}"] for point in range(1, 5)] == ["1"] * 4
    )
    assert int(told["faulty_calls"]) > 0
