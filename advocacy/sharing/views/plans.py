"""One planned post: another time, other words."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, web
from advocacy.errors import Conflict, Refused, Several
from advocacy.sharing import actions, composing, planning, queries, slots
from advocacy.sharing.composing import Composed, OwnPost
from advocacy.sharing.forms import ComposerForm, WordsForm
from advocacy.sharing.models import Delivery, DeliveryState
from advocacy.sharing.timing import Untimely
from advocacy.sharing.views.blueprint import Answer, bp, go
from advocacy.sharing.views.composer import Composer
from advocacy.sharing.views.times import chances, ends, say_if_slot_moved
from advocacy.sharing.when import WhenForm
from advocacy.web import signed_in, waits

PLACE = "/shares/<code>/deliveries/<delivery_code>"


def _mine(delivery_code: str) -> Delivery:
    """A post of mine that can be changed still; raises Conflict."""
    delivery = queries.delivery(web.me(), delivery_code)
    if delivery.state not in planning.MOVABLE or delivery.lost_at or delivery.connection is None:
        raise Conflict(planning.TOO_LATE)
    return delivery


def _onward(delivery: Delivery) -> Answer:
    return go(web.way_back() or url_for("sharing.show", code=delivery.share.code))


@bp.get(PLACE + "/schedule")
@signed_in
def schedule(code: str, delivery_code: str) -> Answer:
    """Another time for a post that has not gone out."""
    delivery = _mine(delivery_code)
    now, due = clock.now(), delivery.due_at
    shown = due if due > now else now.replace(hour=12) + slots.DAY
    there = f"{slots.local(shown, web.me().time_zone):%Y-%m-%dT%H:%M}"
    return _schedule(delivery, WhenForm(formdata=None, data={"local_time": there, "when": "later"}))


def _schedule(delivery: Delivery, form: WhenForm, status: int = 200, **more: Any) -> Answer:
    me, at = web.me(), clock.now()
    assert delivery.connection is not None
    offered = chances(delivery.share.kit, [delivery.connection], by=me, at=at, moving=delivery)
    context = {"delivery": delivery, "form": form, "reasons": [], "missing": None, **offered, **more}
    return render_template("sharing/schedule.html", **context), status


@bp.post(PLACE + "/schedule")
@signed_in
def move(code: str, delivery_code: str) -> Answer:
    """Put it to another time, or send it now."""
    delivery, form, me, at = _mine(delivery_code), WhenForm(), web.me(), clock.now()
    try:
        local_time = form.chosen_time(
            lambda: planning.take_slot(delivery.share.kit, [delivery.network], by=me, at=at, moving=delivery)
        )
        planning.move(delivery, local_time=local_time, insists=form.insists, by=me, at=at)
    except Conflict:
        raise
    except Refused as refusal:
        return _refused(delivery, form, refusal)
    say_if_slot_moved(form, local_time)
    flash(_said(delivery), "success")
    return _onward(delivery)


def _said(delivery: Delivery) -> str:
    if delivery.local_time is None:
        return str(_("It goes out now."))
    there = slots.read_local(delivery.local_time)
    told = str(_("It goes out on %(when)s.", when=web.when(delivery.due_at)))
    if slots.comes_twice(there, delivery.time_zone or "UTC"):
        told += " " + twice_words(delivery)
    return told


@bp.app_template_filter()
def twice_words(delivery: Delivery) -> str:
    """Which of two moments is meant, where the clocks go back over the planned time; "" where there is but one."""
    if not delivery.local_time:
        return ""
    there = slots.read_local(delivery.local_time)
    if not slots.comes_twice(there, delivery.time_zone or "UTC"):
        return ""
    return str(
        _(
            "%(time)s comes twice that night, since the clocks go back: the first time is meant.",
            time=f"{there:%H:%M}",
        )
    )


@bp.app_template_filter()
def ends_first(delivery: Delivery) -> bool:
    """Whether the account ends before the post is due, unless its owner renews it."""
    account = delivery.connection
    waits_ = delivery.state is DeliveryState.WAITING
    return waits_ and account is not None and account.is_active and ends(account, before=delivery.due_at)


def _refused(delivery: Delivery, form: WhenForm, refusal: Refused) -> Answer:
    if isinstance(refusal, actions.NotReady):
        return _schedule(delivery, form, refusal.status, missing=refusal.missing)
    if isinstance(refusal, Untimely):
        form.local_time.errors = [web.say(refusal.reason)]
        return _schedule(delivery, form, 422, offer=refusal.offer, may_insist=refusal.may_insist)
    if refusal.field == "local_time":
        form.local_time.errors = [web.say(refusal.reason)]
        return _schedule(delivery, form, 422)
    reasons = refusal.reasons if isinstance(refusal, Several) else [refusal.reason]
    return _schedule(delivery, form, refusal.status, reasons=[web.say(one) for one in reasons])


@bp.get(PLACE + "/words")
@signed_in
def words(code: str, delivery_code: str) -> Answer:
    """The words of a post that has not gone out, to be changed."""
    delivery = _mine(delivery_code)
    link = _link(delivery)
    typed = composing.words_of(delivery.text, delivery.disclosure, link)
    return _words(delivery, WordsForm(formdata=None, data={"words": typed}))


def _link(delivery: Delivery) -> str:
    return web.absolute(f"/l/{delivery.link.code}") if delivery.link else ""


def _composed(delivery: Delivery, typed: str) -> Composed:
    """The post that these words make at its place, by the same road as in the composer."""
    assert delivery.connection is not None
    allowed, pictures = queries.disclosures(web.me(), delivery.language), queries.pictures_of(delivery)
    return composing.compose(
        typed,
        composing.place_of(delivery.connection),
        wording=delivery.disclosure if delivery.disclosure in allowed else allowed[0],
        allowed=allowed,
        link=_link(delivery),
        language=delivery.language,
        pictures=pictures,
        alts={one.code: delivery.alts.get(str(one.id), "") for one in pictures},
        address=delivery.share.kit.link_url,
        passing_on=OwnPost(delivery.reshare_of, "") if delivery.reshare_of else None,
    )


def _preview(delivery: Delivery, typed: str) -> dict[str, Any]:
    kit = delivery.share.kit
    composer = Composer(web.me(), kit, ComposerForm(formdata=None), [], set(), clock.now())
    return {"composer": composer, "kit": kit, "posts": [_composed(delivery, typed)], "alone": True}


def _words(delivery: Delivery, form: WordsForm, status: int = 200) -> Answer:
    shown = _preview(delivery, form.words.data or "")
    return render_template("sharing/words.html", delivery=delivery, form=form, **shown), status


@bp.post(PLACE + "/words")
@signed_in
def reword(code: str, delivery_code: str) -> Answer:
    """Keep other words, checked and counted as new ones are."""
    delivery, form = _mine(delivery_code), WordsForm()
    post = _composed(delivery, form.words.data or "")
    problems = [web.say(one) for one in post.problems]
    if not form.validate() or problems:
        form.words.errors = [*form.words.errors, *problems]
        return _words(delivery, form, 422)
    try:
        planning.edit_words(delivery, text=post.text, disclosure=post.disclosure, by=web.me(), at=clock.now())
    except Conflict:
        raise
    except Several as refusal:
        form.words.errors = [web.say(one) for one in refusal.reasons]
        return _words(delivery, form, 422)
    flash(_("Your words are changed."), "success")
    return _onward(delivery)


@bp.post(PLACE + "/words/preview")
@signed_in
@waits  # it reads only
def preview_words(code: str, delivery_code: str) -> str:
    """The post as it would stand, for the page to show while she types."""
    delivery, form = _mine(delivery_code), WordsForm()
    return render_template("sharing/_preview.html", **_preview(delivery, form.words.data or ""))
