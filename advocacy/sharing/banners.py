"""What is said to everyone whom a hold concerns, on each page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from advocacy import db, web
from advocacy.accounts.models import Entity, Person
from advocacy.content import queries as content
from advocacy.content.stories import topic_names
from advocacy.keep import Shelf
from advocacy.leaderboards.queries import network_names
from advocacy.sharing import queries
from advocacy.sharing.models import Hold, HoldScope

Banner = dict[str, str]
EVERYTHING = _l("Everything")


@dataclass(frozen=True)
class Notice:
    """A hold that is on, as a banner tells of it."""

    code: str
    words: str
    entity_id: int | None
    country: str | None
    reason: str

    def concerns(self, person: Person) -> bool:
        """Whether it holds back what this person publishes."""
        return self.entity_id in (None, person.entity_id) and self.country in (None, person.country)


SHOWN: Shelf[list[Notice]] = Shelf(Hold, Entity, most=20)


def hold_words(hold: Hold, *, at: datetime) -> str:
    """What a hold holds back, in the reader's words: its thing, and the company that it is narrowed to."""
    language = web.locale()
    things = {
        HoldScope.NETWORK: network_names().get(hold.network or "", hold.network or ""),
        HoldScope.COUNTRY: hold.country or "",
        HoldScope.KIT: f"“{content.text_in(hold.kit, language).title}”" if hold.kit else "",
        HoldScope.TOPIC: topic_names(language, at).get(hold.topic.slug, "") if hold.topic else "",
    }
    thing = things.get(hold.scope) or str(EVERYTHING)
    return f"{thing} · {hold.entity.name}" if hold.entity else thing


def banners(person: Person, *, at: datetime) -> list[Banner]:
    """A plain line for each hold that concerns this person; who may place one is led to it."""
    found = []
    for notice in SHOWN.read(db.current(), web.locale(), lambda: _notices(at), at=at):
        if notice.concerns(person):
            text = _("Publishing is paused (%(scope)s): %(reason)s", scope=notice.words, reason=notice.reason)
            found.append({"level": "danger", "text": text})
            if person.may("hold.place"):
                found[-1] |= {"url": f"/studio/holds/{notice.code}", "label": _("Look at it")}
    return found


def _notices(at: datetime) -> list[Notice]:
    """The holds that are on and reach beyond one story or topic."""
    on = db.session.scalars(sa.select(Hold).where(queries.is_on(at), queries.is_wide()).order_by(Hold.id))
    return [
        Notice(hold.code, hold_words(hold, at=at), hold.entity_id, hold.country, hold.reason) for hold in on
    ]
