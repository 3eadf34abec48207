"""What machines ask: whether this process is up, and whether it can do its work."""

from __future__ import annotations

import functools

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from advocacy import db
from advocacy.accounts import queries as accounts
from advocacy.web import bare, public

bp = Blueprint("probes", __name__)
_VERSION: sa.Select[str] = sa.select(sa.column("version_num", sa.String)).select_from(
    sa.table("alembic_version")
)


@bp.get("/healthz")
@public
@bare
def health() -> Response:
    """The process is up; nothing else is asked."""
    return jsonify(status="up")


@bp.get("/readyz")
@public
@bare
def readiness() -> tuple[Response, int]:
    """The database answers and has the shape that this version expects, and a demo its people; else 503."""
    database, migrations = _state()
    ready = database == "answers" and migrations == "current"
    if ready and current_app.config["ADVOCACY"].mode == "demo":
        ready = not accounts.is_empty()
    answer = jsonify(status="ready" if ready else "not ready", database=database, migrations=migrations)
    return answer, 200 if ready else 503


def _state() -> tuple[str, str]:
    try:
        if not sa.inspect(db.session.connection()).has_table("alembic_version"):
            return "answers", "missing"
        found = db.session.scalar(_VERSION)
    except sa.exc.SQLAlchemyError:
        return "does not answer", "unknown"
    return "answers", "current" if found == _newest() else "behind"


@functools.cache
def _newest() -> str | None:
    from advocacy import schema  # Alembic is heavy, and only this probe needs it

    return schema.newest()
