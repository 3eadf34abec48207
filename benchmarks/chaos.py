"""What becomes of posts when networks fail and workers are killed: never two posts, and none that is forgotten.

First the random part: 1,000 shares over the four networks fall due within some minutes, a fifth of the networks'
calls goes wrong, and two workers are killed 50 times with SIGKILL. Then 100 kills at each of four points around a
network's acceptance, each with a post at that point on every network (see `storm/points.py`). At last every row is
reckoned up against the posts that stand on the practice networks: the run is void, and exits 1, where one stands
twice, was lost, is *unknown* although the design's table knows better, or has no points or too many.

Half of the champions allow reading; a third has a Mastodon server that is not known to honour keys. Leases last 3 s
in the storm. After a kill at a point, and when it is over, leases and waits are cut short by moving the rows' times.
A full run takes about 40 minutes for each database and engine.

    python -m benchmarks.chaos [--small] [--engine pool|celery] [--only sqlite|postgresql] [--database URL] [--seed 1]

PostgreSQL is the server named by ADVOCACY_BENCHMARK_POSTGRES_URL (or --database, an empty one); Celery uses --broker.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet

from advocacy import db, places, schema, vault
from benchmarks.storm import champions, points, practice, reckoning, weather
from benchmarks.storm.practice import MODES, Networks
from benchmarks.storm.warm import Warm, is_alive
from benchmarks.storm.workers import BROKER, Engine

LEASE = 3
CALM = 300.0


@dataclass(frozen=True)
class Scale:
    """How much of everything; `seconds` in which the shares fall due."""

    shares: int
    kills: int
    at_points: int
    people: int
    seconds: float


FULL = Scale(shares=1000, kills=50, at_points=100, people=12, seconds=200)
SMALL = Scale(shares=24, kills=3, at_points=1, people=3, seconds=8)


def settings(folder: Path, database: str, first_port: int) -> dict[str, str]:
    """What a worker needs to know."""
    key = Fernet.generate_key().decode()
    own = {
        "MODE": "testing", "DATA__FOLDER": str(folder), "DATABASE__URL": database, "VAULT__KEYS": key,
        "WEB__BASE_URL": champions.BASE, "OUTBOUND__ALLOW": "127.0.0.1", "WORKER__LEASE_SECONDS": str(LEASE),
        "SHARING__DAILY_CAP": "0", "SHARING__DAILY_CAP_PER_NETWORK": "0", "SHARING__QUIET_FROM": "",
        "SHARING__QUIET_UNTIL": "", "NETWORKS__MONTHLY_BUDGET": "1000000", "PRACTICE__ENABLED": "true",
        "PRACTICE__PORT": str(first_port), "LINKEDIN__CLIENT_ID": "client-1", "LINKEDIN__CLIENT_SECRET": "secret-1",
        "X__CLIENT_ID": "client-1", "X__CLIENT_SECRET": "secret-1",
    }  # fmt: skip
    return {f"ADVOCACY_{name}": value for name, value in own.items()}


def uncapped(folder: Path) -> Path:
    """A copy of the configuration in which every post earns points, however many went before it on that day."""
    copy = Path(shutil.copytree(places.config(), folder / "config"))
    file = copy / "points.toml"
    text = file.read_text(encoding="utf-8")
    assert "daily_sent = 3 " in text
    file.write_text(text.replace("daily_sent = 3 ", "daily_sent = 1000000 "), encoding="utf-8")
    return copy


def run(
    folder: Path, database: str, engine: str, scale: Scale, options: argparse.Namespace
) -> dict[str, int]:
    """One run on one database and engine; what came of it."""
    there = Networks(practice.free_ports(), folder / "practice.sqlite")
    told = settings(folder, database, there.first_port)
    vault.configure([told["ADVOCACY_VAULT__KEYS"]])
    db.configure(database)
    schema.upgrade()
    warm = Warm(uncapped(folder), folder / "log")
    workers = Engine(engine, warm, told, broker=options.broker)
    try:
        _begin(warm, there, scale.people)
        return _stormed(workers, there, database, scale, random.Random(options.seed), folder / "files")
    finally:
        warm.end()
        workers.clear()
        if options.log:
            shutil.copy(folder / "log", options.log)


def _begin(warm: Warm, there: Networks, people: int) -> None:
    pid = warm.start(["practice", str(there.db_path), str(there.first_port), str(people)], {})
    ends = time.monotonic() + CALM
    while is_alive(pid) and time.monotonic() < ends:
        if there.is_up():
            return
        time.sleep(0.05)
    said = warm.log.read_text(encoding="utf-8") if warm.log.exists() else ""
    raise SystemExit(f"the practice network did not start: {said}")


def _stormed(
    engine: Engine, there: Networks, database: str, scale: Scale, chance: random.Random, files: Path
) -> dict[str, int]:
    began = time.monotonic()
    kit_id, accounts = champions.join(there, scale.people, files)
    _say("connected", began)
    for number in range(scale.shares):
        account = accounts[number // len(MODES) % scale.people][MODES[number % len(MODES)]]
        due = 4 + chance.uniform(0, scale.seconds)
        with db.unit_of_work():
            champions.share(kit_id, account, chance, number, within=due, pictured=number % 5 == 0)
    _say("shared", began)
    came = weather.rage(engine, there, chance, kills=scale.kills, seconds=scale.seconds)
    _say(f"raged {came}", began)
    longer = replace(
        engine, environment=engine.environment | {"ADVOCACY_WORKER__LEASE_SECONDS": points.LEASE}
    )
    stops = points.Points(longer, there, database, kit_id, accounts, chance, scale.shares)
    calm(engine)
    stops.run(scale.at_points)
    _say("stopped at the points", began)
    calm(engine)
    found = reckoning.rows(there)
    for row in found:
        if wrongs := row.wrongs():
            print(f"WRONG {wrongs}: {row}", file=sys.stderr)
    killed = {f"kills_point_{point}": many for point, many in stops.kills.items()}
    seconds = round(time.monotonic() - began)
    return (
        reckoning.figures(found, there)
        | came
        | killed
        | {"at_points": stops.stopped, "kills_elsewhere": stops.missed, "seconds": seconds}
    )


def calm(engine: Engine) -> None:
    """Let a worker bring all that is open to its end."""
    worker, ends = engine.start(), time.monotonic() + CALM
    while reckoning.how_many_open() and time.monotonic() < ends:
        worker.check()
        time.sleep(0.5)
        reckoning.hurry(LEASE + 20)
    worker.kill()


def _say(what: str, began: float) -> None:
    print(f"  {time.monotonic() - began:.0f} s: {what}", file=sys.stderr, flush=True)


def empty_postgres(server: str) -> str:
    """The address of a new, empty database on this server."""
    url, name = sa.make_url(server).set(drivername="postgresql+psycopg"), f"advocacy_chaos_{os.getpid()}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return url.set(database=name).render_as_string(hide_password=False)


def databases(options: argparse.Namespace) -> list[str]:
    """The kinds of databases to run on, or the address of the one that is named."""
    if options.database:
        return [options.database]
    named = "ADVOCACY_BENCHMARK_POSTGRES_URL" in os.environ
    if not named and options.only != "sqlite":
        print("PostgreSQL is left out: ADVOCACY_BENCHMARK_POSTGRES_URL names none.", file=sys.stderr)
    kinds = ["sqlite", "postgresql"] if named else ["sqlite"]
    return [kind for kind in kinds if options.only in (None, kind)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="24 shares, 3 kills at random, 1 at each point")
    parser.add_argument("--engine", choices=("pool", "celery"), help="one of them alone")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--database", help="the address of an empty database")
    parser.add_argument("--broker", default=BROKER)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="where to keep what the workers said")
    for name in ("shares", "kills", "at-points", "people"):
        parser.add_argument(f"--{name}", type=int, help="instead of the scale's")
    options = parser.parse_args()
    scale, void = _scale(options), []
    for name in databases(options):
        for engine in [options.engine] if options.engine else ["pool", "celery"]:
            with tempfile.TemporaryDirectory() as folder:
                figures = run(Path(folder), _address(name, folder), engine, scale, options)
            kind = name.partition(":")[0].partition("+")[0]
            print(
                f"database={kind} engine={engine} "
                + " ".join(f"{one}={many}" for one, many in figures.items())
            )
            void += reckoning.is_void(figures)
    if void:
        sys.exit("this run is void: " + ", ".join(void))


def _address(name: str, folder: str) -> str:
    if name == "sqlite":
        return f"sqlite:///{folder}/chaos.sqlite"
    return empty_postgres(os.environ["ADVOCACY_BENCHMARK_POSTGRES_URL"]) if name == "postgresql" else name


def _scale(options: argparse.Namespace) -> Scale:
    scale = SMALL if options.small else FULL
    asked = {name: getattr(options, name) for name in ("shares", "kills", "at_points", "people")}
    made = vars(scale) | {name: value for name, value in asked.items() if value is not None}
    made["seconds"] = scale.seconds * made["shares"] / scale.shares
    return Scale(**made)


if __name__ == "__main__":
    main()
