"""What Bluesky says when something is wrong: its error bodies and its rate headers."""

from __future__ import annotations

from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from advocacy.practice.bluesky.rules import RATES
from advocacy.practice.limits import Budget
from advocacy.practice.mode import json_answer, no_headers
from advocacy.practice.models import Fault

#: The names and words of statuses (atproto.com/specs/xrpc#error-responses).
ERRORS = {
    400: ("InvalidRequest", "Invalid Request"),
    401: ("AuthenticationRequired", "Authentication Required"),
    403: ("Forbidden", "Forbidden"),
    404: ("XRPCNotSupported", "XRPC Not Supported"),
    405: ("InvalidRequest", "Incorrect HTTP method"),
    413: ("PayloadTooLarge", "request entity too large"),
    415: ("UnsupportedMediaType", "Unsupported Media Type"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    501: ("MethodNotImplemented", "Method Not Implemented"),
    502: ("UpstreamFailure", "Upstream service unreachable"),
    503: ("NotEnoughResources", "Not Enough Resources"),
    504: ("UpstreamTimeout", "Upstream Timeout"),
}
OAUTH_KINDS = ("par", "token", "revoke", "authorize", "consent")
OAUTH_ERRORS = {
    400: ("invalid_request", "Invalid request"),
    401: ("invalid_client", "Client authentication failed"),
    405: ("invalid_request", "Method Not Allowed"),
    429: ("temporarily_unavailable", "Too many requests"),
}


def body(kind: str, error: str, message: str) -> dict[str, str]:
    """An error body: OAuth's (RFC 6749 section 5.2), the PLC directory's, or XRPC's."""
    if kind in OAUTH_KINDS:
        return {"error": error, "error_description": message}
    return {"message": message} if kind == "plc" else {"error": error, "message": message}


def error(status: int, kind: str) -> Response:
    """A status with its documented body."""
    if kind in OAUTH_KINDS:
        name, words = OAUTH_ERRORS.get(
            status, ("invalid_request" if status < 500 else "server_error", "Server error")
        )
        if kind == "token" and status == 400:
            name, words = "invalid_grant", "Invalid grant"
    else:
        name, words = ERRORS.get(
            status, ("InvalidRequest" if status < 500 else "InternalServerError", "Unexpected")
        )
    return json_answer(status, body(kind, name, words))


def headers(fault: Fault, at: datetime) -> dict[str, str]:
    """The headers of a fault's answer; with 429 it says when calls are allowed again."""
    if fault.status != 429:
        return no_headers(fault, at)
    limit, window = RATES["hour"]
    reset = at + timedelta(seconds=window if fault.retry_after is None else fault.retry_after)
    return no_headers(fault, at) | rate_headers(Budget(limit, limit + 1, reset), window)


def rate_headers(budget: Budget, window: int) -> dict[str, str]:
    """The rate headers: what is left of the budget that is nearest to its end, and the second it is full again."""
    return {
        "RateLimit-Limit": str(budget.limit),
        "RateLimit-Remaining": str(budget.remaining),
        "RateLimit-Reset": str(int(budget.reset.timestamp())),
        "RateLimit-Policy": f"{budget.limit};w={window}",
    }
