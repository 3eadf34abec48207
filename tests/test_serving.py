"""What a process of the web server loads, and what it does not."""

import os
import subprocess
import sys
from pathlib import Path

LOOK = """
import gc, sys
import advocacy.serving
app = advocacy.serving.web()
assert app.view_functions and gc.isenabled() and gc.get_freeze_count() > 1000
unwanted = {"regex", "slugify", "markdown_it", "PIL", "requests", "sqlalchemy.dialects.postgresql"}
assert not unwanted & set(sys.modules), unwanted & set(sys.modules)
"""


def test_a_web_process_on_sqlite_loads_only_what_it_needs_to_begin(tmp_path: Path) -> None:
    """Each of these takes a while to load, and is loaded by whoever first needs it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADVOCACY_")}
    asked = subprocess.run(
        [sys.executable, "-c", LOOK],
        env=environment | {"ADVOCACY_DATA__FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
