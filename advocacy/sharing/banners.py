"""What is said to everyone whom a hold concerns, on each page."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from advocacy import web
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.leaderboards.queries import network_names
from advocacy.sharing import queries
from advocacy.sharing.models import Hold, HoldScope

Banner = dict[str, str]
EVERYTHING = _l("Everything")


def hold_words(hold: Hold) -> str:
    """What a hold holds back, in the reader's words: its thing, and the company that it is narrowed to."""
    language = web.locale()
    things = {
        HoldScope.NETWORK: network_names().get(hold.network or "", hold.network or ""),
        HoldScope.COUNTRY: hold.country or "",
        HoldScope.KIT: f"“{content.text_in(hold.kit, language).title}”" if hold.kit else "",
        HoldScope.TOPIC: content.topic_names(language).get(hold.topic.slug, "") if hold.topic else "",
    }
    thing = things.get(hold.scope) or str(EVERYTHING)
    return f"{thing} · {hold.entity.name}" if hold.entity else thing


def banners(person: Person, *, at: datetime) -> list[Banner]:
    """A plain line for each hold that concerns this person; who may place one is led to it."""
    found = []
    for hold in queries.holds_shown_to(person, at=at):
        text = _("Publishing is paused (%(scope)s): %(reason)s", scope=hold_words(hold), reason=hold.reason)
        banner = {"level": "danger", "text": text}
        if person.may("hold.place"):
            banner |= {"url": f"/studio/holds/{hold.code}", "label": _("Look at it")}
        found.append(banner)
    return found
