"""Asking LinkedIn (Rest.li 2.0.0, versioned): the headers of each call, and what each refusal means."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from advocacy.errors import N_
from advocacy.http import Answer, Outbound, OutboundError
from advocacy.sharing.networks import calls
from advocacy.sharing.networks.interface import NeedsReconnecting, Outcome, Permanent, Temporary, Tokens

PROTOCOL = "2.0.0"
PAUSES = [0.5, 1.5]
"""Seconds to wait before asking once more with a token that is said to be revoked, which it may not be."""
YOUNG = timedelta(minutes=2)
YOUNG_WAIT = 15
POST = re.compile(r"urn:li:(?:share|ugcPost):\d+")
DEAD = {
    65600: "INVALID_ACCESS_TOKEN",
    65601: "REVOKED_ACCESS_TOKEN",
    65602: "EXPIRED_ACCESS_TOKEN",
}  # 65602: [M]
SERVER = {"server": "LinkedIn"}
TROUBLE = N_("%(server)s has trouble at the moment. Please try again later.")
SLOW_DOWN = N_("%(server)s asks us to slow down, so this waits for a while.")
REFUSED = N_("%(server)s refused this: %(words)s")
TWICE = N_(
    "LinkedIn says that you posted exactly this a short while ago, and takes no text twice. Change it a little."
)
VERSION_ENDED = N_(
    "LinkedIn no longer takes the version of its interface that we use (%(version)s). "
    "Please tell the administrators: they have to set a newer one."
)
NOT_TAKEN_YET = N_("LinkedIn does not take your new sign-in yet, so this waits a few seconds.")


class Duplicate(Permanent):
    """The very same post stands there already; `urn` is the one that LinkedIn names, "" if it names none."""

    def __init__(self, urn: str) -> None:
        super().__init__((TWICE, {}))
        self.urn, self.is_duplicate = urn, True


@dataclass(frozen=True)
class Access:
    """LinkedIn as one person's tokens open it."""

    outbound: Outbound
    tokens: Tokens
    version: str = ""

    def rest(self, method: str, url: str, **sent: Any) -> Answer:
        """Ask below /rest, where each call names a version (Marketing, "Versioning"); raises an Outcome."""
        headers = {"LinkedIn-Version": self.version, "X-Restli-Protocol-Version": PROTOCOL}
        return self.ask(method, url, **sent | {"headers": headers | sent.get("headers", {})})

    def ask(self, method: str, url: str, *, posts: bool = False, **sent: Any) -> Answer:
        """Ask, and where nothing is posted by it once or twice more if a token is called revoked; raises an Outcome."""
        sent["headers"] = {"Authorization": f"Bearer {self.tokens.access}", **sent.get("headers", {})}
        for pause in (*([] if posts else PAUSES), None):
            answer = self._once(method, url, posts, sent)
            if 200 <= answer.status < 300:
                return answer
            said = calls.table(answer)
            if pause is None or _dead(answer, said) != 65601:
                break
            time.sleep(pause)
        raise self._refusal(answer, said, url, posts)

    def _once(self, method: str, url: str, posts: bool, sent: Mapping[str, Any]) -> Answer:
        try:
            return self.outbound.request(method, url, **sent)
        except OutboundError as wrong:
            raise calls.unanswered(wrong, url, posts=posts) from wrong

    def _refusal(self, answer: Answer, said: dict[str, Any], url: str, posts: bool) -> Outcome:
        words = calls.clean(str(said.get("message") or ""))[:300]
        outcome = self._meaning(answer, said, words)
        if outcome is None:
            return calls.refusal(answer.status, answer.headers, words, url, posts=posts)
        outcome.status_code = answer.status
        return outcome

    def _meaning(self, answer: Answer, said: dict[str, Any], words: str) -> Outcome | None:
        """What only LinkedIn means so ("Error Handling"); None where it means what every network does."""
        if answer.status == 401:
            return self._unauthorised(answer, said)
        if answer.status == 403:  # a product or a permission is missing; the token is none the worse for it
            return Permanent((REFUSED, {**SERVER, "words": words})) if words else None
        if answer.status == 426:
            return Permanent((VERSION_ENDED, {"version": self.version}))
        if answer.status == 429:
            return _throttled(answer, words)
        if 400 <= answer.status < 500 and _is_duplicate(said):
            named = POST.search(words)
            return Duplicate(named.group() if named else "")
        return None

    def _unauthorised(self, answer: Answer, said: dict[str, Any]) -> Outcome:
        """Only a code that says so means a dead token, and "revoked" does not while the token is young. [C]"""
        dead = _dead(answer, said)
        if dead == 65601 and self._is_young(answer):
            return Temporary((NOT_TAKEN_YET, {}), retry_after=YOUNG_WAIT)
        return NeedsReconnecting((calls.RECONNECT, SERVER)) if dead else Temporary((TROUBLE, SERVER))

    def _is_young(self, answer: Answer) -> bool:
        """Whether the token was given moments ago, both by LinkedIn's clock."""
        since, now = calls.http_date(self.tokens.extra.get("since", "")), told_at(answer.headers)
        return since is not None and now is not None and now - since < YOUNG


def _dead(answer: Answer, said: dict[str, Any]) -> int | None:
    """The number of the reason for which LinkedIn calls a token dead, if it does."""
    codes = [
        code
        for code, name in DEAD.items()
        if code == said.get("serviceErrorCode") or name == said.get("code")
    ]
    return codes[0] if codes and answer.status == 401 else None


def _is_duplicate(said: dict[str, Any]) -> bool:
    details = said.get("errorDetails")
    errors = details.get("inputErrors") if isinstance(details, dict) else None
    listed = errors if isinstance(errors, list) else []
    return any(isinstance(one, dict) and one.get("code") == "DUPLICATE_POST" for one in listed)


def _throttled(answer: Answer, words: str) -> Temporary:
    """A day's allowance comes back at midnight UTC ("Rate Limiting"); LinkedIn sends no headers for it."""
    after, at = calls.wait(answer.headers)
    now = told_at(answer.headers)
    if after is None and at is None and now is not None and re.search(r"\bDAY\b", words):
        at = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    throttled = Temporary((SLOW_DOWN, SERVER), retry_after=after, retry_at=at)
    throttled.shared = re.search(r"\bAPPLICATION (DAY|MINUTE)\b", words) is not None
    return throttled


def told_at(headers: Mapping[str, str]) -> datetime | None:
    """When an answer was given, by the clock of who gave it."""
    return calls.http_date(headers.get("date", ""))
