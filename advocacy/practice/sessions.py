"""Who is signed in on the practice network's own pages, and the page that asks."""

from __future__ import annotations

import hmac
import secrets

from flask import Blueprint, abort, redirect, render_template, request, session
from sqlalchemy import select
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.models import Account
from advocacy.practice.store import practice

bp = Blueprint("sessions", __name__)


def visitor() -> Account | None:
    """The person signed in here, if any."""
    number = session.get("account")
    if number is None:
        return None
    with practice().store.reading() as database:
        return database.get(Account, number)


def sign_in_here(name: str, password: str) -> Account | None:
    """Sign a person in by name or e-mail address; None when the password is wrong."""
    username = name.strip().lower().partition("@")[0]
    with practice().store.reading() as database:
        account = database.scalar(select(Account).where(Account.username == username))
    if account is None or not check_password_hash(account.password, password):
        return None
    session.clear()
    session["account"] = account.id
    return account


def sign_out_here() -> None:
    """Forget who is signed in."""
    session.clear()


def form_token() -> str:
    """The token that every form here carries."""
    token: str = session.setdefault("form", secrets.token_urlsafe(16))
    return token


def check_form() -> None:
    """Refuse a form that was not made by one of our pages."""
    kept, sent = session.get("form", ""), request.form.get("form_token", "")
    if not kept or not hmac.compare_digest(kept.encode(), sent.encode()):
        abort(400, "This form is out of date. Go back, reload the page and try again.")


def sender() -> Account:
    """Whoever sent this form from one of our pages; 400 for another's form, 403 for who is not signed in."""
    check_form()
    account = visitor()
    if account is None:
        abort(403)
    return account


def safe_next(address: str | None) -> str:
    """An address on this server only."""
    inside = bool(address) and address is not None and address.startswith("/")
    return address if inside and address and address[1:2] not in ("/", "\\") else "/"


@bp.get("/sign-in")
def sign_in() -> str:
    """Ask who it is."""
    return render_template("practice/sign_in.html", next=safe_next(request.args.get("next")), name="")


@bp.post("/sign-in")
def enter() -> AnyResponse | tuple[str, int]:
    """Sign in, and go on to where the person was going."""
    check_form()
    name, onward = request.form.get("username", ""), safe_next(request.form.get("next"))
    if sign_in_here(name, request.form.get("password", "")) is None:
        return render_template("practice/sign_in.html", next=onward, name=name, wrong=True), 401
    return redirect(onward, 303)


@bp.post("/sign-out")
def leave() -> AnyResponse:
    """Sign out."""
    check_form()
    sign_out_here()
    return redirect("/", 303)
