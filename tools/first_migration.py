"""Write the first migration anew from the records; only as long as nothing was released."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from advocacy import app, db, places, schema


def main() -> None:
    assert app.RECORDS
    versions = places.migrations() / "versions"
    for old in versions.glob("[0-9]*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        db.configure(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder) / 'new.sqlite'}")
        command.revision(schema.config(), "The records as they first were", autogenerate=True, rev_id="0001")


if __name__ == "__main__":
    main()
