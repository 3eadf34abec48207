"""Values with their places, as YAML and TOML give them, and tables of which each key is asked for by its type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from advocacy.loading.rules.problems import Place, Problems
from advocacy.loading.rules.values import Wrong

Value = TypeVar("Value")


@dataclass(frozen=True)
class Node:
    """A text, a list or a table with its place; `kind` is what TOML calls a value that is no text."""

    place: Place
    value: str | list[Node] | dict[str, tuple[Place, Node]]
    kind: str = "text"


@dataclass
class Watch:
    """Whether nothing was found wrong while it watched."""

    is_good: bool = True


class Table:
    """A table of which each key is taken once; what is left at the end is unknown."""

    def __init__(self, node: Node, problems: Problems) -> None:
        self.at, self.problems, self.slug = node.place, problems, ""
        self._left: dict[str, tuple[Place, Node]] = {}
        self._places: dict[str, Place] = {}
        self._empty: set[str] = set()
        if isinstance(node.value, dict):
            self._left = dict(node.value)
            self._places = {key: held.place for key, (_, held) in node.value.items()}
            self._empty = {key for key, (_, held) in node.value.items() if held.value == ""}
        else:
            problems.add(node.place, "a table of keys and values belongs here")

    @contextmanager
    def watched(self) -> Iterator[Watch]:
        """Tell whether something was found wrong meanwhile."""
        watch, before = Watch(), len(self.problems)
        yield watch
        watch.is_good = len(self.problems) == before

    def place(self, key: str) -> Place:
        """Where the key's value stands; the table's own place when it has no such key."""
        return self._places.get(key, self.at)

    def has(self, key: str) -> bool:
        """Whether the key stands there."""
        return key in self._places

    def says(self, key: str) -> bool:
        """Whether the key stands there with something behind it."""
        return self.has(key) and key not in self._empty

    def complain(self, key: str, reason: str) -> None:
        """Note what is wrong with a key."""
        self.problems.add(self.place(key), f"{key}: {reason}")

    def need(self, key: str, convert: Callable[[str], Value]) -> Value | None:
        """The value of a required key; None, and a problem, when it is missing or wrong."""
        if key not in self._left:
            self.problems.add(self.at, f"{key}: this key is missing")
            return None
        return self._converted(key, self._left.pop(key)[1], convert)

    def take(self, key: str, convert: Callable[[str], Value], default: Value) -> Value:
        """The value of a key that may be missing or empty."""
        node = self._left.pop(key, (self.at, None))[1]
        if node is None or node.value == "":
            return default
        found = self._converted(key, node, convert)
        return default if found is None else found

    def several(self, key: str, convert: Callable[[str], Value]) -> list[tuple[Place, Value]]:
        """The values of a list with their places; one value alone is a list of one."""
        node = self._left.pop(key, (self.at, None))[1]
        if node is None or node.value == "":
            return []
        nodes = node.value if isinstance(node.value, list) else [node]
        found = [(one.place, self._converted(key, one, convert)) for one in nodes]
        return [(place, value) for place, value in found if value is not None]

    def tables(self, key: str) -> list[Table]:
        """The tables of a list."""
        node = self._left.pop(key, (self.at, None))[1]
        if node is None or node.value == "":
            return []
        if not isinstance(node.value, list):
            self.complain(key, "a list of tables belongs here")
            return []
        return [Table(one, self.problems) for one in node.value]

    def table(self, key: str) -> Table | None:
        """The table under a key."""
        node = self._left.pop(key, (self.at, None))[1]
        return None if node is None or node.value == "" else Table(node, self.problems)

    def left(self) -> list[str]:
        """The keys that were not taken yet."""
        return list(self._left)

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key, (place, _) in self._left.items():
            self.problems.add(place, f"{key}: this key is not known here")

    def _converted(self, key: str, node: Node, convert: Callable[[str], Value]) -> Value | None:
        if not isinstance(node.value, str):
            self.problems.add(node.place, f"{key}: one value belongs here, not a list or a table")
            return None
        if node.kind not in {"text", getattr(convert, "__name__", "")}:
            self.problems.add(node.place, f"{key}: a text belongs here; put it between quotation marks")
            return None
        try:
            return convert(node.value.strip())
        except Wrong as wrong:
            self.problems.add(node.place, f"{key}: {wrong}")
            return None
