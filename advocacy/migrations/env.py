"""How Alembic meets the database: through the pipe, with the records of every room."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from advocacy import app, db

assert app.RECORDS


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as the plain types beneath, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, db.Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, db.Choice):
        return "sa.String(length=32)"
    return False


def run() -> None:
    """Run the migrations that are asked for, on the connection in use."""
    with db.engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.Model.metadata,
            render_item=render,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
