"""What X says when something is wrong, and its rate headers (x-api/fundamentals/response-codes-and-errors)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

from advocacy.practice.limits import Budget
from advocacy.practice.mode import json_answer, no_headers
from advocacy.practice.models import Fault
from advocacy.practice.x.rules import RATES, Refusal, TokenRefusal

PROBLEMS = "https://api.twitter.com/2/problems/"
BAD_TOKEN = "Value passed for the token was invalid."  # noqa: S105 (an error's words)
#: (title, detail) of what is wrong when nothing more is known.
WORDS = {
    400: ("Invalid Request", "One or more parameters to your request was invalid."),
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", "You are not permitted to perform this action."),
    404: ("Not Found", "Not Found"),
    413: ("Request Entity Too Large", "Request Entity Too Large"),
    429: ("Too Many Requests", "Too Many Requests"),
    500: ("Internal Server Error", "Something went wrong."),
    503: ("Service Unavailable", "Service Unavailable"),
}


def error(status: int, kind: str) -> Response:
    """A status with the body that X gives it; the token endpoints speak OAuth."""
    if kind in ("token", "revoke"):
        if status == 401:
            return refuse_token(unauthorised_client())
        wrong = TokenRefusal(BAD_TOKEN) if status == 400 else TokenRefusal(words(status)[1], "server_error")
        return refuse_token(TokenRefusal(wrong.description, wrong.error, status))
    if status == 402:
        return refuse(no_credits())
    title, detail = words(status)
    return refuse(invalid(detail) if status == 400 else Refusal(status, detail, title))


def words(status: int) -> tuple[str, str]:
    """The title and detail of a status."""
    return WORDS.get(status, ("Error", "Something went wrong."))


def refuse(refusal: Refusal) -> Response:
    """The body of an error: a problem (RFC 7807), or a list of errors with it."""
    title = refusal.title or words(refusal.status)[0]
    problem: dict[str, Any] = {"detail": refusal.detail, "type": refusal.kind, "title": title}
    if "errors" not in refusal.more:
        problem["status"] = refusal.status
    return json_answer(refusal.status, {**refusal.more, **problem})


def refuse_token(refusal: TokenRefusal) -> Response:
    """The body of a token endpoint's error."""
    body = {"error": refusal.error, "error_description": refusal.description}
    return json_answer(refusal.status, body, {"Cache-Control": "no-store"})


def unauthorised_client() -> TokenRefusal:
    """A confidential client that did not show its id and secret (oauth-2-0/user-access-token)."""
    return TokenRefusal("Missing valid authorization header", "unauthorized_client", 401)


def invalid(message: str, **parameters: Any) -> Refusal:
    """A parameter or a field that is not acceptable, by its name and value."""
    named = {name: [_shown(value)] for name, value in parameters.items()}
    title, detail = WORDS[400]
    wrong = [{"parameters": named, "message": message}]
    return Refusal(400, detail, title, PROBLEMS + "invalid-request", errors=wrong)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def unauthorised() -> Refusal:
    """A token that is missing, unknown, expired or revoked; X does not say which."""
    return Refusal(401, "Unauthorized", "Unauthorized")


def unsupported_authentication() -> Refusal:
    """Credentials of another kind than this endpoint takes."""
    words = "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
    detail = f"Authenticating with this method is forbidden for this endpoint.  {words}"
    return Refusal(403, detail, "Unsupported Authentication", PROBLEMS + "unsupported-authentication")


def duplicate() -> Refusal:
    """The same text once more; X does not say of which post."""
    return Refusal(403, "You are not allowed to create a Tweet with duplicate content.")


def quote_refused() -> Refusal:
    """A quote of somebody who did not speak to the person."""
    detail = (
        "Quoting this post is not allowed because you have not been mentioned or are not part of the "
        "conversation thread of the post you are quoting."
    )
    return Refusal(403, detail)


def usage_capped() -> Refusal:
    """The month's cap is used up: 429 as for a rate limit, but it does not pass in a quarter of an hour."""
    more = {"account_id": 1, "product_name": "standard-basic", "period": "Monthly", "scope": "Product"}
    detail = "Usage cap exceeded: Monthly product cap"
    return Refusal(429, detail, "UsageCapExceeded", PROBLEMS + "usage-capped", **more)


def no_credits() -> Refusal:
    """The application's account cannot pay."""
    detail = "Your enrolled account [1] does not have any credits to fulfill this request."
    return Refusal(402, detail, "CreditsDepleted", PROBLEMS + "credits", account_id=1)


def absent(parameter: str, value: str, resource: str = "tweet") -> dict[str, Any]:
    """The partial error of what a reading call did not find."""
    return {
        "value": value,
        "detail": f"Could not find {resource} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }


def not_for_you(post_id: str, field: str) -> dict[str, Any]:
    """The partial error of a field that only the author sees, and only for thirty days."""
    return {
        "resource_id": post_id,
        "detail": f"Sorry, you are not authorized to access the field: {field} on the Tweet: [{post_id}].",
        "title": "Field Authorization Error",
        "section": "data",
        "resource_type": "tweet",
        "field": field,
        "type": PROBLEMS + "not-authorized-for-field",
    }


def headers(fault: Fault, at: datetime) -> dict[str, str]:
    """The headers of a `status` fault's answer; X sends no Retry-After with 429, only when the window ends."""
    if fault.status != 429:
        return no_headers(fault, at)
    limit, window = RATES.get(fault.kind, RATES["posts"])
    reset = (at + timedelta(seconds=fault.retry_after or window)).replace(microsecond=0)
    return rate_headers("x-rate-limit", Budget(limit, limit, reset))


def rate_headers(name: str, budget: Budget) -> dict[str, str]:
    """A budget's headers; the reset in seconds since 1970 (x-api/fundamentals/rate-limits)."""
    return {
        f"{name}-limit": str(budget.limit),
        f"{name}-remaining": str(budget.remaining),
        f"{name}-reset": str(int(budget.reset.timestamp())),
    }
