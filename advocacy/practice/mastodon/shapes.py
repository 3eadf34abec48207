"""How accounts, apps, pictures and posts look in Mastodon's JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from advocacy.practice.mastodon.models import App, Media, Status
from advocacy.practice.models import Account
from advocacy.practice.store import Practice
from advocacy.practice.text import first_link, headline, html, tags


def moment(at: datetime) -> str:
    """A moment as Mastodon writes it, in milliseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def card(text: str) -> dict[str, Any] | None:
    """A link preview made from the address alone, since nothing here calls out."""
    url = first_link(text)
    if url is None:
        return None
    empty = {
        "description": "",
        "author_name": "",
        "author_url": "",
        "html": "",
        "embed_url": "",
        "authors": [],
    }
    size = {"width": 0, "height": 0, "image": None, "blurhash": None}
    names = {
        "provider_name": urlsplit(url).hostname or "",
        "provider_url": "",
        "title": headline(url),
    }
    return {"url": url, "type": "link", **names, **empty, **size}


def account(practice: Practice, one: Account, posts: int = 0) -> dict[str, Any]:
    """An Account."""
    picture = practice.url(f"/avatars/{one.username}.svg")
    header = practice.url("/static/header.svg")
    return {
        "id": str(one.id),
        "username": one.username,
        "acct": one.username,
        "uri": practice.url(f"/users/{one.username}"),
        "url": practice.url(f"/@{one.username}"),
        "display_name": one.display_name,
        "note": "",
        "avatar": picture,
        "avatar_static": picture,
        "header": header,
        "header_static": header,
        "locked": False,
        "bot": False,
        "group": False,
        "discoverable": False,
        "indexable": False,
        "fields": [],
        "emojis": [],
        "roles": [],
        "created_at": one.created_at.strftime("%Y-%m-%dT00:00:00.000Z"),
        "last_status_at": None,
        "statuses_count": posts,
        "followers_count": 0,
        "following_count": 0,
    }


def own_account(practice: Practice, one: Account, posts: int) -> dict[str, Any]:
    """A CredentialAccount: what only the person sees."""
    source = {"privacy": "public", "sensitive": False, "language": None, "note": "", "fields": []}
    source |= {"follow_requests_count": 0, "quote_policy": "public"}
    role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
    return account(practice, one, posts) | {"source": source, "role": role}


def app(one: App) -> dict[str, Any]:
    """An Application, without its secret."""
    return {
        "id": str(one.id),
        "name": one.name,
        "website": one.website,
        "scopes": one.scopes.split(),
        "redirect_uri": "\n".join(one.redirect_uris),
        "redirect_uris": one.redirect_uris,
    }


def media(practice: Practice, one: Media, at: datetime) -> dict[str, Any]:
    """A MediaAttachment; its address is null while it is processed."""
    original = {"width": one.width, "height": one.height, "size": f"{one.width}x{one.height}"}
    small = {
        "width": one.small_width,
        "height": one.small_height,
        "size": f"{one.small_width}x{one.small_height}",
    }
    original["aspect"], small["aspect"] = one.width / one.height, one.small_width / one.small_height
    return {
        "id": str(one.id),
        "type": "image",
        "url": practice.url(f"/media/{one.id}/original") if one.ready_at <= at else None,
        "preview_url": practice.url(f"/media/{one.id}/small"),
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {"original": original, "small": small},
        "description": one.description,
        "blurhash": one.blurhash,
    }


def status(practice: Practice, one: Status, *, posts: int = 0) -> dict[str, Any]:
    """A Status."""
    address = f"/@{one.account.username}/{one.id}"
    counts = dict.fromkeys(("replies_count", "reblogs_count", "favourites_count", "quotes_count"), 0)
    nothing = dict.fromkeys(
        ("in_reply_to_id", "in_reply_to_account_id", "reblog", "poll", "edited_at", "quote")
    )
    mine = dict.fromkeys(("favourited", "reblogged", "muted", "bookmarked", "pinned"), False)
    return {
        "id": str(one.id),
        "created_at": moment(one.created_at),
        "sensitive": one.sensitive,
        "spoiler_text": one.spoiler_text,
        "visibility": one.visibility,
        "language": one.language,
        "uri": practice.url(f"/users/{one.account.username}/statuses/{one.id}"),
        "url": practice.url(address),
        "content": html(one.text),
        "application": {"name": one.app.name, "website": one.app.website},
        "account": account(practice, one.account, posts),
        "media_attachments": [media(practice, m, m.ready_at) for m in one.media],
        "mentions": [],
        "tags": [{"name": tag, "url": practice.url(f"/tags/{tag}")} for tag in tags(one.text)],
        "emojis": [],
        "card": card(one.text),
        "filtered": [],
        **counts,
        **nothing,
        **mine,
    }
