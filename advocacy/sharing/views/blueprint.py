"""The blueprint that the pages about one's own shares are in, and what they say alike."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from advocacy import clock, web
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitText
from advocacy.content.stories import StoryText
from advocacy.sharing import composing, queries
from advocacy.sharing.forms import HELP_KINDS
from advocacy.sharing.models import Connection, DeliveryState, Share
from advocacy.sharing.networks.counting import compiled
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
    """The title under which a story was shared, since its kit may be a draft again."""
    return share.title or kit_words(share.kit).title


@bp.app_template_filter()
def days_left(connection: Connection) -> str:
    """How long an account can be posted to, in words."""
    if connection.expires_at is None:
        return str(_("Connected"))
    days = max(0, (connection.expires_at - clock.now()).days)
    return str(ngettext("%(num)d day left", "%(num)d days left", days))


@bp.app_template_filter()
def network_name(slug: str) -> str:
    """What people call a network."""
    return composing.name_of(slug)


@bp.app_template_filter()
def help_words(kind: str) -> str:
    """What has gone wrong, in words."""
    return str(HELP_KINDS[HelpKind(kind)])


@bp.app_template_filter()
def lively(text: str) -> Markup:
    """A post's text with that marked which its network makes a link."""
    out, end = Markup(), 0
    for match in compiled(LIVELY).finditer(text):
        shown = re.sub(r"^https?://", "", match[0])
        out += escape(text[end : match.start()]) + Markup("<a>{}</a>").format(shown)
        end = match.end()
    return out + escape(text[end:])
