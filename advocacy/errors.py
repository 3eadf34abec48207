"""Refusals that a person can read: a message id with its values, never a finished sentence."""

from __future__ import annotations

from typing import Any

Reason = tuple[str, dict[str, Any]]


def N_(msgid: str) -> str:
    """Mark a message for translation without translating it."""
    return msgid


class Refused(Exception):
    """What was asked is not done, for a reason that the person is told (HTTP 422)."""

    status = 422

    def __init__(self, msgid: str, /, field: str | None = None, **values: Any) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.values = values
        self.field = field

    @property
    def reason(self) -> Reason:
        """The message id and its values, as they are stored in rows."""
        return self.msgid, self.values

    def __str__(self) -> str:
        return self.msgid % self.values if self.values else self.msgid


class Unreadable(Refused):
    """What was sent cannot be taken as it is, whoever sends it (HTTP 400)."""

    status = 400


class Forbidden(Refused):
    """The person may not do this here (HTTP 403)."""

    status = 403


class Missing(Refused):
    """The thing is not there, or the person may not know that it is (HTTP 404)."""

    status = 404

    def __init__(self, msgid: str = N_("This page is not here."), /, **values: Any) -> None:
        super().__init__(msgid, **values)


class Conflict(Refused):
    """Someone else changed the thing in the meantime (HTTP 409)."""

    status = 409


class Several(Refused):
    """More than one thing stands against it; each is a reason of its own."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(reasons[0][0], **reasons[0][1])
        self.reasons = reasons
