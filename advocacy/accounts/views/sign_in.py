"""Signing in and out, by password or by a one-time link."""

from __future__ import annotations

from flask import Response, current_app, g, render_template, request, session, url_for
from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.accounts import actions, passwords, queries, rules, sessions
from advocacy.accounts.forms import LinkForm, PasswordForm, SignInForm
from advocacy.accounts.models import Person, SignedIn, SignInLink
from advocacy.accounts.views.blueprint import Answer, bp, go
from advocacy.errors import Missing
from advocacy.web import limited, public, signed_in, waits

SAMPLES = [f"{name}@demo.example" for name in ("ada", "carl", "ines", "hana", "root", "olga")]


def account() -> str:
    """The account that a sign-in is about, known or not."""
    return rules.tidy_email(request.form.get("email")) or "-"


def account_from_there() -> str:
    """The account and the place it is asked for from, so that a stranger elsewhere locks nobody out."""
    return f"{account()} {web.address()}"


def failed(answer: Response) -> bool:
    """Whether a sign-in was refused: those alone are counted for an account."""
    return answer.status_code == 422


def onward() -> str:
    """Where the person wanted to go, if that is a page of ours."""
    wanted = request.values.get("next")
    return str(wanted) if web.is_local(wanted) else "/"


def too_often() -> Response:
    """The sign-in page again, with what was typed and the reason to wait."""
    form = SignInForm()
    form.refuse(
        _(
            "There were too many tries for this account or from this place. Try again in %(time)s.",
            time=web.again_in(),
        )
    )
    return Response(_sign_in_page(form), 429)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@waits
@limited("sign_in_per_address", answer=too_often)
@limited("sign_in_per_account", by=account_from_there, answer=too_often, counting=failed)
@limited("sign_in_per_account_everywhere", by=account, answer=too_often, counting=failed)
def sign_in() -> Answer:
    """One page with both ways: a password, or a link by mail."""
    form = SignInForm()
    if web.me().is_authenticated:
        return let_on()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422 if form.errors else 200
    person = queries.with_email(form.email.data)
    known = person if person is not None and person.is_active else None
    right = _password_is_right(known, form.password.data or "")
    if known is None or not right:
        form.refuse(
            _("This e-mail address and password do not belong together. Check both, or ask for a link.")
        )
        return _sign_in_page(form), 422
    return begin(known)


@bp.get("/sign-in/link")
@public
def link_sent() -> str:
    """The same words for an address that we know and one that we do not."""
    return render_template("accounts/link_sent.html")


@bp.post("/sign-in/link")
@public
@limited("sign_in_per_address")
@limited("sign_in_per_account", by=account_from_there)
@limited("sign_in_per_account_everywhere", by=account)
def send_link() -> Answer:
    """Ask for a letter with a one-time link; the same is done for an address that is nobody's."""
    link_form = LinkForm()
    if not link_form.validate_on_submit():
        form = SignInForm()
        form.email.errors = link_form.email.errors
        return _sign_in_page(form), 422
    actions.ask_for_link(link_form.email.data or "", onward=onward(), at=clock.now())
    return go(url_for("accounts.link_sent"))


@bp.get("/sign-in/link/<secret>")
@public
def link(secret: str) -> Answer:
    """What a one-time link opens: a page whose button signs in, since mail scanners follow links."""
    found = queries.link(secret, at=clock.now())
    return _link_page(found, PasswordForm())


@bp.post("/sign-in/link/<secret>")
@public
@waits
@limited("sign_in_per_address")
def use_link(secret: str) -> Answer:
    """Sign in by a one-time link; an invitation asks for a password first."""
    found = queries.link(secret, at=clock.now())
    form = PasswordForm()
    if found is None:
        return _link_page(None, form)
    person = found.person
    if found.purpose == rules.INVITATION:
        form.person = person
        if not form.validate_on_submit():
            return _link_page(found, form)
    try:
        _use(found, form.password.data or "")
    except Missing:  # somebody used it between our look and our deed: a double click, say
        return _link_page(None, PasswordForm(formdata=None))
    return begin(person)


def _use(link: SignInLink, password: str) -> None:
    """Use a link, an invitation with the password that was chosen; raises Missing when it was used meanwhile."""
    is_invitation = link.purpose == rules.INVITATION
    db.let_go()  # a hash takes its time, and may have to wait for its turn
    if is_invitation:
        actions.accept_invitation(link, passwords.hash(password), at=clock.now())
    else:
        actions.use_link(link, at=clock.now())


@bp.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this session."""
    row = db.session.get_one(SignedIn, g.seen.session_id)
    actions.end_session(row, by=web.me(), at=clock.now())
    session.clear()
    answer = go(url_for("accounts.sign_in"))
    answer.delete_cookie(sessions.COOKIE)
    return answer


def _password_is_right(person: Person | None, password: str) -> bool:
    """Check without holding the database, since a check takes its time."""
    kept = person.password_hash if person else None
    db.let_go()
    return passwords.matches(kept, password)


def _sign_in_page(form: SignInForm) -> str:
    demo = current_app.config["ADVOCACY"].mode == "demo"
    samples = queries.samples(SAMPLES) if demo else []
    return render_template("accounts/sign_in.html", form=form, onward=onward(), samples=samples)


def _link_page(found: SignInLink | None, form: PasswordForm) -> Answer:
    """The page of a link; one that is over says so (410) and offers another. Who else is signed in here is told."""
    here = web.me() if web.me().is_authenticated else None
    other = here if found is not None and here is not None and here.id != found.person_id else None
    page = render_template("accounts/link.html", link=found, form=form, onward=onward(), other=other)
    return page, 410 if found is None else 422 if form.errors else 200


def begin(person: Person, *, to: str = "") -> Response:
    """Start a session in this browser and lead on: to that page, else to where the person wanted to go.

    The session that was here before ends.
    """
    if g.get("seen") is not None:
        sessions.end(db.session.get_one(SignedIn, g.seen.session_id), at=clock.now())
    secret = sessions.start(person, device=rules.device_named(request.user_agent.string), at=clock.now())
    session.clear()
    answer = go(to) if to else let_on()
    answer.set_cookie(
        sessions.COOKIE,
        secret,
        max_age=int(rules.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


def let_on() -> Response:
    """Lead to where the person wanted to go."""
    return go(onward())
