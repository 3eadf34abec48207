"""What a process of the web server loads, and what it does not."""

import os
import subprocess
import sys
from pathlib import Path

NEEDED_LATER = {
    "PIL": "the first picture that comes in",
    "alembic": "the probe that compares the database's version",
    "argon2": "the first password",
    "authlib": "the practice network",
    "celery": "a worker with queues",
    "crawlerdetect": "the first short link that is followed",
    "cryptography": "the first token that is sealed or opened",
    "granian": "the command that starts the server",
    "markdown_it": "the first text that is shown",
    "nh3": "the first text that is shown",
    "oauthlib": "the first account that is connected",
    "regex": "the first post whose letters are counted",
    "requests": "the first call to another server",
    "slugify": "the first address that is made of a title",
    "sqlalchemy.dialects.postgresql": "a database that is PostgreSQL",
    "xlsxwriter": "the first table that is downloaded",
}
LOOK = """
import gc, sys
import advocacy.serving
app = advocacy.serving.web()
assert app.view_functions and gc.isenabled() and gc.get_freeze_count() > 1000
print(*sys.modules)
"""
CONFIGURED = """
import advocacy.serving
advocacy.serving.web()
from advocacy import db
print(*sorted(each.class_.__name__ for each in db.Model.registry.mappers if each.configured))
"""


def printed(script: str, folder: Path) -> list[str]:
    """What `script` prints in a new process of ours on SQLite."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADVOCACY_")}
    asked = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"ADVOCACY_DATA__FOLDER": str(folder)},
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.split()


def test_a_web_process_on_sqlite_loads_only_what_it_needs_to_begin(tmp_path: Path) -> None:
    """Each of these takes a while or much memory to load, and is loaded by whoever first needs it."""
    too_early = {name: NEEDED_LATER[name] for name in printed(LOOK, tmp_path) if name in NEEDED_LATER}
    assert not too_early, (
        f"loaded when the server starts, though each has time until what it names: {too_early}"
    )


def test_a_web_process_sets_up_no_record_before_one_is_read(tmp_path: Path) -> None:
    """A loader option or an alias at a module's top makes SQLAlchemy set up all the records known by then."""
    assert not (too_early := printed(CONFIGURED, tmp_path)), too_early
