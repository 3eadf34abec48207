"""The ways in which a call to a network can end without having done what was asked."""

from __future__ import annotations

from datetime import datetime

from advocacy.errors import Reason, Refused


class Outcome(Refused):
    """A call to a network that did not do what was asked; `reason` says why, in words with what to do."""

    retry_after: int | None = None
    retry_at: datetime | None = None
    status_code: int | None = None
    """What the network answered by HTTP, if it answered."""
    shared: bool = False
    """Whether our whole application is asked to wait, not this account alone."""
    spent: str = ""
    """The mark of the tokens that were refused, where some were."""
    is_duplicate: bool = False
    """Whether it was refused because the same words stand there already."""
    code: str = ""
    """The network's own name for what is wrong, where it gives one."""


class Temporary(Outcome):
    """Nothing was posted and trying again is safe: after `retry_after` seconds or at `retry_at`, if it said."""

    def __init__(
        self, reason: Reason, *, retry_after: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(reason[0], **reason[1])
        self.retry_after, self.retry_at = retry_after, retry_at


class Expired(Temporary):
    """Nothing was posted: the access ran out, and trying again is safe once it has been renewed."""


class Permanent(Outcome):
    """Nothing was posted and trying again will not help."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason[0], **reason[1])


class NeedsReconnecting(Permanent):
    """Nothing was posted: the network no longer takes our token, so the person has to connect the account again."""


class Lost(Outcome):
    """The request went out and its answer was lost: it may have been posted; never repeat it on a guess."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason[0], **reason[1])
