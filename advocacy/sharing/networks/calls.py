"""One call to a network's server, ending in an answer or in an `Outcome` with its reason in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from advocacy.errors import N_, Reason
from advocacy.http import Answer, NotSent, Outbound, OutboundError, OutboundRefused
from advocacy.sharing.networks.interface import Lost, NeedsReconnecting, Outcome, Permanent, Temporary

LONGEST_WAIT = 86_400
RECONNECT = N_("%(server)s no longer lets us act for you. Please connect your account again.")
ENDED = N_("Our access to your account at %(server)s has run out and is being renewed.")
LOST = N_("%(server)s may have got your post, but its answer did not arrive. Please check: did it appear?")


def call(outbound: Outbound, method: str, url: str, *, posts: bool = False, **sent: Any) -> Answer:
    """Make one call; `posts` says that its success would be seen by others; raises an Outcome unless it succeeds."""
    try:
        answer = outbound.request(method, url, **sent)
    except OutboundError as wrong:
        raise unanswered(wrong, url, posts=posts) from wrong
    if 200 <= answer.status < 300:
        return answer
    raise refusal(answer.status, answer.headers, words(answer), url, posts=posts)


def unanswered(wrong: OutboundError, url: str, *, posts: bool = False) -> Outcome:
    """What it means that no usable answer came."""
    if isinstance(wrong, OutboundRefused):
        return Permanent(wrong.reason)
    if isinstance(wrong, NotSent) or not posts:
        return Temporary(wrong.reason)
    return Lost((LOST, {"server": host_of(url)}))


def refusal(status: int, headers: Mapping[str, str], said: str, url: str, *, posts: bool = False) -> Outcome:
    """What an answer other than success means: whether anything can have been posted, and what to do."""
    outcome = _outcome(status, headers, said, {"server": host_of(url)}, posts)
    outcome.status_code = status
    return outcome


def _outcome(
    status: int, headers: Mapping[str, str], said: str, server: dict[str, Any], posts: bool
) -> Outcome:
    if status == 401 or (status == 403 and "scope" in said.lower()):
        return NeedsReconnecting((RECONNECT, server))
    if status in (408, 425, 429):
        after, at = wait(headers)
        at = at or (_reset(headers) if after is None else None)
        reason = N_("%(server)s asks us to slow down, so this waits for a while."), server
        return Temporary(reason, retry_after=after, retry_at=at)
    if status >= 500 and posts:
        return Lost((LOST, server))
    if status >= 500:
        after, at = wait(headers)
        reason = N_("%(server)s has trouble at the moment. Please try again later."), server
        return Temporary(reason, retry_after=after, retry_at=at)
    return Permanent(_no(status, said, server))


def _no(status: int, said: str, server: dict[str, Any]) -> Reason:
    if 300 <= status < 400:
        return N_("%(server)s has moved to another address. Please connect your account there."), server
    if said:
        return N_("%(server)s refused this: %(words)s"), {**server, "words": said}
    return N_("%(server)s refused this without saying why (%(status)d)."), {**server, "status": status}


def words(answer: Answer) -> str:
    """What the server itself says about a refusal, cut to a sentence's length; "" if it says nothing readable."""
    try:
        said = answer.json()
    except OutboundError:
        return ""
    if not isinstance(said, dict):
        return ""
    text = said.get("error_description") or said.get("error")
    return clean(text)[:300] if isinstance(text, str) else ""


def clean(text: str) -> str:
    """A stranger's text on one line, without control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def wait(headers: Mapping[str, str]) -> tuple[int | None, datetime | None]:
    """How many seconds, or until when, a server asks us to wait: Retry-After, else Mastodon's X-RateLimit-Reset."""
    after = headers.get("retry-after", "").strip()
    if after.isascii() and after.isdigit():
        return min(int(after[:9]), LONGEST_WAIT), None
    return None, http_date(after) or _iso(headers.get("x-ratelimit-reset", ""))


def http_date(text: str) -> datetime | None:
    """The instant of a `Date` or `Retry-After` header (RFC 9110, section 5.6.7), or None."""
    try:
        return _aware(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None


def _reset(headers: Mapping[str, str]) -> datetime | None:
    """When X, or Bluesky, counts anew, in Unix seconds; any of their endpoints may say so, that for tokens too."""
    told = headers.get("x-rate-limit-reset") or headers.get("ratelimit-reset") or ""
    sound = told.isascii() and told.isdigit() and len(told) == 10
    return datetime.fromtimestamp(int(told), UTC) if sound else None


def _aware(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def host_of(url: str) -> str:
    """The host, and the port if there is one, for people to read."""
    return urlsplit(url).netloc


def web_address(value: Any) -> str:
    """A stranger's address if it is one that a page may link to, else ""."""
    is_one = isinstance(value, str) and value.startswith(("https://", "http://")) and value.isprintable()
    return value if is_one else ""


def table(answer: Answer) -> dict[str, Any]:
    """The answer's JSON object; {} if it is anything else."""
    try:
        found = answer.json()
    except OutboundError:
        return {}
    return found if isinstance(found, dict) else {}


def rows(answer: Answer) -> list[dict[str, Any]]:
    """The JSON objects of a list; [] if the answer is anything else."""
    try:
        found = answer.json()
    except OutboundError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def number(value: Any) -> int | None:
    """A stranger's count of something, None if it is no sound number."""
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000_000_000
    return value if sound else None
