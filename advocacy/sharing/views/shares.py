"""My shares: what needs me, what is scheduled, what went out; and one share, followed live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.errors import N_, Conflict, Reason, Refused
from advocacy.links import queries as links
from advocacy.sharing import actions, composing, queries
from advocacy.sharing.forms import ConfirmForm
from advocacy.sharing.models import Delivery, DeliveryState, Share
from advocacy.sharing.views.blueprint import Answer, bp, go
from advocacy.web import signed_in

SOON = timedelta(minutes=2)
MOST = 50


@bp.get("/shares/")
@signed_in
def index() -> str:
    """My shares; those that need me first."""
    me = web.me()
    page = web.page_of(queries.shares_over(me), size=20)
    first = page.number == 1
    needing = list(db.session.scalars(queries.shares_needing(me).limit(MOST)).unique()) if first else []
    under_way = list(db.session.scalars(queries.shares_under_way(me).limit(MOST)).unique()) if first else []
    shown = [delivery for share in page.items for delivery in share.deliveries]
    return render_template(
        "sharing/index.html",
        page=page,
        needing=needing,
        under_way=under_way,
        clicks=links.clicks([one.link_id for one in shown if one.link_id]),
    )


@dataclass(frozen=True)
class Following:
    """What the page of a share shows beside its rows."""

    share: Share
    clicks: dict[int, int]
    points: dict[int, int]
    deletions: dict[int, Any]
    is_done: bool
    against: Reason | None


def following(share: Share) -> Following:
    """A share with its clicks and points, and whether nothing more is to be waited for."""
    at, rows = clock.now(), share.deliveries
    deletions = queries.deletions_asked(rows)
    moving = [
        one
        for one in rows
        if one.state is DeliveryState.SENDING
        or (one.state is DeliveryState.WAITING and one.due_at <= at + SOON)
        or (one.state is DeliveryState.SENT and one.id in deletions and deletions[one.id].state == "waiting")
    ]
    clicks = links.clicks([one.link_id for one in rows if one.link_id])
    waits = any(one.state in (DeliveryState.WAITING, DeliveryState.OPENED) for one in rows)
    against = _against(share, at) if waits else None
    return Following(share, clicks, queries.points_for(rows), deletions, not moving, against)


def _against(share: Share, at: datetime) -> Reason | None:
    """For what, as things stand now, nothing of this is to go out, whether scheduled or by hand."""
    if share.person.is_paused:
        return N_("You paused, so nothing goes out until you say so."), {}
    if not queries.is_out_for(share.kit, share.person, at=at):
        return queries.out_of_date(share.kit, at=at)
    if queries.before_sharing(share.person, at=at):
        return N_("Before this can go out, a little is missing."), {}
    if any(one.state is DeliveryState.WAITING and queries.was_changed(one) for one in share.deliveries):
        return queries.CHANGED, {}
    return None


@bp.app_template_filter()
def dialog_url(delivery: Delivery) -> str:
    """Where the network's own share dialog opens, with as much filled in as it takes."""
    link = web.absolute(f"/l/{delivery.link.code}") if delivery.link else ""
    return composing.by_hand_dialog(delivery.network, delivery.text, link)


@bp.app_template_filter()
def delivery_pictures(delivery: Delivery) -> list[Any]:
    """The pictures that go with a post."""
    return queries.pictures_of(delivery)


@bp.get("/shares/<code>")
@signed_in
def show(code: str) -> str:
    """One share, followed until it stands on its network."""
    share = queries.share(web.me(), code)
    return render_template("sharing/show.html", following=following(share), share=share, form=ConfirmForm())


@bp.get("/shares/<code>/state")
@signed_in
def state(code: str) -> str:
    """The part of that page that changes."""
    share = queries.share(web.me(), code)
    return render_template("sharing/_state.html", following=following(share), share=share, form=ConfirmForm())


@bp.post("/shares/<code>/deliveries/<delivery_code>/cancellation")
@signed_in
def cancel(code: str, delivery_code: str) -> Answer:
    """Take a post back that has not gone out; or say that one by hand was not made."""
    delivery = queries.delivery(web.me(), delivery_code)
    act = actions.drop_by_hand if delivery.is_by_hand else actions.cancel
    act(delivery, by=web.me(), at=clock.now())
    return go(url_for("sharing.show", code=code))


@bp.post("/shares/<code>/deliveries/<delivery_code>/confirmation")
@signed_in
def confirm(code: str, delivery_code: str) -> Answer:
    """Say that the post is there."""
    form = ConfirmForm()
    delivery = queries.delivery(web.me(), delivery_code)
    try:
        actions.confirm_posted(delivery, url=(form.url.data or "").strip(), by=web.me(), at=clock.now())
    except Conflict:
        raise
    except Refused as refusal:
        form.url.errors = [web.say(refusal.reason)]
        return _again(code, form)
    return go(url_for("sharing.show", code=code))


def _again(code: str, form: ConfirmForm) -> Answer:
    share = queries.share(web.me(), code)
    page = render_template("sharing/show.html", following=following(share), share=share, form=form)
    return page, 422


@bp.post("/shares/<code>/deliveries/<delivery_code>/retry")
@signed_in
def send_again(code: str, delivery_code: str) -> Answer:
    """Send a post that was held, failed, or that did not appear."""
    try:
        actions.send_again(queries.delivery(web.me(), delivery_code), by=web.me(), at=clock.now())
    except actions.NotReady as refusal:
        flash(_("Not yet: what is missing stands beside the post."), "warning")
        share = queries.share(web.me(), code)
        page = render_template(
            "sharing/show.html",
            following=following(share),
            share=share,
            form=ConfirmForm(),
            missing=refusal.missing,
        )
        return page, refusal.status
    return go(url_for("sharing.show", code=code))


@bp.post("/shares/<code>/deliveries/<delivery_code>/deletion")
@signed_in
def delete(code: str, delivery_code: str) -> Answer:
    """Ask the network to delete a post of mine."""
    actions.ask_deletion(queries.delivery(web.me(), delivery_code), by=web.me(), at=clock.now())
    return go(url_for("sharing.show", code=code))
