"""The controls of each mode: its ledger of calls, and its faults on request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from sqlalchemy import delete, select
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.models import Call, Fault, Release
from advocacy.practice.sessions import check_form
from advocacy.practice.store import practice

bp = Blueprint("controls", __name__)


CALL = (
    "id",
    "mode",
    "method",
    "path",
    "kind",
    "account",
    "app",
    "idempotency_key",
    "status",
    "fault",
    "created",
    "status_id",
    "published",
)
FAULT = ("id", "mode", "kind", "fault", "status", "retry_after", "seconds", "calls", "calls_left")


def call_shape(call: Call) -> dict[str, Any]:
    """One call as /ledger.json tells it."""
    asked_at = call.asked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {name: getattr(call, name) for name in CALL} | {"asked_at": asked_at}


def fault_shape(fault: Fault) -> dict[str, Any]:
    """One fault as /faults tells it."""
    return {name: getattr(fault, name) for name in FAULT}


@bp.get("/ledger.json")
def ledger() -> Response:
    """Every API call in this mode, oldest first; `since` leaves out those up to an id, `kind` all others."""
    newer = Call.id > request.args.get("since", 0, int)
    found = select(Call).where(Call.mode == practice().mode.slug, newer).order_by(Call.id)
    if kind := request.args.get("kind"):
        found = found.where(Call.kind == kind)
    with practice().store.reading() as session:
        return jsonify(calls=[call_shape(call) for call in session.scalars(found)])


@bp.delete("/ledger.json")
@bp.post("/ledger/clear")
def clear_ledger() -> Response:
    """Forget all calls, and the rate limits with them."""
    _tool_or_form()
    practice().limits.forget()
    with practice().store.writing() as session:
        session.execute(delete(Call).where(Call.mode == practice().mode.slug))
    return jsonify(calls=[])


@bp.get("/faults")
def faults() -> Response | str:
    """The faults that wait, as a page or as JSON."""
    mode = practice().mode
    left = select(Fault).where(Fault.mode == mode.slug, Fault.calls_left > 0).order_by(Fault.id)
    latest = select(Call).where(Call.mode == mode.slug).order_by(Call.id.desc()).limit(25)
    with practice().store.reading() as session:
        waiting, calls = list(session.scalars(left)), list(session.scalars(latest))
    if _wants_json():
        return jsonify(faults=[fault_shape(fault) for fault in waiting])
    return render_template("practice/faults.html", waiting=waiting, calls=calls)


@bp.post("/faults")
def add_fault() -> AnyResponse | tuple[Response, int]:
    """Let the next calls of a kind go wrong."""
    _tool_or_form()
    sent = request.get_json(silent=True) or {} if request.is_json else request.form
    try:
        fault = _fault(dict(sent))
    except (ValueError, TypeError, KeyError) as error:
        return _refused(str(error))
    with practice().store.writing() as session:
        session.add(fault)
    if request.is_json:
        return jsonify(fault_shape(fault)), 201
    return redirect(url_for("controls.faults"), 303)


def _fault(sent: dict[str, Any]) -> Fault:
    """A fault as it was sent; raises ValueError in words."""
    mode, kind, name = practice().mode, sent.get("kind") or "any", sent.get("fault")
    if kind not in mode.kind_names:
        raise ValueError(f"kind must be one of {', '.join(mode.kind_names)}")
    if name not in mode.fault_words:
        raise ValueError(f"fault must be one of {', '.join(mode.fault_words)}")
    calls, status, seconds = int(sent.get("calls") or 1), int(sent.get("status") or 500), sent.get("seconds")
    if calls < 1 or not 400 <= status <= 599:
        raise ValueError("calls must be 1 or more, and status 400 to 599")
    wait, after = float(seconds or (30 if name in ("hold", "hold_before") else 2)), sent.get("retry_after")
    if not 0 <= wait <= 600:
        raise ValueError("seconds must be 0 to 600")
    later = int(after) if after not in (None, "") else None
    what = {"mode": mode.slug, "kind": kind, "fault": name, "status": status, "retry_after": later}
    return Fault(**what, seconds=wait, calls=calls, calls_left=calls)


def _refused(words: str) -> tuple[Response, int]:
    if not request.is_json:
        abort(422, words)
    return jsonify(error=words), 422


@bp.delete("/faults")
@bp.post("/faults/clear")
def clear_faults() -> AnyResponse:
    """Let nothing go wrong any more; what is held is released."""
    _tool_or_form()
    with practice().store.writing() as session:
        session.execute(delete(Fault).where(Fault.mode == practice().mode.slug))
        session.add(Release(mode=practice().mode.slug))
    return _back(faults=[])


@bp.post("/faults/release")
def release() -> AnyResponse:
    """Let every held answer go."""
    _tool_or_form()
    with practice().store.writing() as session:
        session.add(Release(mode=practice().mode.slug))
    return _back(released=True)


def _back(**body: Any) -> AnyResponse:
    return redirect(url_for("controls.faults"), 303) if request.form else jsonify(body)


def _tool_or_form() -> None:
    """Forms from pages carry our token; tools send JSON or nothing, which no foreign page can."""
    if request.form or request.mimetype in ("text/plain", "application/x-www-form-urlencoded"):
        check_form()
    elif request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    return best == "application/json"
