"""Posts of the past, each made by its owner's own hands: no network was called, so none is invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content.models import Kit, Variant
from advocacy.links import actions as links
from advocacy.links.rules import new_code
from advocacy.loading.samples.past import Past
from advocacy.sharing import actions as sharing
from advocacy.sharing import composing, queries
from advocacy.sharing.actions import Wish
from advocacy.sharing.models import Delivery

# Where people share by hand, and how often; not on X, which wants words of one's own.
NETWORKS = {"linkedin": 12, "facebook": 4, "whatsapp": 4, "bluesky": 2}
# How many readers a post finds on each, in the mean.
READERS = {"linkedin": 7.0, "facebook": 5.0, "whatsapp": 3.0, "bluesky": 4.0}


def share(past: Past, person: Person, kit: Kit, *, at: datetime) -> None:
    """Share a story by hand on one network, in words that stand there for everyone to take."""
    if not person.is_champion:
        return
    network = past.chance.choices(list(NETWORKS), list(NETWORKS.values()))[0]
    captions = content.captions_for(kit, network, person.language)
    wish = _wish(past, person, kit, network, past.chance.choice(captions), at=at) if captions else None
    if wish is not None:
        made = sharing.share(kit, [wish], form_key=f"{past.chance.getrandbits(64):016x}", by=person, at=at)
        _plan_outcome(past, person, made.deliveries[0], at)


def _wish(
    past: Past, person: Person, kit: Kit, network: str, variant: Variant, *, at: datetime
) -> Wish | None:
    """The post as the composer would make it; None when it does not fit there, or others said it."""
    allowed, code = queries.disclosures(person, variant.language, paid=kit.is_paid), new_code()
    composed = composing.compose(
        variant.text,
        composing.by_hand(network),
        wording=past.chance.choice((allowed[0], allowed[0], *allowed)),
        allowed=allowed,
        link=f"{past.base_url}/l/{code}" if kit.link_url else "",
        language=variant.language,
        pictures=kit.pictures[:1],
    )
    if composed.problems:
        return None
    wish = Wish(
        network=network,
        text=composed.text,
        disclosure=composed.disclosure,
        language=variant.language,
        link_code=code if kit.link_url else None,
        variant=variant,
        asset_ids=[one.id for one in composed.pictures],
    )
    return None if queries.refused_as_alike([wish], person, at=at) else wish


def _plan_outcome(past: Past, person: Person, delivery: Delivery, at: datetime) -> None:
    """Nine in ten are posted and said to be; a few are dropped, or left open for their owner to say."""
    chance = past.chance.random()
    if chance < 0.9:
        past.on(past.soon(at, 2, 15), partial(_confirm, past, person, delivery))
    elif chance < 0.95:
        past.on(past.soon(at, 60, 1500), partial(sharing.drop_by_hand, delivery, by=person))


def _confirm(past: Past, person: Person, delivery: Delivery, *, at: datetime) -> None:
    sharing.confirm_posted(delivery, url="", by=person, at=at)
    if past.chance.random() < 0.02:
        past.on(past.soon(at, 300, 6000), partial(sharing.ask_deletion, delivery, by=person))
    if delivery.link is None:
        return
    readers = int(past.chance.expovariate(1 / READERS[delivery.network]))
    for _ in range(readers):
        followed = at + timedelta(hours=past.chance.expovariate(1 / 26))
        if followed < past.end:
            links.count_click(delivery.link, at=followed)
