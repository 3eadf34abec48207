"""A bad day: help with a share, a pause, and leaving."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, db, web
from advocacy.sharing import helping, queries, withdrawing
from advocacy.sharing.forms import HelpForm
from advocacy.sharing.models import Connection
from advocacy.sharing.rules import HelpKind
from advocacy.sharing.views.blueprint import Answer, bp, go
from advocacy.web import signed_in


@bp.get("/shares/<code>/help")
@signed_in
def help(code: str) -> str:  # noqa: A001 - the page's own name
    """What to do first, whom to reach, and every brake within reach."""
    return _page(code, HelpForm(formdata=None))


def _page(code: str, form: HelpForm) -> str:
    me = web.me()
    share = queries.share(me, code)
    return render_template(
        "sharing/help.html",
        share=share,
        form=form,
        contacts=queries.help_contacts(me),
        asked=queries.open_help(share),
        deletions=queries.deletions_asked(share.deliveries),
        accounts=list(db.session.scalars(queries.connections_of(me))),
        waiting=queries.how_many_open(me),
    )


@bp.post("/shares/<code>/help")
@signed_in
def ask_for_help(code: str) -> Answer:
    """Reach the named person."""
    form = HelpForm()
    if not form.validate():
        return _page(code, form), 422
    helping.ask_for_help(
        queries.share(web.me(), code),
        kind=HelpKind(form.kind.data),
        message=form.message.data or "",
        by=web.me(),
        at=clock.now(),
    )
    flash(_("Your call for help is on its way. Until you hear back, follow the steps below."), "success")
    return go(url_for("sharing.help", code=code))


@bp.post("/me/pause")
@signed_in
def pause() -> Answer:
    """Hold everything back."""
    withdrawing.pause(by=web.me(), at=clock.now())
    flash(_("You are paused. Nothing of yours goes out, and you get no letters, until you go on."), "success")
    return go(url_for("accounts.me"))


@bp.post("/me/return")
@signed_in
def resume() -> Answer:
    """Go on; what was held waits for a word."""
    withdrawing.resume(by=web.me())
    flash(_("Welcome back. If anything was held meanwhile, it waits for you under Shares."), "success")
    return go(web.way_back() or url_for("accounts.me"))


@bp.app_template_global()
def leaving() -> tuple[list[Connection], int]:
    """What leaving would take along: the accounts that are disconnected, and how many posts are cancelled."""
    me = web.me()
    return list(db.session.scalars(queries.connections_of(me))), queries.how_many_open(me)


@bp.get("/me/departure")
@signed_in
def leave() -> Answer:
    """What leaving did, with the way back in; who is in leaves by the button on her own page."""
    if web.me().left_at is None:
        return go(url_for("accounts.me", _anchor="leave"))
    return render_template("sharing/leave.html")


@bp.post("/me/departure")
@signed_in
def end_membership() -> Answer:
    """Leave the programme."""
    left = withdrawing.leave(by=web.me(), at=clock.now())
    flash(_what_ended(left), "success")
    return go(url_for("sharing.leave"))


def _what_ended(left: withdrawing.Left) -> str:
    """What leaving came to, in one line."""
    posts = ngettext("One scheduled post was cancelled", "%(num)d scheduled posts were cancelled", left.posts)
    accounts = ngettext("one account was disconnected", "%(num)d accounts were disconnected", left.accounts)
    if left.posts and left.accounts:
        return str(_("%(posts)s, and %(accounts)s.", posts=posts, accounts=accounts))
    if left.posts:
        return f"{posts}."
    if left.accounts:
        return f"{accounts[:1].upper()}{accounts[1:]}."
    return str(_("Nothing was scheduled, and no account was connected."))
