"""How accounts, apps, pictures and posts look in Mastodon's JSON."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from advocacy.practice.models import Account, App, Media, Status
from advocacy.practice.rules import _URL
from advocacy.practice.store import Practice

_ENTITY = re.compile(rf"(?P<url>{_URL.pattern})|(?<![\w/#&])#(?P<tag>\w*[^\W\d]\w*)", re.IGNORECASE)


def moment(at: datetime) -> str:
    """A moment as Mastodon writes it, in milliseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def html(text: str) -> str:
    """A post's text as HTML: paragraphs, links and tags; nothing else survives."""
    paragraphs = re.split(r"\n{2,}", text.strip().replace("\r\n", "\n"))
    return "".join(f"<p>{_inline(part)}</p>" for part in paragraphs if part)


def _inline(text: str) -> str:
    parts, end = [], 0
    for match in _ENTITY.finditer(text):
        parts += [escape(text[end : match.start()]), _link(match)]
        end = match.end()
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>")


def _link(match: re.Match[str]) -> str:
    if match["tag"]:
        return f'<span class="hashtag">#{escape(match["tag"])}</span>'
    url = escape(match["url"], quote=True)
    shown = escape(match["url"].split("://", 1)[1])
    return f'<a href="{url}" rel="nofollow noopener" target="_blank">{shown}</a>'


def tags(text: str) -> list[str]:
    """The hashtags of a text, in order, once each."""
    return list(dict.fromkeys(m["tag"].lower() for m in _ENTITY.finditer(text) if m["tag"]))


def first_link(text: str) -> str | None:
    """The first link of a text."""
    return next((m["url"] for m in _ENTITY.finditer(text) if m["url"]), None)


def card(text: str) -> dict[str, Any] | None:
    """A link preview made from the address alone, since nothing here calls out."""
    url = first_link(text)
    if url is None:
        return None
    parts = urlsplit(url)
    slug = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = re.sub(r"[-_]+", " ", slug).strip().capitalize() if re.search(r"[^\W_][-_]", slug) else ""
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
        "provider_name": parts.hostname or "",
        "provider_url": "",
        "title": words or parts.netloc + parts.path,
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
