"""What others did with a post, in words for its owner alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy.errors import Missing
from advocacy.sharing import figures, networks, queries
from advocacy.sharing.models import Delivery, PostFigures
from advocacy.sharing.networks.interface import Abilities
from advocacy.sharing.views.blueprint import bp


@dataclass(frozen=True)
class Reactions:
    """What is known of a post's reactions, what is not and why; `may_ask` where its owner may switch it on."""

    told: list[str]
    why_not: str = ""
    read_at: datetime | None = None
    may_ask: bool = False


@bp.app_template_filter()
def reactions(delivery: Delivery) -> Reactions | None:
    """What others did with a post; None for one that was posted by hand."""
    account = delivery.connection
    if account is None:
        return None
    try:
        connector = networks.network(delivery.network)
        can, name = connector.can, connector.name
    except Missing:
        can, name = Abilities(), delivery.network
    if not can.tells_figures:
        return Reactions([], str(_("%(network)s does not give reactions and views.", network=name)))
    if not figures.is_offered(can):
        return Reactions([], str(_("%(network)s charges for reactions, so they are not read.", network=name)))
    if not account.tells_figures:
        return Reactions([], may_ask=True)
    row = queries.figures_of(delivery)
    if row is None or row.read_at is None:
        soon = row is None or row.due_at is not None
        waiting = (
            _("Reactions are read about an hour after posting.") if soon else _("No reactions could be read.")
        )
        return Reactions([], str(waiting))
    return Reactions(_told(row), _lacking(row, name), row.read_at)


def _told(row: PostFigures) -> list[str]:
    """The figures that its network gave."""
    said = []
    if row.reactions is not None:
        said.append(ngettext("%(num)d reaction", "%(num)d reactions", row.reactions))
    if row.replies is not None:
        said.append(ngettext("%(num)d reply", "%(num)d replies", row.replies))
    if row.reshares is not None:
        said.append(ngettext("passed on %(num)d time", "passed on %(num)d times", row.reshares))
    if row.views is not None:
        said.append(ngettext("%(num)d view", "%(num)d views", row.views))
    return said


def _lacking(row: PostFigures, name: str) -> str:
    return str(_("%(network)s does not give views.", network=name)) if row.views is None else ""
