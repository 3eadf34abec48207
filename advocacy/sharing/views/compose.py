"""The composer: words on the left, the true post on the right, shared now or later."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import jsonify, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advocacy import clock, db, web
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content.models import Kit, Variant
from advocacy.errors import Missing, Reason, Refused, Several
from advocacy.links.rules import new_code
from advocacy.sharing import actions, composing, connected, costing, drafting, planning, queries
from advocacy.sharing.actions import Wish
from advocacy.sharing.composing import Composed
from advocacy.sharing.forms import ComposerForm
from advocacy.sharing.models import Delivery
from advocacy.sharing.timing import Untimely
from advocacy.sharing.views.blueprint import Answer, bp, go
from advocacy.sharing.views.composer import ANY, Composer
from advocacy.sharing.views.times import chances, say_if_slot_moved
from advocacy.web import commits, signed_in, waits


@bp.get("/kits/<slug>/shares/new")
@signed_in
def compose(slug: str) -> str:
    """The composer, with a suggestion or with what was typed before."""
    me, at = web.me(), clock.now()
    kit = queries.kit_for(me, slug, at=at)
    if not queries.is_out_for(kit, me, at=at):
        msgid, values = queries.out_of_date(kit, at=at)
        raise Missing(msgid, **values)
    return render_template("sharing/compose.html", **_shown(_first_look(kit, me, at)))


@bp.get("/kits/<slug>/shares")
@signed_in
def shares(slug: str) -> Answer:
    """The address to which the composer is sent, asked for as a page: the composer."""
    return go(url_for("sharing.compose", slug=slug))


def _first_look(kit: Kit, me: Person, at: datetime) -> Composer:
    """What stands in the composer before anything was typed."""
    composer = _composer(kit, me, ComposerForm.fresh(), at)
    form, drafts = composer.form, queries.drafts_of(me, kit)
    networks = list(dict.fromkeys(one.network for one in composer.usable))
    caption = _caption(kit, me, networks[0] if len(networks) == 1 else ANY, request.args.get("caption"))
    form.language.data = caption.language if caption else composer.language()
    form.disclosure.data = composer.wording()
    form.accounts.data = [one.code for one in composer.usable if one.code not in composer.left_out]
    form.caption.data = caption.code if caption else ""
    form.words.data = caption.text if caption else ""
    if ANY in drafts and not request.args.get("caption"):
        form.words.data = drafts[ANY]
        form.caption.data = composer.suggestion_in(drafts[ANY])
    if request.args.get("again"):
        _take_up(form, queries.delivery(me, request.args["again"]))
    elif not drafts and len(networks) > 1:
        _begin_each(composer, networks)
    composer.other_words |= {slug: text for slug, text in drafts.items() if slug != ANY}
    places = composer.places()
    form.pictures.data = [one.code for one in composing.fitting_pictures(kit, places)]
    form.local_time.data = f"{_tomorrow(me, at):%Y-%m-%dT%H:%M}"
    return composer


def _begin_each(composer: Composer, networks: list[str]) -> None:
    """Where the kit has a suggestion for one network, the words there begin as that."""
    for slug in networks:
        begun = _caption(composer.kit, composer.person, slug, None)
        if begun is not None and begun.network == slug and begun.language == composer.form.language.data:
            composer.other_words[slug], composer.other_captions[slug] = begun.text, begun.code


def _take_up(form: ComposerForm, delivery: Delivery) -> None:
    """The words of an earlier post once more."""
    link = web.absolute(f"/l/{delivery.link.code}") if delivery.link else ""
    form.words.data = composing.words_of(delivery.text, delivery.disclosure, link)
    form.language.data, form.disclosure.data = delivery.language, delivery.disclosure
    form.caption.data = delivery.variant.code if delivery.variant else ""


def _caption(kit: Kit, me: Person, network: str, code: str | None) -> Variant | None:
    """The suggestion that was tapped, else one in her language for that network: not the same for all colleagues."""
    tapped = next((one for one in kit.captions if one.code == code), None)
    fitting = content.captions_for(kit, network, me.language) or kit.captions
    own = [one for one in fitting if one.network == network] or fitting
    return tapped or (own[me.id % len(own)] if own else None)


def _tomorrow(me: Person, at: datetime) -> datetime:
    there = at.astimezone(ZoneInfo(me.time_zone)) + timedelta(days=1)
    return there.replace(hour=9, minute=0)


def _composer(kit: Kit, me: Person, form: ComposerForm, at: datetime) -> Composer:
    accounts = list(db.session.scalars(queries.connections_of(me)))
    own = [(name.partition("-"), text) for name, text in request.form.items()]
    words = {slug: text for (kind, dash, slug), text in own if kind == "words" and dash}
    captions = {slug: code for (kind, dash, slug), code in own if kind == "caption" and dash}
    return Composer(me, kit, form, accounts, queries.networks_off(me), at, words, captions)


def _shown(composer: Composer, **more: object) -> dict[str, object]:
    """What the page is made of."""
    places = composer.places() or [composing.place_of(one) for one in composer.usable]
    accounts = [place.connection for place in places if place.connection is not None]
    return {
        **chances(composer.kit, accounts, by=composer.person, at=composer.at),
        "composer": composer,
        "kit": composer.kit,
        "form": composer.form,
        "posts": composer.shown(),
        "dialogs": composing.networks_by_hand(composer.off),
        "connectable": composing.networks_to_connect(composer.off),
        "missing": queries.before_sharing(composer.person, at=composer.at),
        "before": queries.shared_before(composer.person, composer.kit),
        "reasons": [],
        **more,
    }


@bp.post("/kits/<slug>/shares")
@signed_in
@commits
def share(slug: str) -> Answer:
    """Share now or later; what cannot be shared comes back with everything typed, kept as a draft."""
    me, at = web.me(), clock.now()
    reworked = queries.kit_being_changed(me, slug, at=at)
    if reworked is not None:
        return _overtaken(reworked, me, at)
    kit = queries.kit_for(me, slug, at=at)
    composer = _composer(kit, me, ComposerForm(), at)
    if not composer.form.validate():
        return _again(composer)
    posts = composer.composed(new_code)
    problems = {(composer.panel_of(post), web.say(one)): post for post in posts for one in post.problems}
    for (_panel, problem), post in problems.items():
        composer.refuse(post, problem)
    for reason in _unusable(composer):
        composer.form.refuse("accounts", web.say(reason))
    foreign = composer.foreign_wording()
    if foreign is not None:
        composer.form.refuse("disclosure", web.say(foreign))
    if composer.form.errors:
        return _again(composer)
    try:
        wishes = _wishes(composer, posts)
        shared = actions.share(kit, wishes, form_key=_key(composer), by=me, at=at)
    except Refused as refusal:
        return _refused(composer, refusal)
    say_if_slot_moved(composer.form, wishes[0].local_time)
    return go(url_for("sharing.show", code=shared.code))


def _unusable(composer: Composer) -> list[Reason]:
    """Why an account that she ticked cannot be posted to; a post by hand goes to none."""
    chosen = [] if composer.form.by_hand.data else composer.form.accounts.data or []
    return connected.unusable(chosen, composer.person, composer.off)


def _wishes(composer: Composer, posts: list[Composed]) -> list[Wish]:
    networks = [post.place.network.slug for post in posts if post.place.connection]
    local_time = composer.form.chosen_time(
        lambda: planning.take_slot(composer.kit, networks, by=composer.person, at=composer.at)
    )
    return [
        Wish(
            network=post.place.network.slug,
            text=post.text,
            disclosure=post.disclosure,
            language=post.language,
            link_code=post.link.rsplit("/", 1)[1] if post.link else None,
            connection=post.place.connection,
            variant=composer.variant_at(post.place),
            alts={str(one.id): composer.alts[one.code] for one in post.pictures if one.code in composer.alts},
            asset_ids=[one.id for one in post.pictures],
            cost=costing.cost_of_post(post.place.network.slug, post.text) if post.place.connection else None,
            reshare_of=post.passing_on.id if post.passing_on else "",
            local_time=local_time if post.place.connection else None,
            insists=composer.form.insists,
        )
        for post in posts
    ]


def _key(composer: Composer) -> str:
    """The form's key; a page without one (an old bookmark) gets one, since nothing else tells a double click."""
    return (composer.form.form_key.data or new_code())[:64]


