"""Sends the letters that are due: each claimed, rendered for its reader, handed over, and noted."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import render_template
from jinja2 import TemplateError, TemplateNotFound

from advocacy import clock, db, vault, web
from advocacy.mail import actions, post, queries, rules
from advocacy.mail.models import Letter

log = logging.getLogger(__name__)


def send_due(at: datetime, *, batch: int = 50, lease_seconds: int = 120) -> int:
    """Send up to `batch` letters that are due, one after the other; returns how many were tried.

    Needs an application context, for templates and addresses.
    """
    tried = 0
    try:
        while tried < batch and _send_next(at, lease_seconds):
            tried += 1
    finally:
        post.chosen().close()
    return tried


def _send_next(at: datetime, lease_seconds: int) -> bool:
    until = max(at, clock.now()) + timedelta(seconds=lease_seconds)
    with db.unit_of_work():
        taken = actions.claim_next(at=at, until=until)
        if taken is None:
            return False
        letter, token = taken
        if rules.is_stale(letter.kind, letter.created_at, at=at):
            actions.drop(letter.id, token, "came too late to be of use")
            return True
    _send(letter, token, at)
    return True


def _send(letter: Letter, token: str, at: datetime) -> None:
    """Render and hand over outside any transaction, then note what became of it."""
    try:
        post.chosen().send(rendered(letter))
    except post.NotSent as error:
        problem, for_good = str(error), error.for_good
    except (TemplateError, vault.Unsealable, ValueError, KeyError) as error:
        log.exception("letter %s of kind %s cannot be written", letter.code, letter.kind)
        problem, for_good = f"{type(error).__name__}: {error}", True
    else:
        with db.unit_of_work():
            if not actions.note_sent(letter.id, token, at=at):
                log.warning("letter %s was sent after its claim was lost; it may arrive twice", letter.code)
                post.forget(queries.without_row({letter.code}))  # erased while it was being written
        return
    with db.unit_of_work():
        actions.note_failed(letter.id, token, problem, at=at, for_good=for_good)


def sweep_files() -> int:
    """Delete letters that lie as files and of which no row is left; returns how many."""
    kept = {code for code, _place in post.chosen().kept()}
    with db.unit_of_work(write=False):
        gone = queries.without_row(kept)
    return post.forget(gone)


def rendered(letter: Letter) -> EmailMessage:
    """The letter as it goes out, in its reader's language and time zone."""
    values = {**letter.values, **_unsealed(letter), "name": letter.name, "language": letter.language}
    with web.written_for(letter.language, letter.time_zone):
        text = render_template(f"mail/{letter.kind}.txt", link_to=web.absolute_url_for, **values)
        html = _html(letter.kind, values)
    subject, _line, body = text.lstrip().partition("\n")
    message = EmailMessage()
    message["Subject"] = subject.removeprefix("Subject:").strip()
    message["From"] = post.sender()
    message["To"] = Address(" ".join(letter.name.split()), addr_spec=letter.address)
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.code}@{post.sender_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    _let_unsubscribe(message, values.get("unsubscribe"))
    message.set_content(body.strip() + "\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
    message["Content-Language"] = web.best_language(
        letter.language
    )  # last: setting the content clears Content-*
    return message


def _let_unsubscribe(message: EmailMessage, path: Any) -> None:
    """One click in the mail program ends the letters (RFC 8058), where the letter's values say at which address."""
    if path:
        address = str(path) if "://" in str(path) else web.absolute(str(path))
        message["List-Unsubscribe"] = f"<{address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _html(kind: str, values: dict[str, Any]) -> str | None:
    try:
        return render_template(f"mail/{kind}.html", link_to=web.absolute_url_for, **values)
    except TemplateNotFound as missing:
        if missing.name == f"mail/{kind}.html":
            return None
        raise


def _unsealed(letter: Letter) -> dict[str, str]:
    if letter.sealed is None:
        return {}
    opened: dict[str, str] = json.loads(vault.unseal(f"letter:{letter.code}", letter.sealed))
    return opened
