"""My shares: what needs me, what is scheduled, what went out; and one share, followed live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.content import queries as content
from advocacy.errors import Conflict, Reason, Refused
from advocacy.links import queries as links
from advocacy.sharing import actions, composing, connected, costing, holding, networks, proving, queries
from advocacy.sharing.forms import ConfirmForm
from advocacy.sharing.models import Appeal, Delivery, DeliveryState, Share
from advocacy.sharing.queries import Obstacle, Standing
from advocacy.sharing.rules import Against, AppealAnswer
from advocacy.sharing.views.blueprint import Answer, bp, go, state_words
from advocacy.web import signed_in, waits

SOON = timedelta(minutes=2)
MOST = 50
UNSENT = (*queries.OPEN, DeliveryState.FAILED)
BY_HAND = (DeliveryState.OPENED,)
MAY_BE_THERE = (DeliveryState.UNKNOWN, DeliveryState.FAILED)


@bp.get("/shares/")
@signed_in
def index() -> str:
    """My shares; those that need me first, a scheduled one against which something stands among them."""
    me = web.me()
    page = web.page_of(queries.shares_over(me), size=20)
    first = page.number == 1
    needing = list(db.session.scalars(queries.shares_needing(me).limit(MOST)).unique()) if first else []
    under_way = list(db.session.scalars(queries.shares_under_way(me).limit(MOST)).unique()) if first else []
    obstacles = _obstacles([*needing, *under_way])
    waiting_for_me = [share for share in under_way if _is_mine_to_mend(share, obstacles)]
    shown = [delivery for share in page.items for delivery in share.deliveries]
    return render_template(
        "sharing/index.html",
        page=page,
        needing=needing + waiting_for_me,
        under_way=[share for share in under_way if share not in waiting_for_me],
        obstacles=obstacles,
        clicks=links.clicks([one.link_id for one in shown if one.link_id]),
    )


def _obstacles(shares: Iterable[Share]) -> dict[int, Obstacle]:
    """What stands against the posts of these shares (by key) that have not gone out, as things are now."""
    standing = Standing(web.me(), composing.fold, clock.now(), costing.cost_of_post)
    still = [one for share in shares for one in share.deliveries if one.state in (*UNSENT, *BY_HAND)]
    found = ((one.id, standing.against(one)) for one in still)
    return {key: obstacle for key, obstacle in found if obstacle is not None}


def _is_mine_to_mend(share: Share, obstacles: dict[int, Obstacle]) -> bool:
    """Whether the owner of a scheduled share can do something about what stands against it."""
    kinds = {obstacles[one.id].kind for one in share.deliveries if one.id in obstacles}
    return bool(kinds - {Against.PAUSED, Against.STORY})


@bp.app_template_filter()
def pills(share: Share, obstacles: dict[int, Obstacle]) -> list[tuple[str, str]]:
    """The states of a share's posts, each once; a scheduled one against which something stands is on hold."""
    return list(
        dict.fromkeys(
            ("held", _("On hold"))
            if one.state is DeliveryState.WAITING and one.id in obstacles
            else (one.state.value, state_words(one.state))
            for one in share.deliveries
        )
    )


@bp.app_template_filter()
def reasons_now(share: Share, obstacles: dict[int, Obstacle]) -> list[str]:
    """What stands against the posts of a share, each reason once."""
    return list(
        dict.fromkeys(web.say(obstacles[one.id].reason) for one in share.deliveries if one.id in obstacles)
    )


@dataclass(frozen=True)
class Following:
    """What the page of a share shows beside its rows; `obstacles` and `appeals` by the delivery's key."""

    share: Share
    clicks: dict[int, int]
    points: dict[int, int]
    deletions: dict[int, Any]
    is_done: bool
    obstacles: dict[int, Obstacle]
    appeals: dict[int, Appeal]
    is_story_out: bool
    is_out: bool


def following(share: Share) -> Following:
    """A share with its clicks and points, what stands against it, and whether nothing more is to be waited for."""
    at, rows = clock.now(), share.deliveries
    deletions = queries.deletions_asked(rows)
    moving = [
        one
        for one in rows
        if one.state is DeliveryState.SENDING
        or (one.state is DeliveryState.WAITING and one.due_at <= at + SOON)
        or (one.state is DeliveryState.SENT and one.id in deletions and deletions[one.id].state == "waiting")
    ]
    return Following(
        share=share,
        clicks=links.clicks([one.link_id for one in rows if one.link_id]),
        points=queries.points_for(rows),
        deletions=deletions,
        is_done=not moving,
        obstacles=_obstacles([share]),
        appeals={one.id: asked for one in rows if (asked := queries.appeal_for(one)) is not None},
        is_story_out=queries.is_out_for(share.kit, share.person, at=at),
        is_out=any(one.state in queries.PUBLISHED for one in rows),
    )


@bp.app_template_filter()
def standing_words(delivery: Delivery, obstacle: Obstacle | None) -> str:
    """Why a post was given back to its owner, as things are now: what was put right meanwhile is said to be."""
    stored: Reason = (delivery.reason or "", delivery.reason_values)
    if delivery.state is DeliveryState.FAILED or (obstacle and obstacle.kind is Against.ACCOUNT):
        return web.say(stored if delivery.reason else obstacle.reason if obstacle else stored)
    if obstacle is not None:
        return web.say(obstacle.reason)
    if delivery.state is DeliveryState.NEEDS_RECONNECTING:
        return str(
            _("The account is connected again, and this post waited for you. Send it now, or cancel it.")
        )
    if delivery.reason == queries.PAUSED:
        return str(_("It was held while you were paused. Send it now, or cancel it."))
    if delivery.reason in queries.PUT_RIGHT:
        return str(_("What held it back is put right. Send it now, or cancel it."))
    return web.say(stored)