def _refused(composer: Composer, refusal: Refused) -> Answer:
    """The page again: the gate names what is missing, every other reason stands beside its field."""
    if isinstance(refusal, actions.NotReady):
        return _again(composer, missing=refusal.missing, status=refusal.status)
    if isinstance(refusal, Several):
        return _again(composer, reasons=[web.say(reason) for reason in refusal.reasons])
    if isinstance(refusal, Untimely):
        composer.form.refuse("local_time", web.say(refusal.reason))
        return _again(composer, offer=refusal.offer, may_insist=refusal.may_insist)
    if refusal.field is None:
        return _again(composer, reasons=[web.say(refusal.reason)], status=refusal.status)
    composer.form.refuse(refusal.field, web.say(refusal.reason))
    return _again(composer)


def _again(composer: Composer, *, status: int = 422, **more: object) -> Answer:
    """The composer with what was typed, which is kept as a draft too."""
    _keep(composer)
    return render_template("sharing/compose.html", **_shown(composer, **more)), status


def _keep(composer: Composer) -> None:
    for network, text in composer.typed().items():
        alts = {f"alt-{code}": text for code, text in composer.alts.items()} if network == ANY else None
        drafting.save_draft(composer.kit, network, text, by=composer.person, at=composer.at, alts=alts)


def _overtaken(kit: Kit, me: Person, at: datetime) -> Answer:
    """What was typed, ready to be sent once more; nothing of the kit itself, which nobody has approved."""
    composer = _composer(kit, me, ComposerForm(), at)
    _keep(composer)
    kept = [(name, value) for name, value in request.form.items(multi=True) if not name.startswith("words")]
    reason = web.say(queries.out_of_date(kit, at=at))
    return render_template("sharing/overtaken.html", composer=composer, kept=kept, reason=reason), 422


@bp.post("/kits/<slug>/shares/preview")
@signed_in
@waits  # it reads only: nobody's writing is held up while she types
def preview(slug: str) -> str:
    """The post as it would stand, for the page to show while she types."""
    me, at = web.me(), clock.now()
    composer = _composer(queries.kit_for(me, slug, at=at), me, ComposerForm(), at)
    return render_template(
        "sharing/_preview.html", composer=composer, kit=composer.kit, posts=composer.shown()
    )


@bp.post("/kits/<slug>/draft")
@signed_in
def draft(slug: str) -> Answer | Response:
    """Keep what was typed; the page asks for it while she types, or she by a button, on her way to what is missing."""
    me, at = web.me(), clock.now()
    composer = _composer(queries.kit_for(me, slug, at=at), me, ComposerForm(), at)
    composer.put_right(request.form.get("mend", ""), request.form.get("tag", ""))
    _keep(composer)
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(kept=_("Draft kept"))
    return go(web.way_back() or url_for("sharing.compose", slug=slug))
