"""Mistakes in what is loaded, each with its place, all of them at once."""

from __future__ import annotations

from typing import NamedTuple


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
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        problems.add(
            Place(file, line, column),
            "this is not UTF-8 text; save the file as UTF-8 (in Excel: “CSV UTF-8”)",
        )
        return None
