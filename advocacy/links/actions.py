"""Making short links and counting who follows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.links import rules
from advocacy.links.models import Click, ClickDay, Link


def shorten(
    url: str, *, kit_id: int | None, person_id: int | None, at: datetime, code: str | None = None
) -> Link:
    """A short link to `url`; `code` when it was drawn before."""
    link = Link(code=code or rules.new_code(), url=url, kit_id=kit_id, person_id=person_id, created_at=at)
    db.session.add(link)
    return link


def tagged(url: str, *, network: str, campaign: str) -> str:
    """The address with UTM parameters behind it."""
    return rules.tagged(url, network=network, campaign=campaign)


def count_click(link: Link, *, at: datetime) -> None:
    """Note that someone followed a link: which and when, nothing else."""
    db.session.add(Click(link_id=link.id, at=at))


def fold_clicks(*, at: datetime, older_than: timedelta = timedelta(minutes=1)) -> int:
    """Add noted clicks to the counts by day and forget them; returns how many."""
    rows = db.session.execute(
        sa.delete(Click)
        .where(Click.at <= at - older_than)
        .returning(Click.link_id, Click.at)
        .execution_options(synchronize_session=False)
    ).all()
    counts: dict[tuple[int, object], int] = {}
    for link_id, clicked_at in rows:
        key = (link_id, clicked_at.astimezone(UTC).date())
        counts[key] = counts.get(key, 0) + 1
    for (link_id, day), clicks in counts.items():
        _add(link_id, day, clicks)
    return len(rows)


def _add(link_id: int, day: object, clicks: int) -> None:
    row = db.session.scalar(
        sa.select(ClickDay).where(ClickDay.link_id == link_id, ClickDay.day == day).with_for_update()
    )
    if row is None:
        db.session.add(ClickDay(link_id=link_id, day=day, clicks=clicks))
    else:
        row.clicks += clicks
