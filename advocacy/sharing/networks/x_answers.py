"""What X answers: its refusals (https://docs.x.com/x-api/fundamentals/response-codes-and-errors), its posts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from advocacy.errors import N_
from advocacy.http import Answer
from advocacy.sharing.networks.calls import ENDED, clean, host_of, number, refusal, table, web_address
from advocacy.sharing.networks.interface import (
    Expired,
    Figures,
    Identity,
    Outcome,
    Permanent,
    Sought,
    Temporary,
)
from advocacy.sharing.networks.matching import same_words, when

SPENT = N_(
    "Our credits at %(server)s are used up, so nothing was posted. "
    "Please tell your administrator, or share it there by hand."
)
NOT_OURS = N_("%(server)s does not let our application do this (%(words)s). Please tell your administrator.")
DUPLICATE = N_(
    "%(server)s refused this: one of your posts there says the same already. Please change the words."
)
PERHAPS_OURS = N_(
    "%(server)s has a post of yours with these words already; it may be this one, whose answer was lost. "
    "Please check: did it appear?"
)
SLOW_DOWN = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
APPLICATION = ("unsupported-authentication", "client-forbidden", "client-not-enrolled")
BEGINNING = 1_288_834_974_657
"""Where the milliseconds in ids are counted from."""
ID = re.compile(r"[0-9]{1,19}")


def refused(answer: Answer, server: str, *, posts: bool = False, renewable: bool = False) -> Outcome:
    """What an answer other than success means; `posts` says that its success would be seen by others.

    X does not say whether an access that it refuses ran out or was taken back: only renewing it tells.
    """
    problem = table(answer)
    said, kind = words(problem), str(problem.get("type") or "").rpartition("/")[2]
    outcome = refusal(answer.status, answer.headers, said, server, posts=posts)
    if answer.status == 402 or kind in ("usage-capped", "credits"):
        outcome = Permanent((SPENT, {"server": host_of(server)}))
    elif answer.status == 403 and kind in APPLICATION:
        outcome = Permanent((NOT_OURS, {"server": host_of(server), "words": said}))
    elif answer.status == 403 and "duplicate" in said.lower():
        outcome = Permanent((DUPLICATE, {"server": host_of(server)}))
        outcome.is_duplicate = True
    elif answer.status == 401 and renewable:
        outcome = Expired((ENDED, {"server": host_of(server)}))
    elif isinstance(outcome, Temporary):
        outcome.retry_at = comes_back(answer.headers) or outcome.retry_at
    outcome.status_code = answer.status
    return outcome


def words(problem: Mapping[str, Any]) -> str:
    """What X itself says of a problem (RFC 7807, or a list of errors), cut to a sentence's length."""
    errors = problem.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    texts = (
        first.get("message"),
        first.get("detail"),
        *map(problem.get, ("detail", "title", "error_description", "error")),
    )
    return next((clean(text)[:300] for text in texts if isinstance(text, str) and clean(text)), "")


def comes_back(headers: Mapping[str, str]) -> datetime | None:
    """When the last of the used-up limits ends (rate-limits: `…-reset`, in Unix seconds)."""
    used_up = [name for name in SLOW_DOWN if headers.get(f"{name}-remaining", "").strip() == "0"]
    resets = [_unix(headers.get(f"{name}-reset", "")) for name in used_up or SLOW_DOWN[:1]]
    return max((at for at in resets if at), default=None)


def _unix(text: str) -> datetime | None:
    text = text.strip()
    sound = text.isascii() and text.isdigit() and len(text) <= 10
    return datetime.fromtimestamp(int(text), UTC) if sound else None


def is_id(value: Any) -> TypeGuard[str]:
    """Whether this is the id of a post, a person or a picture, as the documentation describes them."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def data(answer: Answer) -> dict[str, Any]:
    """The answer's one object; {} if it has none."""
    found = table(answer).get("data")
    return found if isinstance(found, dict) else {}


def many(answer: Answer) -> list[dict[str, Any]]:
    """The answer's list of objects; [] if it has none."""
    found = table(answer).get("data")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def person(found: Mapping[str, Any], site: str) -> Identity | None:
    """Whose account it is (data-dictionary: User); None if the answer makes no sense."""
    remote_id, handle = found.get("id"), found.get("username")
    if not (is_id(remote_id) and isinstance(handle, str) and re.fullmatch(r"\w{1,50}", handle, re.ASCII)):
        return None
    name = found.get("name")
    shown = clean(name)[:300] if isinstance(name, str) else ""
    return Identity(remote_id, f"@{handle}", shown or handle, f"{site}/{handle}")


def is_sought(post: Mapping[str, Any], sought: Sought) -> bool:
    """Whether a post is the one sought: by our short link, which X hides behind one of its own, or by its words."""
    at = when(post.get("created_at"))
    # X tells no fractions of a second
    if not is_id(post.get("id")) or at is None or at < sought.since.replace(microsecond=0):
        return False
    if sought.link and leads_to(post, sought.link):
        return True
    text = str(post.get("text") or "")
    for short, address in _links(post).items():
        text = text.replace(short, address if _bare(address) in sought.text else "")  # a picture's, a quote's
    return same_words(sought.text, text)


def leads_to(post: Mapping[str, Any], link: str) -> bool:
    """Whether our short link stands behind one of X's own in a post."""
    return any(_tail(address) == _tail(link) for address in _links(post).values())


def _links(post: Mapping[str, Any]) -> dict[str, str]:
    """Which address stands behind each of X's own links in a post (data-dictionary: entities.urls)."""
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    return {
        one["url"]: web_address(one.get("expanded_url"))
        for one in (urls if isinstance(urls, list) else ())
        if isinstance(one, dict) and isinstance(one.get("url"), str) and one["url"]
    }


def _tail(address: str) -> str:
    return re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]


def _bare(address: str) -> str:
    """An address as a person may have typed it."""
    return re.sub(r"^https?://(?:www\.)?", "", address, flags=re.IGNORECASE).rstrip("/")


def figures(post: Mapping[str, Any]) -> Figures:
    """What others did with a post (data-dictionary: public_metrics); a quote is a reshare too."""
    metrics = post.get("public_metrics")
    counts = metrics if isinstance(metrics, dict) else {}
    passed_on = [number(counts.get(name)) for name in ("retweet_count", "quote_count")]
    reshares = [one for one in passed_on if one is not None]
    return Figures(
        views=number(counts.get("impression_count")),
        reactions=number(counts.get("like_count")),
        replies=number(counts.get("reply_count")),
        reshares=sum(reshares) if reshares else None,
    )
