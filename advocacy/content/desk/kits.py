"""Kits in the studio: the list, where each stands, and its review."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from advocacy import asked, clock, web
from advocacy.accounts import queries as accounts
from advocacy.content import actions, fitting, handover, queries, rules, stories
from advocacy.content.desk.blueprint import Page, bp, edition, kit_of, stage_names
from advocacy.content.forms import RemarkForm
from advocacy.content.models import Kit
from advocacy.content.rules import Audience, Stage
from advocacy.content.shape import missing
from advocacy.content.views import country_name, language_name
from advocacy.errors import Refused


@bp.get("/studio/")
@web.needs("kit.edit")
def index() -> str:
    """My kits, by where they stand."""
    at, stage, words = clock.now(), asked.one_of("stage", set(Stage)), request.args.get("q", "").strip()[:100]
    kits = queries.searched(queries.in_studio(web.me()).options(*queries.listed()), words)
    if stage:
        kits = kits.where(queries.at_stage(Stage(stage), at))
    counts, names = queries.stage_counts(web.me(), at, words), stage_names()
    return render_template(
        "studio/index.html",
        page=web.page_of(kits, size=25),
        moment=at,
        words=words,
        stage=stage,
        names=names,
        total=sum(counts.values()),
        chips=[(each.value, names[each], counts[each]) for each in Stage],
        waiting=queries.waiting_for(web.me()),
    )


@bp.get("/studio/kits/<slug>")
@web.needs("kit.edit")
def show(slug: str) -> Page:
    """A kit: where it stands, what happens next, and the story as champions see it."""
    return _overview(kit_of(slug))


@bp.post("/studio/kits/<slug>/review")
@web.needs("kit.edit")
def review(slug: str) -> Page | Answer:
    """Send a draft to review."""
    kit = kit_of(slug)
    try:
        handover.send_to_review(kit, by=web.me(), at=clock.now())
    except Refused as refused:
        return _overview(kit, refused)
    flash(_("It is sent to review. The colleagues who may approve it get a letter."), "success")
    return redirect(url_for("studio.show", slug=slug), 303)


@bp.post("/studio/kits/<slug>/approval")
@web.needs("kit.approve")
def approve(slug: str) -> Page | Answer:
    """Approve what a colleague wrote."""
    kit, seen = kit_of(slug, "kit.approve"), edition(request.form.get("edition"))
    try:
        handover.approve(kit, by=web.me(), at=clock.now(), edition=seen)
    except Refused as refused:
        return _overview(kit, refused)
    flash(_("It is approved. Its author is told by letter."), "success")
    return redirect(url_for("studio.show", slug=slug), 303)


@bp.get("/studio/kits/<slug>/removal")
@web.needs("kit.edit")
def discard(slug: str) -> str:
    """Ask before a draft is thrown away, by naming what goes."""
    kit = kit_of(slug)
    actions.check_discard(kit, by=web.me())
    return render_template("studio/discard.html", kit=kit, text=queries.text_in(kit, web.me().language))


@bp.post("/studio/kits/<slug>/removal")
@web.needs("kit.edit")
def throw_away(slug: str) -> Answer:
    """Throw a draft away that was never approved."""
    title = actions.discard(kit_of(slug), by=web.me(), at=clock.now())
    flash(_("“%(title)s” is thrown away.", title=title), "success")
    return redirect(url_for("studio.index"), 303)


@bp.post("/studio/kits/<slug>/rejection")
@web.needs("kit.approve")
def send_back(slug: str) -> Page | Answer:
    """Give a kit back with a remark."""
    kit, form = kit_of(slug, "kit.approve"), RemarkForm()
    try:
        handover.send_back(kit, form.remark.data or "", by=web.me(), at=clock.now())
    except Refused as refused:
        if refused.field == "remark":
            form.fault(refused.reason)
        return _overview(kit, refused, form)
    flash(_("It is sent back. Its author gets your remark by letter."), "success")
    return redirect(url_for("studio.show", slug=slug), 303)


def _overview(kit: Kit, refused: Refused | None = None, remark: RemarkForm | None = None) -> Page:
    at, me = clock.now(), web.me()
    against = rules.reason_against_approval(kit.state, actions.hands_in(kit), me.id)
    against = against or actions.reason_against_audience(kit, by=me)
    may_approve = rules.covers(me.entities_for("kit.approve"), kit.entity_id)
    back = kit.sent_back
    page = render_template(
        "studio/show.html",
        kit=kit,
        back=back,
        is_untouched=bool(back and back.decided_at and kit.edited_at <= back.decided_at),
        may_discard=rules.may_discard(kit.state, kit.approved_at),
        stage=kit.stage(at),
        was_out=rules.was_out(kit.approved_at, kit.publish_at, at),
        names=stage_names(),
        text=queries.text_in(kit, request.args.get("read") or me.language),
        topic_names=stories.topic_names(me.language, clock.now()),
        lacking=[*missing(kit.data, at), *fitting.problems(kit.data)] if kit.stage(at) is Stage.DRAFT else [],
        narrow=fitting.warnings(kit.data) if kit.stage(at) in (Stage.DRAFT, Stage.IN_REVIEW) else [],
        networks=fitting.networks(),
        audience=_audience(kit.data.audience),
        refused=refused,
        against=web.say(against) if may_approve else _("A colleague who may approve kits looks at it next."),
        may_decide=may_approve and against is None,
        may_recall=kit.approved_at
        and kit.recalled_at is None
        and rules.covers(me.entities_for("kit.recall"), kit.entity_id),
        remark=remark or RemarkForm(formdata=None),
    )
    return page, refused.status if refused else 200


def _audience(audience: Audience) -> str:
    """Whom the kit is for, in names; empty for everyone."""
    entities = {entity.slug: entity.name for entity in accounts.entities()}
    teams = {team.slug: team.name for team in queries.teams()} if audience.teams else {}
    topics = stories.topic_names(web.me().language, clock.now())
    followed = ", ".join(topics.get(slug, slug) for slug in audience.topics)
    kinds = (
        ", ".join(entities.get(slug, slug) for slug in audience.entities),
        ", ".join(country_name(code) for code in audience.countries),
        ", ".join(language_name(tag) for tag in audience.languages),
        ", ".join(teams.get(slug, slug) for slug in audience.teams),
        _("followers of %(topics)s", topics=followed) if followed else "",
    )
    return " · ".join(kind for kind in kinds if kind)