@bp.app_template_filter()
def dialog_url(delivery: Delivery) -> str:
    """Where the network's own share dialog opens, with as much filled in as it takes."""
    link = web.absolute(f"/l/{delivery.link.code}") if delivery.link else ""
    return composing.by_hand_dialog(delivery.network, delivery.text, link)


@bp.app_template_filter()
def where_to_look(delivery: Delivery) -> str:
    """Where its owner sees whether a post appeared; "" if nobody told us."""
    return connected.own_posts(delivery.connection) if delivery.connection else ""


@bp.app_template_filter()
def undeletable(delivery: Delivery) -> Reason | None:
    """Why we cannot delete a post that we sent; None where we can."""
    return connected.undeletable(delivery)


@bp.app_template_filter()
def may_be_out(delivery: Delivery) -> bool:
    """Whether a post that was refused may be out by an earlier try."""
    return queries.may_be_out(delivery)


@bp.app_template_filter()
def delivery_pictures(delivery: Delivery) -> list[Any]:
    """The pictures that go with a post."""
    return queries.pictures_of(delivery)


@bp.app_template_filter()
def pictures_to_show(delivery: Delivery) -> list[Any]:
    """The pictures of a post that its owner may look at still: those of a recalled story are gone for her too."""
    me, at = web.me(), clock.now()
    return [one for one in queries.pictures_of(delivery) if content.picture(me, one.code, at) is not None]


@bp.get("/shares/<code>")
@signed_in
def show(code: str) -> str:
    """One share, followed until it stands on its network."""
    share = queries.share(web.me(), code)
    if share.recall_seen_at is None and any(one.reason == queries.RECALLED for one in share.deliveries):
        db.allow_writes()
        share = queries.share(web.me(), code)
        actions.note_recall_seen(share, at=clock.now())
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
    return go(web.way_back() or url_for("sharing.show", code=code))


@bp.post("/shares/<code>/deliveries/<delivery_code>/confirmation")
@signed_in
@waits
def confirm(code: str, delivery_code: str) -> Answer:
    """Say that the post is there."""
    form, known, at = ConfirmForm(), "", clock.now()
    delivery = queries.delivery(web.me(), delivery_code)
    try:
        url = (form.url.data or "").strip()
        if delivery.state in MAY_BE_THERE:
            known = proving.checked(delivery, url, networks.outbound(), at=at)
        elif delivery.is_by_hand:
            known = connected.post_at(delivery, url)
        db.let_go()
        delivery = queries.delivery(web.me(), delivery_code)
        actions.confirm_posted(delivery, url=url, remote_id=known, by=web.me(), at=at)
    except Conflict:
        raise
    except Refused as refusal:
        form.url.errors = [web.say(refusal.reason)]
        return _again(code, form)
    return go(url_for("sharing.show", code=code))


def _again(code: str, form: ConfirmForm, status: int = 422) -> Answer:
    share = queries.share(web.me(), code)
    page = render_template("sharing/show.html", following=following(share), share=share, form=form)
    return page, status


@bp.post("/shares/<code>/deliveries/<delivery_code>/retry")
@signed_in
def send_again(code: str, delivery_code: str) -> Answer:
    """Send a post that was held, failed, or that did not appear: for the latter its owner says that she has looked."""
    delivery = queries.delivery(web.me(), delivery_code)
    if delivery.state is DeliveryState.UNKNOWN and not request.form.get("looked"):
        flash(
            _("Please look first, and tick that it is not there: otherwise it might stand there twice."),
            "warning",
        )
        return _again(code, ConfirmForm(formdata=None))
    try:
        actions.send_again(delivery, by=web.me(), at=clock.now())
    except actions.NotReady as refusal:
        flash(_("Not yet: what is missing stands beside the post."), "warning")
        return _again(code, ConfirmForm(formdata=None), refusal.status)
    return go(url_for("sharing.show", code=code))


@bp.post("/shares/<code>/deliveries/<delivery_code>/answer")
@signed_in
def answer(code: str, delivery_code: str) -> Answer:
    """Say that I changed the post that I was asked about, or that I let it stand."""
    said = AppealAnswer.CHANGED if request.form.get("answer") == AppealAnswer.CHANGED else AppealAnswer.KEPT
    holding.answer_appeal(queries.delivery(web.me(), delivery_code), said, at=clock.now())
    flash(_("Thank you. Whoever asked you sees your answer."), "success")
    return go(url_for("sharing.show", code=code))


@bp.post("/shares/<code>/deliveries/<delivery_code>/deletion")
@signed_in
def delete(code: str, delivery_code: str) -> Answer:
    """Ask the network to delete a post of mine, or strike off what I deleted there; says what is left to do by hand."""
    delivery = queries.delivery(web.me(), delivery_code)
    name, why_not = composing.name_of(delivery.network), connected.undeletable(delivery)
    last = queries.deletions_asked([delivery]).get(delivery.id)
    is_asked = last is not None and last.state == "waiting"
    if delivery.state is DeliveryState.SENT and why_not is not None and not is_asked:
        flash(web.say(why_not), "warning")
        return go(url_for("sharing.show", code=code))
    actions.ask_deletion(delivery, by=web.me(), at=clock.now())
    if delivery.state is DeliveryState.DELETED:
        flash(
            _(
                "Struck off here. If your post still stands on %(network)s, delete it there now.",
                network=name,
            ),
            "warning",
        )
    else:
        flash(
            _("We ask %(network)s to delete your post. Here you see when it is gone.", network=name),
            "success",
        )
    return go(url_for("sharing.show", code=code))
