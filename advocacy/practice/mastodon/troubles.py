"""What Mastodon says when something is wrong: its error bodies and its rate headers."""

from __future__ import annotations

from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from advocacy.practice.mastodon.rules import RATES
from advocacy.practice.mode import json_answer, no_headers
from advocacy.practice.models import Fault

ERRORS = {
    400: "Bad request",
    401: "The access token is invalid",
    403: "This action is not allowed",
    404: "Record not found",
    405: "Method Not Allowed",
    410: "Gone",
    413: "Request Entity Too Large",
    422: "Validation failed: Text is not acceptable today",
    429: "Too many requests",
    500: "We're sorry, but something went wrong on our end.",
    503: "There was a temporary problem serving your request, please try again",
}
OAUTH_ERRORS = {
    "invalid_client": "Client authentication failed due to unknown client, no client authentication "
    "included, or unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
    "access_denied": "The resource owner or authorization server denied the request.",
}


def oauth_error(code: str, otherwise: str = "") -> dict[str, str]:
    """An OAuth error body in the words of Mastodon's OAuth library."""
    return {"error": code, "error_description": OAUTH_ERRORS.get(code, otherwise)}


def error(status: int, kind: str) -> Response:
    """A status with its documented body (entities/Error)."""
    if kind == "token" and status in (400, 401):
        return json_answer(status, oauth_error("invalid_grant" if status == 400 else "invalid_client"))
    return json_answer(status, {"error": ERRORS.get(status, "Something went wrong")})


def headers(fault: Fault, at: datetime) -> dict[str, str]:
    """The headers of a fault's answer; with 429 it says when calls are allowed again (api/rate-limits)."""
    if fault.status != 429:
        return no_headers(fault, at)
    limit, window = RATES["any"]
    reset = (at + timedelta(seconds=fault.retry_after or window)).replace(microsecond=0)
    return no_headers(fault, at) | rate_headers(limit, 0, reset)


def rate_headers(limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    """Mastodon's rate headers; the reset is an ISO 8601 moment, not seconds."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
