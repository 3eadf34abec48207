"""Mistakes in what is loaded, each with its place, all of them at once."""

from __future__ import annotations

from typing import NamedTuple

SAVE_AS = "save the file as UTF-8 (in Excel: “CSV UTF-8”)"


class Place(NamedTuple):
    """Where something stands; line and column count from 1, and in a CSV file the column is the cell's number."""

    file: str
    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """A mistake and its place."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}:{self.place.column}: {self.reason}"


class Problems(list[Problem]):
    """The mistakes found so far."""

    def add(self, place: Place, reason: str) -> None:
        """Note a mistake."""
        self.append(Problem(place, reason))


def decoded(data: bytes, file: str, problems: Problems) -> str | None:
    """The text of a UTF-8 file, with or without byte-order mark; None, and a problem, when it is not one."""
    if other := _other_than_utf_8(data):
        problems.add(Place(file), f"this is {other}; {SAVE_AS}")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        problems.add(
            Place(file, line, column),
            f"this is not UTF-8 text; {SAVE_AS}",
        )
        return None


def _other_than_utf_8(data: bytes) -> str:
    """What a file is that as a whole is something else; empty where it may be UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16 text"
    if data.startswith(b"PK\x03\x04"):
        return "a workbook or an archive, not text"
    begins = data[:1000]
    if b"\0" not in begins:
        return ""
    halves = begins[::2], begins[1::2]  # of UTF-16, in most languages of ours, one half is nearly all zero
    return "UTF-16 text" if any(half.count(0) > 0.6 * len(half) for half in halves) else "not text"
