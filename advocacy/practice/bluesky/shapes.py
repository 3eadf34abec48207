"""How identities, posts and people look in the AT Protocol's JSON."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.actions import uri_of
from advocacy.practice.bluesky.desk import desk
from advocacy.practice.bluesky.models import Entry, Repo
from advocacy.practice.models import Account
from advocacy.practice.store import Practice

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_P256_PUBLIC = b"\x80\x24"  # the multicodec's number as a varint
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def moment(at: datetime) -> str:
    """A moment in milliseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def did_document(here: Practice, repo: Repo) -> dict[str, Any]:
    """Who a DID is and where its repository stands (specs/did)."""
    key = {"id": f"{repo.did}#atproto", "type": "Multikey", "controller": repo.did}
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": here.public_url}
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": repo.did,
        "alsoKnownAs": [f"at://{repo.handle}"],
        "verificationMethod": [key | {"publicKeyMultibase": _signing_key(desk().secret, repo.did)}],
        "service": [service],
    }


def _signing_key(secret: str, did: str) -> str:
    """A repository's public key: the same each time, from the server's secret (specs/cryptography)."""
    seed = hashlib.sha256(f"{secret} {did}".encode()).digest()
    key = ec.derive_private_key(
        int.from_bytes(seed, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1()
    ).public_key()
    number, letters = (
        int.from_bytes(_P256_PUBLIC + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)),
        "",
    )
    while number:
        number, rest = divmod(number, 58)
        letters = _BASE58[rest] + letters
    return f"z{letters}"


def author(here: Practice, account: Account) -> dict[str, Any]:
    """A person in short (app.bsky.actor.defs#profileViewBasic)."""
    return {
        "did": rules.did_of(account.username),
        "handle": rules.handle_of(account.username),
        "displayName": account.display_name,
        "avatar": here.url(f"/avatars/{account.username}.svg"),
        "labels": [],
        "createdAt": moment(account.created_at),
    }


def profile(here: Practice, session: Session, account: Account) -> dict[str, Any]:
    """A person in full (app.bsky.actor.defs#profileViewDetailed)."""
    own = Entry.account_id == account.id, Entry.collection == rules.POST
    counts = {
        "followersCount": 0,
        "followsCount": 0,
        "postsCount": session.scalar(select(func.count()).where(*own)),
    }
    return author(here, account) | counts | {"indexedAt": moment(account.created_at)}


def uri(entry: Entry) -> str:
    """A record's address."""
    return uri_of(rules.did_of(entry.account.username), entry.collection, entry.rkey)


def record(entry: Entry) -> dict[str, Any]:
    """A record as it stands in its repository (repo.getRecord#output)."""
    return {"uri": uri(entry), "cid": entry.cid, "value": entry.value}


def post(here: Practice, session: Session, entry: Entry) -> dict[str, Any]:
    """A post as the network shows it (app.bsky.feed.defs#postView); reactions are the records that name it."""
    here_is = uri(entry)
    counted = select(Entry.collection, func.count()).where(
        Entry.collection.in_(("app.bsky.feed.like", "app.bsky.feed.repost")),
        Entry.value["subject"]["uri"].as_string() == here_is,
    )
    reactions = {row[0]: row[1] for row in session.execute(counted.group_by(Entry.collection))}
    view = {"embed": shown} if (shown := embed(here, entry)) else {}
    return {
        "uri": here_is,
        "cid": entry.cid,
        "author": author(here, entry.account),
        "record": entry.value,
        "bookmarkCount": 0,
        "replyCount": 0,
        "repostCount": reactions.get("app.bsky.feed.repost", 0),
        "likeCount": reactions.get("app.bsky.feed.like", 0),
        "quoteCount": 0,
        "indexedAt": moment(entry.indexed_at),
        "labels": [],
        **view,
    }


def embed(here: Practice, entry: Entry) -> dict[str, Any] | None:
    """What a post shows beside its text (app.bsky.embed.images#view, app.bsky.embed.external#view)."""
    told = entry.value.get("embed") or {}
    if told.get("$type") == "app.bsky.embed.images":
        return {
            "$type": "app.bsky.embed.images#view",
            "images": [_image(here, entry, one) for one in told["images"]],
        }
    if told.get("$type") == "app.bsky.embed.external":
        card = told["external"]
        thumb = {"thumb": here.url(picture(entry, card["thumb"], "thumbnail"))} if "thumb" in card else {}
        names = {name: card[name] for name in ("uri", "title", "description")}
        return {"$type": "app.bsky.embed.external#view", "external": names | thumb}
    return None


def _image(here: Practice, entry: Entry, one: dict[str, Any]) -> dict[str, Any]:
    sizes = {"thumb": "thumbnail", "fullsize": "fullsize"}
    places = {name: here.url(picture(entry, one["image"], size)) for name, size in sizes.items()}
    ratio = {"aspectRatio": one["aspectRatio"]} if "aspectRatio" in one else {}
    return places | {"alt": one["alt"]} | ratio


def picture(entry: Entry, blob: dict[str, Any], size: str) -> str:
    """Where a picture of a post is shown."""
    return f"/img/feed_{size}/plain/{rules.did_of(entry.account.username)}/{blob['ref']['$link']}"
