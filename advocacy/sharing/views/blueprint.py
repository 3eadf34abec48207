"""The blueprint that the pages about one's own shares are in, and what they say alike."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, redirect
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from advocacy import clock, web
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitText
from advocacy.content.rules import KitState
from advocacy.content.stories import StoryText
from advocacy.sharing import composing, queries
from advocacy.sharing.composing import Composed
from advocacy.sharing.forms import HELP_KINDS
from advocacy.sharing.models import Connection, DeliveryState, Share
from advocacy.sharing.networks.counting import compiled, plain
from advocacy.sharing.networks.mentions import Form, reaches
from advocacy.sharing.rules import HelpKind

bp = Blueprint("sharing", __name__)

LIVELY = r"https?://\S+|(?<![\w/])[#@]\w[\w.@-]*\w"
"""What networks show as links: addresses, hashtags, mentions."""

bp.add_app_template_global(queries.how_many_waiting, "posts_waiting")

Answer = Response | str | tuple[str, int]


def go(place: str) -> Response:
    """Lead on after a POST."""
    return redirect(place, 303)  # type: ignore[return-value]


@bp.app_template_filter()
def state_words(state: DeliveryState) -> str:
    """A delivery's state in the words that people use."""
    words: dict[Any, str] = {
        DeliveryState.WAITING: _("Scheduled"),
        DeliveryState.SENDING: _("On its way"),
        DeliveryState.UNKNOWN: _("Please check"),
        DeliveryState.SENT: _("Posted"),
        DeliveryState.FAILED: _("Not posted"),
        DeliveryState.NEEDS_RECONNECTING: _("Reconnect first"),
        DeliveryState.HELD: _("Waits for you"),
        DeliveryState.CANCELLED: _("Cancelled"),
        DeliveryState.OPENED: _("Did you post it?"),
        DeliveryState.POSTED: _("Posted by hand"),
        DeliveryState.DELETED: _("Deleted"),
    }
    return words[state]


@bp.app_template_filter()
def kit_words(kit: Kit) -> KitText | StoryText:
    """The kit's title and story in the reader's own language, or the nearest there is."""
    return content.text_in(kit, web.me().language)


@bp.app_template_filter()
def shared_title(share: Share) -> str:
    """The title under which a story was shared, in the reader's language while its kit bears that title.

    The kit may be a draft with another title by now, which is not for her eyes.
    """
    titles = {text.title for text in share.kit.texts}
    unchanged = share.kit.state in (KitState.APPROVED, KitState.RECALLED) and share.title in titles
    return kit_words(share.kit).title if unchanged or not share.title else share.title


@bp.app_template_filter()
def days_left(connection: Connection) -> str:
    """How long an account can be posted to, in words."""
    if connection.expires_at is None:
        return str(_("Connected"))
    days = max(0, (connection.expires_at - clock.now()).days)
    return str(ngettext("%(num)d day left", "%(num)d days left", days))


@bp.app_template_global()
def uses_as_it_stands(kit: Kit, network: str, words: str) -> int | None:
    """How many posts on a network began with the suggestion that these words are; None for words of one's own."""
    words = plain(words).strip()
    same = [one.id for one in kit.captions if plain(one.text).strip() == words]
    used = queries.uses_of_captions(kit, network) if same else {}
    return sum(used.get(one, 0) for one in same) if same else None


@bp.app_template_filter()
def network_name(slug: str) -> str:
    """What people call a network."""
    return composing.name_of(slug)


@bp.app_template_filter()
def local_field(moment: datetime) -> str:
    """A moment as a field for a day and a time takes it, by the reader's clock."""
    return f"{web.local(moment):%Y-%m-%dT%H:%M}"


@bp.app_template_filter()
def time_of_day(moment: datetime) -> str:
    """A moment's time by the reader's clock, such as "09:30"."""
    return f"{web.local(moment):%H:%M}"


@bp.app_template_filter()
def long_day(day: date) -> str:
    """A day with its weekday, such as "Monday 23 November"."""
    told = str(format_date(day, "EEEE d MMMM"))
    return told[:1].upper() + told[1:]


@bp.app_template_filter()
def help_words(kind: str) -> str:
    """What has gone wrong, in words."""
    return str(HELP_KINDS[HelpKind(kind)])


@bp.app_template_filter()
def lively(text: str, form: Form | None = None) -> Markup:
    """A post's text with that marked which its network makes a link; `form` is that of its mentions, if it is known."""
    out, end = Markup(), 0
    for match in compiled(LIVELY).finditer(text):
        if form is not None and match[0].startswith("@") and not reaches(match[0], form):
            continue
        shown = re.sub(r"^https?://", "", match[0])
        out += escape(text[end : match.start()]) + Markup("<a>{}</a>").format(shown)
        end = match.end()
    return out + escape(text[end:])


@bp.app_template_filter()
def at_once(post: Composed) -> Markup:
    """What the network shows of a post at once, with what cannot stay marked."""
    return _marked(post, 0, post.fold)


@bp.app_template_filter()
def behind_more(post: Composed) -> Markup:
    """What stands behind "more", marked likewise; empty where nothing does."""
    rest = post.text[post.fold :]
    return _marked(post, len(post.text) - len(rest.lstrip()), len(post.text)) if rest.strip() else Markup()


def _marked(post: Composed, start: int, end: int) -> Markup:
    out, form = Markup(), post.place.network.facts.mention
    for one in post.phrases:
        first, last = max(one.start, start), min(one.end, end)
        if first < last:
            out += lively(post.text[start:first], form) + Markup("<mark>{}</mark>").format(
                post.text[first:last]
            )
            start = last
    return out + lively(post.text[start:end], form)
