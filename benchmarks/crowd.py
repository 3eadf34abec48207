"""Many champions with connected accounts and posts that fall due, for the benchmarks of sending."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet

from advocacy import db, schema, vault

KEY = Fernet.generate_key().decode()
WORDS = "412 people, one ferry, and since Tuesday one fibre. #WorksAtNordlys http://127.0.0.1:8000/l/k3j9x2m4"
BATCH = 2_000


def empty_postgres(server: str) -> str:
    """The address of a new, empty database on this server."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql('DROP DATABASE IF EXISTS "advocacy_benchmark" WITH (FORCE)')
        connection.exec_driver_sql('CREATE DATABASE "advocacy_benchmark" TEMPLATE template0')
    return url.set(database="advocacy_benchmark").render_as_string(hide_password=False)


def prepare(settings: dict[str, str]) -> None:
    """Open the database that these settings name, with every table and no row."""
    vault.configure([KEY])
    db.configure(settings["ADVOCACY_DATABASE__URL"])
    schema.upgrade()


def fall_due(server: str, *, many: int, people: int, within: float) -> float:
    """Write posts of so many people that fall due within so many seconds; returns when that begins (Unix time)."""
    at = datetime.now(UTC)
    with db.unit_of_work():
        kit_id, connections = _champions(server, people, at)
    begins = at + timedelta(seconds=20 + many / 400)
    for first in range(0, many, BATCH):
        numbers = range(first, min(first + BATCH, many))
        rows = [(n, connections[n % people], begins + timedelta(seconds=within * n / many)) for n in numbers]
        with db.unit_of_work():
            _posts(kit_id, rows, at)
    return begins.timestamp()


def _champions(server: str, people: int, at: datetime) -> tuple[int, list[tuple[int, int]]]:
    """A kit's id, and person and connection of each champion."""
    from dataclasses import asdict

    from advocacy.accounts.models import Entity, Person
    from advocacy.content.models import Kit, KitState, KitText
    from advocacy.sharing import arranging, connecting, networks
    from advocacy.sharing.given import Sealed
    from advocacy.sharing.models import Connection

    entity = Entity(slug="nordlys", name="Nordlys", country="IE", language="en", accent="")
    db.session.add(entity)
    db.session.flush()
    arranging.keep_disclosures(entity, [("en", "#WorksAtNordlys")], by=None, at=at)
    kit = Kit(
        slug="fibre", state=KitState.APPROVED, link_url="https://www.nordlys.example/", publish_at=at,
        created_at=at, edited_at=at, approved_at=at, announced_at=at,
    )  # fmt: skip
    kit.texts = [KitText(language="en", title="The fibre", story="It came ashore.")]
    db.session.add(kit)
    db.session.flush()
    registration = connecting.keep_registration(
        "mastodon",
        server,
        "http://127.0.0.1:8000/x",
        client_id="id",
        client_secret="secret",
        scopes="profile",
        at=at,
    )
    limits = asdict(networks.network("mastodon").default_limits())
    ids = _inserted(Person, [
        {"code": secrets.token_hex(5), "name": f"Champion {n}", "staff_id": f"S{n}", "email": f"c{n}@demo.example",
         "entity_id": entity.id, "language": "en", "time_zone": "Europe/Dublin", "country": "IE", "created_at": at,
         "joined_at": at}
        for n in range(people)
    ])  # fmt: skip
    codes = [secrets.token_hex(5) for _ in ids]
    connections = _inserted(Connection, [
        {"code": code, "person_id": person, "registration_id": registration.id, "network": "mastodon", "server": server,
         "remote_id": str(person), "account": f"@c{person}@x", "scopes": "profile", "limits": limits, "state": "active",
         "connected_at": at, "sealed_tokens": connecting.seal_for(code, Sealed(f"token-{person}", None, None, ()))}
        for person, code in zip(ids, codes, strict=True)
    ])  # fmt: skip
    return kit.id, list(zip(ids, connections, strict=True))


def _posts(kit_id: int, rows: list[tuple[int, tuple[int, int], datetime]], at: datetime) -> None:
    from advocacy.content.models import Kit
    from advocacy.links.models import Link
    from advocacy.sharing.models import Delivery, Share

    mark = db.session.get_one(Kit, kit_id).words_mark
    links = _inserted(Link, [
        {"code": secrets.token_hex(5), "url": "https://www.nordlys.example/", "kit_id": kit_id, "person_id": person,
         "created_at": at}
        for _n, (person, _connection), _due in rows
    ])  # fmt: skip
    shares = _inserted(Share, [
        {"code": secrets.token_hex(5), "person_id": person, "kit_id": kit_id, "form_key": f"key-{n}", "created_at": at,
         "title": "The fibre"}
        for n, (person, _connection), _due in rows
    ])  # fmt: skip
    _inserted(Delivery, [
        {"code": secrets.token_hex(5), "share_id": share, "connection_id": connection, "network": "mastodon",
         "link_id": link, "language": "en", "text": f"{n} {WORDS}", "disclosure": "#WorksAtNordlys", "kit_mark": mark,
         "due_at": due, "state": "waiting"}
        for (n, (_person, connection), due), share, link in zip(rows, shares, links, strict=True)
    ])  # fmt: skip


def _inserted(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    made = sa.insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(db.session.scalars(made, rows))


def left() -> int:
    """How many posts are not out."""
    from advocacy.sharing.models import Delivery

    with db.unit_of_work(write=False):
        return db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(Delivery.sent_at.is_(None))) or 0


def figures(many: int) -> dict[str, float]:
    """Posts a second and the seconds from due to taken; raises SystemExit where production would have written more."""
    from advocacy.audit.models import AuditLine
    from advocacy.leaderboards.models import Points
    from advocacy.sharing.models import Attempt, Delivery

    with db.unit_of_work(write=False):
        lines = db.session.scalar(
            sa.select(sa.func.count(AuditLine.id)).where(AuditLine.verb == "delivery.sent")
        )
        earned = db.session.scalar(sa.select(sa.func.count(Points.id)))
        times = db.session.execute(
            sa.select(Delivery.due_at, sa.func.min(Attempt.started_at), Delivery.sent_at)
            .join(Attempt, Attempt.delivery_id == Delivery.id)
            .group_by(Delivery.id)
            .order_by(Delivery.due_at)
        ).all()
    if (lines, earned, len(times)) != (many, many, many):
        raise SystemExit(
            f"{lines} audit lines, {earned} points and {len(times)} attempts for {many} posts: void"
        )
    waits = [(taken - due).total_seconds() for due, taken, _sent in times]
    took = (max(sent for *_, sent in times) - times[0][0]).total_seconds()
    first = sorted(waits[:1_000])
    waits.sort()
    return {
        "rate": many / took,
        "p50": waits[len(waits) // 2],
        "p99": waits[int(len(waits) * 0.99)],
        "first_p99": first[int(len(first) * 0.99)],
    }
