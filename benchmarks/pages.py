"""How fast a signed-in home page is beside a bare Flask page, and what starting costs beside bare imports.

Goals: 0.15 of the bare page's requests per second; 2.2 times the start-up time and 1.8 times the memory of
`import flask, sqlalchemy`. Rounds of both alternate in this run, and medians are compared.

Starting is compared as an installed copy starts, from compiled files: with PYTHONDONTWRITEBYTECODE set, our sources are
compiled anew each time, and the packages too or not, as they were installed, so that such figures compare with none.

Home is asked for as by someone who goes there again within seconds. Beside that stands, without a goal,
home_first_ratio: each request is another person's, of forty, and what the process kept of her counts as outdated.

    python -m benchmarks.pages [--small] [--check]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from werkzeug.test import Client

GOALS = {"home_ratio": 0.15, "start_ratio": 2.2, "memory_ratio": 1.8}
BARE = "import flask, sqlalchemy"
OURS = "import advocacy.serving; advocacy.serving.web()"
MEASURE = """
import re, time
began = time.perf_counter()
{code}
took = time.perf_counter() - began
# not ru_maxrss, which a child inherits from whoever started it
print(took, re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def bare_page() -> Flask:
    """A Flask application whose one page is a sentence."""
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "<!doctype html><title>Bare</title><p>Hello")
    return app


def rate(call: Callable[[], object], seconds: float) -> float:
    """How often `call` is done in a second."""
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        call()
        done += 1
    return done / (time.perf_counter() - began)


def home_ratios(folder: Path, rounds: int, seconds: float) -> dict[str, float]:
    """Requests per second of home, of first visits to it and of the bare page, and the medians of their ratios."""
    ours, bare = organisation(folder), Client(bare_page())
    calls = (signed_in_home(ours), first_visits(ours), lambda: bare.get("/"))
    for call in calls:
        rate(call, seconds / 2)
    rates = [[rate(call, seconds) for call in calls] for _round in range(rounds)]
    names = ("home_rps", "home_first_rps", "bare_rps")
    return {
        **{name: statistics.median(each) for name, each in zip(names, zip(*rates, strict=True), strict=True)},
        "home_ratio": statistics.median(again / theirs for again, _first, theirs in rates),
        "home_first_ratio": statistics.median(first / theirs for _ours, first, theirs in rates),
    }


def organisation(folder: Path) -> Flask:
    """Our application with the sample organisation behind it."""
    from advocacy import clock, places, schema, settings
    from advocacy.app import create_app
    from advocacy.loading import samples

    app = create_app(settings.load({}, **{"mode": "demo", "data.folder": str(folder)}))
    schema.upgrade()
    samples.load(places.samples(), password="advocacy-demo", at=clock.now())
    return app


def signed_in_home(app: Flask) -> Callable[[], object]:
    """A call that gets Ada's first page."""
    import sqlalchemy as sa

    from advocacy import clock, db
    from advocacy.accounts import sessions
    from advocacy.accounts.models import Person

    with db.unit_of_work():
        ada = db.session.scalars(sa.select(Person).where(Person.email == "ada@demo.example")).one()
        cookie = sessions.start(ada, device="benchmark", at=clock.now())
    client = Client(app)
    client.set_cookie(sessions.COOKIE, cookie, domain="127.0.0.1")

    def home() -> None:
        answer = client.get("/", base_url="http://127.0.0.1:8000")
        if answer.status_code != 200 or b"Make it mine" not in answer.data:
            raise SystemExit(f"home answered {answer.status}, so this run is void")

    return home


def first_visits(app: Flask, many: int = 40) -> Callable[[], object]:
    """A call that gets the first page of one colleague after the other, whom the process does not know."""
    import itertools

    import sqlalchemy as sa

    from advocacy import clock, db, keep
    from advocacy.accounts import sessions
    from advocacy.accounts.models import Person

    visitors = []
    with db.unit_of_work():
        for person in db.session.scalars(sa.select(Person).order_by(Person.id).limit(many)):
            client = Client(app)
            cookie = sessions.start(person, device="benchmark", at=clock.now())
            client.set_cookie(sessions.COOKIE, cookie, domain="127.0.0.1")
            visitors.append((client, {("people", person.id), ("sessions", person.id)}))
    turns = itertools.cycle(visitors)

    def home() -> None:
        client, hers = next(turns)
        keep.wrote(hers)  # nothing that was kept of her is good any more
        answer = client.get("/", base_url="http://127.0.0.1:8000")
        if answer.status_code != 200 or b"story-card" not in answer.data:
            raise SystemExit(f"home answered {answer.status}, so this run is void")

    return home


def start(code: str, folder: Path) -> tuple[float, float]:
    """Seconds and MiB that `code` takes in a new Python."""
    environment = {**os.environ, "ADVOCACY_DATA__FOLDER": str(folder)}
    printed = subprocess.run(
        [sys.executable, "-c", MEASURE.format(code=code)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kib = printed.stdout.split()
    return float(seconds), float(kib) / 1024


def start_ratios(folder: Path, rounds: int) -> dict[str, float]:
    """Medians of starting bare imports and us, in turn, and their ratios."""
    pairs = [(start(BARE, folder), start(OURS, folder)) for _round in range(rounds + 1)][1:]
    bare_s, bare_m = (statistics.median(bare[i] for bare, _ours in pairs) for i in (0, 1))
    our_s, our_m = (statistics.median(ours[i] for _bare, ours in pairs) for i in (0, 1))
    return {
        "bare_start_s": bare_s, "start_s": our_s, "bare_mib": bare_m, "mib": our_m,
        "start_ratio": statistics.median(ours[0] / bare[0] for bare, ours in pairs),
        "memory_ratio": statistics.median(ours[1] / bare[1] for bare, ours in pairs),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="under a minute")
    parser.add_argument("--check", action="store_true", help="exit 1 below a goal")
    options = parser.parse_args()
    rounds, seconds = (3, 0.7) if options.small else (9, 3.0)
    with tempfile.TemporaryDirectory() as folder:
        figures = home_ratios(Path(folder), rounds, seconds)
        figures |= start_ratios(Path(folder), rounds)
    print(" ".join(f"{name}={value:.3f}" for name, value in figures.items()))
    missed = [
        name
        for name, goal in GOALS.items()
        if (figures[name] < goal if name == "home_ratio" else figures[name] > goal)
    ]
    if options.check and missed:
        sys.exit("below the goal: " + ", ".join(missed))


if __name__ == "__main__":
    main()
