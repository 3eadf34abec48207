"""TOML with the places of its values, which the parser does not tell: found again by looking for each key."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from advocacy.loading.rules.nodes import Node, Table
from advocacy.loading.rules.problems import Place, Problems, decoded

WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
HEADING = re.compile(r"[ \t]*\[\[?\s*([\w.-]+)\s*\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*")


def read(data: bytes, file: str, problems: Problems) -> Table | None:
    """The file's table; None, and a problem, when it cannot be read."""
    text = decoded(data, file, problems)
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(_where(error, text, file), f"this is not TOML: {WHERE.sub('', str(error))}")
        return None
    return Table(_Places(text, file).top(tree), problems)


def _where(error: tomllib.TOMLDecodeError, text: str, file: str) -> Place:
    found = WHERE.search(str(error))
    if found and found[1]:
        return Place(file, int(found[1]), int(found[2]))
    return Place(file, text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1)


class _Places:
    """Where the keys of a TOML text stand, as exactly as its plain layout lets one tell."""

    def __init__(self, text: str, file: str) -> None:
        self.file, self.text = file, text
        # what stands in quotes or behind # is no key: blanked out, at the same length
        self.bare = QUOTED.sub(lambda found: "~" * len(found[0]), text)
        self.headings = [(found[1], found.start(), found.end()) for found in HEADING.finditer(self.bare)]

    def place(self, offset: int) -> Place:
        before = self.text[:offset]
        return Place(self.file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)

    def top(self, tree: dict[str, Any]) -> Node:
        first = self.headings[0][1] if self.headings else len(self.bare)
        held = {}
        for key, value in tree.items():
            spans = [(start, end, self._next(start)) for name, start, end in self.headings if name == key]
            if isinstance(value, list) and spans and all(isinstance(one, dict) for one in value):
                nodes = [self._table(one, *spans[min(n, len(spans) - 1)]) for n, one in enumerate(value)]
                held[key] = (self.place(spans[0][0]), Node(self.place(spans[0][0]), nodes))
            elif isinstance(value, dict) and spans:
                held[key] = (self.place(spans[0][0]), self._table(value, *spans[0]))
            else:
                held[key] = self._entry(key, value, 0, first)
        return Node(Place(self.file), held)

    def _next(self, start: int) -> int:
        return next((at for _, at, _ in self.headings if at > start), len(self.bare))

    def _table(self, tree: dict[str, Any], start: int, begins: int, ends: int) -> Node:
        return Node(
            self.place(start + len(self.bare[start:begins]) - len(self.bare[start:begins].lstrip())),
            {key: self._entry(key, value, begins, ends) for key, value in tree.items()},
        )

    def _entry(self, key: str, value: Any, begins: int, ends: int) -> tuple[Place, Node]:
        found = re.compile(rf"(?:^|[{{,])\s*({re.escape(key)})\s*=\s*", re.MULTILINE).search(
            self.bare, begins, ends
        )
        if found is None:
            return self.place(begins), self._node(value, begins, ends)
        return self.place(found.start(1)), self._node(value, found.end(), ends)

    def _node(self, value: Any, begins: int, ends: int) -> Node:
        place = self.place(begins)
        if isinstance(value, dict):
            closing = self.bare.find("}", begins, ends)
            return Node(place, {k: self._entry(k, v, begins, closing) for k, v in value.items()})
        if isinstance(value, list):
            return Node(place, self._items(value, begins, ends))
        if isinstance(value, str):
            return Node(place, value)
        if isinstance(value, bool):
            return Node(place, str(value).lower(), "boolean")
        return Node(place, str(value), "number" if isinstance(value, int) else "other")

    def _items(self, values: list[Any], begins: int, ends: int) -> list[Node]:
        nodes, at = [], begins + 1
        for value in values:
            mark = r"\{" if isinstance(value, dict) else r"[^\s,\[]"
            found = re.compile(mark).search(self.bare, at, ends)
            start = found.start() if found else at
            nodes.append(self._node(value, start, ends))
            after = self.bare.find("}" if isinstance(value, dict) else ",", start, ends)
            at = after + 1 if after >= 0 else ends
        return nodes
