"""Making short links and counting who follows them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.links import rules
from advocacy.links.models import Click, ClickDay, Link

MOST = 5000


def shorten(
    url: str, *, kit_id: int | None, person_id: int | None, at: datetime, code: str | None = None
) -> Link:
    """A short link to `url` (http or https, with its UTM parameters); `code` when it was drawn before."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("a short link leads to a web address only")
    link = Link(code=code or rules.new_code(), url=url, kit_id=kit_id, person_id=person_id, created_at=at)
    db.session.add(link)
    return link


def tagged(url: str, *, network: str, campaign: str) -> str:
    """The address with UTM parameters behind it."""
    return rules.tagged(url, network=network, campaign=campaign)


def count_click(link: Link, *, at: datetime) -> None:
    """Note that someone followed a link: which and when, nothing else."""
    db.session.add(Click(link_id=link.id, at=at))


def fold_clicks(*, at: datetime, older_than: timedelta = timedelta(minutes=1), most: int = MOST) -> int:
    """Add noted clicks to the counts by day and forget them; returns how many, at most `most` at once."""
    db.lock_exclusive("clicks")  # two folding at once would both begin the same day's count
    due = sa.select(Click.id).where(Click.at <= at - older_than).order_by(Click.id).limit(most)
    rows = db.session.execute(
        sa.delete(Click)
        .where(Click.id.in_(due.scalar_subquery()))
        .returning(Click.link_id, Click.at)
        .execution_options(synchronize_session=False)
    ).all()
    counts = Counter((link_id, clicked_at.astimezone(UTC).date()) for link_id, clicked_at in rows)
    for (link_id, day), clicks in counts.items():
        _add(link_id, day, clicks)
    return len(rows)


def _add(link_id: int, day: date, clicks: int) -> None:
    row = db.session.scalar(sa.select(ClickDay).where(ClickDay.link_id == link_id, ClickDay.day == day))
    if row is None:
        db.session.add(ClickDay(link_id=link_id, day=day, clicks=clicks))
    else:
        row.clicks += clicks
