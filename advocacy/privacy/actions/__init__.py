"""What people do about what is held about them, and what is done to it when its time has come."""

from __future__ import annotations

from advocacy.privacy.actions.clearing import clear, forget_copies
from advocacy.privacy.actions.copies import ask_for_copy, claim_next, note_failed, note_made
from advocacy.privacy.actions.erasing import Held, erase_me
from advocacy.privacy.actions.reports import close_report, report

__all__ = [
    "Held",
    "ask_for_copy",
    "claim_next",
    "clear",
    "close_report",
    "erase_me",
    "forget_copies",
    "note_failed",
    "note_made",
    "report",
]
