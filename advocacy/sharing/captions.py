"""How long a suggested caption is on its network, with the disclosure and the link that composing will add."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from advocacy import db, website
from advocacy.accounts.models import Entity
from advocacy.content.fitting import ANY, Excess, Measure, Room
from advocacy.content.shape import KitData
from advocacy.links.rules import new_code
from advocacy.sharing import composing
from advocacy.sharing.networks import dialogs
from advocacy.sharing.queries import arranged


def overlong(data: KitData) -> list[Excess]:
    """The captions that no company's post could hold as they stand, with the wording that leaves most room."""
    places = {one.slug: composing.by_hand(one.slug) for one in dialogs()}
    link, entities = _link(data), _entities(data)
    found = []
    for number, caption in enumerate(data.captions):
        wording = _wording(data, caption.language, entities)
        meant = places.values() if caption.network == ANY else filter(None, [places.get(caption.network)])
        for place in meant:
            text = _post(caption.text, place, wording, link, caption.language)
            count = place.network.count(text, place.limits)
            if count.left < 0:
                found.append(Excess(number, place.network.name, count.used, count.allowed))
    return found


def rooms(data: KitData) -> dict[str, Room]:
    """The room that one more caption has on each network."""
    link, entities = _link(data), _entities(data)
    wording = _wording(data, "en", entities)
    found = {}
    for one in dialogs():
        place = composing.by_hand(one.slug)
        count = one.count(_post("x", place, wording, link, "en"), place.limits)
        found[one.slug] = Room(one.name, count.left + 1)
    return found


MEASURE = Measure(overlong, rooms)


def _post(words: str, place: composing.Place, wording: str, link: str, language: str) -> str:
    text, _wording = composing.with_disclosure(
        words, place, wording=wording, allowed=[wording], link=link, language=language
    )
    return text


def _link(data: KitData) -> str:
    """As long as the short link of a post will be."""
    return f"{website.typed()}/l/{new_code()}" if data.link_url else ""


def _entities(data: KitData) -> list[Entity | None]:
    """The companies whose people it is for."""
    named = data.audience.entities or ((data.entity,) if data.entity else ())
    wanted = sa.select(Entity).where(Entity.slug.in_(named)) if named else sa.select(Entity)
    return list(db.session.scalars(wanted)) or [None]


def _wording(data: KitData, language: str, entities: Iterable[Entity | None]) -> str:
    """The shortest of the wordings with which their posts begin as a rule: what does not fit with it never fits."""
    usual = (
        arranged.wordings(one, arranged.disclosure_rows(one) if one else [], language, paid=data.is_paid)[0]
        for one in entities
    )
    return min(usual, key=len)
