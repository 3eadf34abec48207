"""What LinkedIn says when something is wrong (shared/api-guide/concepts/error-handling)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from advocacy.practice.linkedin.rules import Refusal, TokenRefusal, full_version
from advocacy.practice.mode import json_answer

#: (serviceErrorCode, code, message) of the errors that come from the gateway.
GATEWAY: dict[str, tuple[int, str, str]] = {
    "invalid": (65600, "INVALID_ACCESS_TOKEN", "Invalid access token"),
    "revoked": (65601, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user"),
    "expired": (65602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"),
    "empty": (65604, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token"),
}
#: What a status says when nothing more is known.
WORDS: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("Bad request", {}),
    403: (
        "Not enough permissions to access this resource",
        {"serviceErrorCode": 100, "code": "ACCESS_DENIED"},
    ),
    404: ("Resource not found", {"code": "RESOURCE_NOT_FOUND", "serviceErrorCode": 0}),
    405: ("Method not allowed", {}),
    409: ("Conflict", {}),
    411: ("A valid Content-Length header is required", {}),
    413: ("Request entity too large", {}),
    415: ("Unsupported Media Type", {}),
    422: ("Unprocessable entity", {}),
    426: ("Requested version is not active", {"code": "NONEXISTENT_VERSION"}),
    429: (
        "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.",
        {"serviceErrorCode": 101, "code": "TOO_MANY_REQUESTS"},
    ),
    500: ("Internal Server Error", {}),
    503: ("Service Unavailable", {}),
    504: ("Gateway Timeout", {}),
}
_GRANT = "The provided authorization grant or refresh token is invalid, expired or revoked"


def error(status: int, kind: str) -> Response:
    """A status with the body that LinkedIn gives it; the token endpoints speak OAuth."""
    if kind in ("token", "introspect"):
        names = {400: ("invalid_request", _GRANT), 401: ("invalid_client", "Client authentication failed")}
        name, words = names.get(status, ("server_error", WORDS.get(status, ("Something went wrong", {}))[0]))
        return refuse_token(TokenRefusal(status, name, words))
    if status == 401:
        return refuse(unauthorised("invalid"))
    words, more = WORDS.get(status, ("Something went wrong", {}))
    return refuse(Refusal(status, words, **more))


def refuse(refusal: Refusal) -> Response:
    """The body of an error."""
    return json_answer(refusal.status, {"message": refusal.message, **refusal.more, "status": refusal.status})


def refuse_token(refusal: TokenRefusal) -> Response:
    """The body of a token endpoint's error."""
    body = {"error": refusal.error, "error_description": refusal.description}
    return json_answer(refusal.status, body, {"Cache-Control": "no-store"})


def unauthorised(what: str) -> Refusal:
    """What is wrong with a token: it is `invalid`, `revoked`, `expired` or `empty`."""
    number, code, message = GATEWAY[what]
    return Refusal(401, message, serviceErrorCode=number, code=code)


def forbidden(message: str) -> Refusal:
    """A call that the token's scopes, or the member's rights, do not cover."""
    return Refusal(403, message, serviceErrorCode=100, code="ACCESS_DENIED")


def wrong_field(path: str, what: str) -> Refusal:
    """A field that Rest.li's validation does not let through."""
    return Refusal(422, f"ERROR :: {path} :: {what}\n")


def wrong_input(status: int, code: str, message: str) -> Refusal:
    """A post that is well formed but not acceptable."""
    return Refusal(
        status,
        message,
        errorDetailType="com.linkedin.common.error.BadRequest",
        errorDetails={"inputErrors": [{"code": code}]},
    )


def duplicate(urn: str) -> Response:
    """The refusal of what was posted before, which names the earlier post."""
    message = (
        "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of " + urn
    )
    return json_answer(
        422,
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": message,
            "errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]},
            "status": 422,
        },
    )


def inactive(version: str) -> Refusal:
    """A version that LinkedIn does not answer to, or not any more."""
    return Refusal(
        426, f"Requested version {full_version(version)} is not active", code="NONEXISTENT_VERSION"
    )
