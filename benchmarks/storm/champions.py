"""Champions with an account on each network, connected by the networks' own sign-in, and their posts."""

from __future__ import annotations

import io
import random
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from advocacy import clock, db, storage
from advocacy.accounts.models import Entity, Person
from advocacy.content import writing
from advocacy.content.models import Kit, KitState
from advocacy.content.shape import Caption, KitData, Picture, Text
from advocacy.http import Outbound
from advocacy.links.rules import new_code
from advocacy.sharing import actions, arranging, connecting, networks
from advocacy.sharing.actions import Wish
from advocacy.sharing.given import Account
from advocacy.sharing.models import Connection
from advocacy.sharing.networks.interface import Client
from advocacy.sharing.tokens import kept
from benchmarks.storm.practice import CALLBACK, MODES, Networks, allow

OUT = Outbound(["127.0.0.1"], timeout=(20, 60), total=90)
WORDING = "#WorksAtNordlys"
BASE = "http://127.0.0.1:8000"
SYLLABLES = [first + vowel for first in "bdfghklmnprstvz" for vowel in "aeiou"]


def introduce(there: Networks) -> None:
    """Tell the networks' modules in this process of our applications and of the practice network."""
    ours = {slug: Client("client-1", "secret-1") for slug in ("linkedin", "x")}
    stand_ins = {slug: url for slug, url in there.urls.items() if slug != "mastodon"}
    networks.configure(clients=ours, practice=stand_ins, base_url=BASE)


def join(there: Networks, people: int, files: Path) -> tuple[int, list[dict[str, int]]]:
    """A story's key, and for each champion the key of her account on each network."""
    storage.configure(files)
    introduce(there)
    at = clock.now()
    with db.unit_of_work():
        entity = Entity(slug="nordlys", name="Nordlys", country="IE", language="en", accent="")
        db.session.add(entity)
        db.session.flush()
        arranging.keep_disclosures(entity, [("en", WORDING)], by=None, at=at)
        champions = [_champion(n, entity, at) for n in range(people)]
        db.session.add_all(champions)
        kit_id = _story(at)
        db.session.flush()
        keys = [one.id for one in champions]
    return kit_id, [{slug: _connect(there, slug, n, key) for slug in MODES} for n, key in enumerate(keys)]


def _champion(n: int, entity: Entity, at: datetime) -> Person:
    return Person(
        name=f"Champion {n}", staff_id=f"S{n}", email=f"p{n}@demo.example", entity_id=entity.id, language="en",
        time_zone="Europe/Dublin", country="IE", created_at=at, joined_at=at,
    )  # fmt: skip


def _story(at: datetime) -> int:
    out, before = io.BytesIO(), at - timedelta(days=1)
    Image.new("RGB", (12, 8), (14, 98, 113)).save(out, "PNG")
    picture = Picture(
        storage.keep(out.getvalue()), "image/png", 12, 8, 80, name="c.png", alt={"en": "A ship."}
    )
    kit = Kit(slug="fibre", state=KitState.APPROVED, created_at=before, edited_at=before, approved_at=before)
    db.session.add(kit)
    told = KitData(
        texts={"en": Text("The fibre", "It came ashore.")}, captions=(Caption("any", "en", "It came ashore."),),
        link_url="https://www.nordlys.example/", publish_at=before, pictures=(picture,),
    )  # fmt: skip
    writing.write(kit, told, before)
    db.session.flush()
    return kit.id


def is_reading(n: int) -> bool:
    """Whether this champion allows that her own posts are looked through."""
    return n % 2 == 0


def honours_keys(n: int) -> bool:
    """Whether her Mastodon server is known to honour keys."""
    return n % 3 != 1


def _connect(there: Networks, slug: str, n: int, person_id: int) -> int:
    module = networks.network(slug)
    typed = {"mastodon": there.urls["mastodon"], "bluesky": f"p{n}.practice.test"}.get(slug, "")
    ours = module.register(OUT, module.server_address(OUT, typed), CALLBACK, "Advocacy", BASE)
    departure = module.depart(OUT, ours, "the-state", typed=typed, reading=is_reading(n))
    tokens = module.exchange(OUT, ours, allow(departure.url, f"p{n}")["code"][0], departure.secret)
    who = module.identity(OUT, ours.server, tokens)
    server, at = who.server or ours.server, clock.now()
    limits = asdict(module.limits(OUT, server))
    if slug == "mastodon" and not honours_keys(n):
        limits["idempotent_seconds"] = 0
    with db.unit_of_work():
        registration = connecting.keep_registration(
            slug, ours.server, CALLBACK, client_id=ours.client_id, client_secret=ours.client_secret,
            scopes=" ".join(ours.scopes), at=at,
        )  # fmt: skip
        account = Account(who.remote_id, who.handle, who.display_name, who.url, server, limits)
        owner = db.session.get_one(Person, person_id)
        row = connecting.connect(registration, account, kept(tokens), may_read=is_reading(n), by=owner, at=at)
        db.session.flush()
        return row.id


def words(chance: random.Random, number: int) -> str:
    """Words that nobody else says, with the number by which the post is found again."""
    said = " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(12))
    return f"{said} kx{number}q"


def share(
    kit_id: int,
    connection_id: int,
    chance: random.Random,
    number: int,
    *,
    within: float = 0,
    pictured: bool = False,
) -> int:
    """One champion shares the story on one account, due within so many seconds; the delivery's key."""
    at, code = clock.now(), new_code()
    kit, connection = db.session.get_one(Kit, kit_id), db.session.get_one(Connection, connection_id)
    text = f"{words(chance, number)}\n\n{WORDING} {BASE}/l/{code}"
    pictures = [kit.pictures[0].id] if pictured else []
    wish = Wish(connection.network, text, WORDING, "en", code, connection, asset_ids=pictures)
    made = actions.share(kit, [wish], form_key=f"chaos-{number}", by=connection.person, at=at)
    delivery = made.deliveries[0]
    delivery.put_to(at + timedelta(seconds=within))
    db.session.flush()
    return delivery.id
