"""Stories as champions see them: the list, one story, its pictures."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

import flask_babel
from babel import Locale, UnknownLocaleError
from flask import Blueprint, Response, render_template, request

from advocacy import asked, clock, storage, text, web
from advocacy.content import queries, stories
from advocacy.content.models import Kit, KitAsset, KitText
from advocacy.content.rules import Stage
from advocacy.content.stories import Story, StoryPicture, StoryText
from advocacy.errors import Missing

bp = Blueprint("kits", __name__)

A_YEAR = 31_536_000
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@bp.get("/kits/")
@web.signed_in
def index() -> str:
    """The stories that are out for me, searched and by topic."""
    visible = queries.visible_to(web.me(), clock.now())
    words = request.args.get("q", "").strip()[:100]
    found = queries.searched(visible, words)
    names, known, counts = (
        stories.topic_names(web.me().language, clock.now()),
        queries.topic_counts(visible),
        queries.topic_counts(found),
    )
    topic = asked.one_of("topic", names)
    total = web.page_of(found, size=1).total if topic else None
    if topic:
        found = queries.about(found, topic)
    page = web.page_of(found, size=24)
    return render_template(
        "kits/index.html",
        page=page,
        words=words,
        topic=topic,
        names=names,
        total=page.total if total is None else total,
        chips=[(slug, name, counts.get(slug, 0)) for slug, name in names.items() if slug in known],
    )


@bp.get("/kits/<slug>")
@web.signed_in
def show(slug: str) -> tuple[str, int]:
    """One story; what has ended or was recalled says so, and offers others."""
    kit = queries.story(web.me(), slug, clock.now())
    if kit is None:
        raise queries.not_out(web.me(), slug, clock.now())
    stage = kit.stage(clock.now())
    language = request.args.get("read") or web.me().language
    page = render_template(
        "kits/show.html",
        kit=kit,
        stage=stage,
        text=queries.text_in(kit, language),
        names=stories.topic_names(web.me().language, clock.now()),
        works_on=queries.kit_of(web.me(), slug) is not None,
    )
    return page, 200 if stage is Stage.OUT else 410


@bp.get("/kits/pictures/<code>")
@web.signed_in
def picture(code: str) -> Response:
    """A picture's bytes: `?size=small` for lists, `?download=1` to keep it as a file."""
    asset = queries.picture(web.me(), code, clock.now())
    if asset is None:
        raise Missing()
    small = request.args.get("size") == "small" and asset.small_digest
    digest, media_type = (asset.small_digest, "image/webp") if small else (asset.digest, asset.media_type)
    return picture_response(digest, media_type, _file_name(asset) if request.args.get("download") else "")


def picture_response(digest: str, media_type: str, download_name: str = "") -> Response:
    """A kept file as a picture and nothing else; its address never changes its content."""
    try:
        response = Response(storage.read(digest), mimetype=media_type)
    except FileNotFoundError:
        raise Missing() from None
    if download_name:
        response.headers.set("Content-Disposition", "attachment", filename=download_name)
    response.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.set_etag(digest)
    response.make_conditional(request)
    return response


def _file_name(asset: KitAsset) -> str:
    """The name to keep a picture under: its own, with the ending of what it is now."""
    return (PurePath(asset.name).stem or "picture") + ENDINGS[asset.media_type]


@bp.app_template_global()
def story_text(kit: Kit | Story, language: str | None = None) -> KitText | StoryText:
    """The kit's title and story in the reader's own language, or the nearest there is."""
    return queries.text_in(kit, language or _reading())


@bp.app_template_global()
def picture_alt(asset: KitAsset | StoryPicture, language: str | None = None) -> str:
    """What a picture shows, in the reader's own language, or the nearest there is."""
    return queries.alt_in(asset, language or _reading())


bp.add_app_template_filter(text.markdown, "markdown")


@bp.app_template_filter()
def host(url: str) -> str:
    """The server that an address leads to."""
    return urlsplit(url).hostname or url


@bp.app_template_filter()
def language_name(tag: str, language: str | None = None) -> str:
    """A language's name, in the page's language or the one given."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name(language or flask_babel.get_locale())
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:] if name else tag


@bp.app_template_filter()
def country_name(code: str) -> str:
    """A country's name in the page's language."""
    return str(flask_babel.get_locale().territories.get(code, code))


def _reading() -> str:
    """The language that the reader reads stories in."""
    person: Any = web.me()
    return str(person.language) if person.is_authenticated else web.locale()
