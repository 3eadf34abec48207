"""Networks: what each still needs, and where each is on."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, web
from advocacy.admin import actions, queries
from advocacy.admin.desk.blueprint import Answer, bp, go
from advocacy.admin.progress import ending, every_network, network_needs
from advocacy.sharing import queries as sharing
from advocacy.sharing.networks import facts_of
from advocacy.web import needs


@bp.get("/admin/networks")
@needs("network.edit")
def networks() -> str:
    """Which network is on where."""
    return render_template(
        "admin/networks.html",
        networks=every_network(),
        wants=network_needs(),
        facts_of=facts_of,
        way_back=lambda slug: web.absolute_url_for("connections.callback", network=slug),
        document=web.absolute_url_for("connections.client", network="bluesky"),
        usual=sharing.limit_of(None, "", ""),
        entities=queries.entities_of(web.me(), "network.edit"),
        off=queries.networks_off(),
        ending=ending(clock.now()),
    )


@bp.post("/admin/networks")
@needs("network.edit")
def choose_networks() -> Answer:
    """Switch networks on and off."""
    pairs = (value.partition("|") for value in request.form.getlist("on"))
    wanted = {(entity, network) for entity, _bar, network in pairs}
    slugs = [network.slug for network in every_network()]
    changed = actions.choose_networks(wanted, slugs, by=web.me(), at=clock.now())
    told = ngettext("%(num)d choice changed.", "%(num)d choices changed.", changed)
    flash(told if changed else _("Nothing changed."))
    return go(url_for("admin.networks"))
