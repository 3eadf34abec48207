"""Texts with front matter: YAML between two lines of ---, every value read as text, then the body."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from advocacy.loading.rules.nodes import Node, Table
from advocacy.loading.rules.problems import Place, Problems, decoded

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Front:
    """A file's front matter and its body (Markdown), with the body's place."""

    table: Table
    body: str
    body_place: Place


def read(data: bytes, file: str, problems: Problems) -> Front | None:
    """The front matter and body of a file; None, and problems, when it cannot be read."""
    text = decoded(data, file, problems)
    if text is None:
        return None
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        problems.add(Place(file), "begin with the front matter, between two lines of ---")
        return None
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == "---"), None)
    if end is None:
        problems.add(Place(file), "the front matter is not closed by a second line of ---")
        return None
    node = parsed("\n".join(lines[1:end]), file, problems, skipped=1)
    if node is None:
        return None
    body = "\n".join(lines[end + 1 :])
    blank = len(body) - len(body.lstrip("\n")) if body.strip() else 0
    first = end + 2 + blank
    return Front(Table(node, problems), body.strip(), Place(file, min(first, len(lines))))


def parsed(text: str, file: str, problems: Problems, *, skipped: int = 0) -> Node | None:
    """The YAML of a text of which so many lines were left out before."""
    try:
        tree = yaml.compose(text, _Loader)
    except yaml.YAMLError as error:
        problems.add(_mark_of(error, text, file, skipped), _say(error))
        return None
    if tree is None:
        return Node(Place(file), {})
    return _node(tree, file, skipped, problems, (), {})


def _mark_of(error: yaml.YAMLError, text: str, file: str, skipped: int) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return Place(file, mark.line + 1 + skipped, mark.column + 1)
    # the C reader counts bytes where the Python one counts characters, so the letter is looked for again
    bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
    before = text[: bad.start()] if bad else ""
    return Place(file, before.count("\n") + 1 + skipped, len(before.rpartition("\n")[2]) + 1)


def _say(error: yaml.YAMLError) -> str:
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return f"the front matter is not YAML: {said}; put texts with a colon or a quotation mark between quotes"


def _node(
    tree: yaml.Node,
    file: str,
    skipped: int,
    problems: Problems,
    above: tuple[yaml.Node, ...],
    seen: dict[int, Node],
) -> Node:
    """The node with its place; what an alias names again is one node, however often it is named."""
    if id(tree) not in seen or tree in above:
        seen[id(tree)] = _made(tree, file, skipped, problems, above, seen)
    return seen[id(tree)]


def _made(
    tree: yaml.Node,
    file: str,
    skipped: int,
    problems: Problems,
    above: tuple[yaml.Node, ...],
    seen: dict[int, Node],
) -> Node:
    place = Place(file, tree.start_mark.line + 1 + skipped, tree.start_mark.column + 1)
    if tree in above or len(above) > 20:  # an alias may name what it stands in
        problems.add(place, "this refers to itself or is nested too deeply")
        return Node(place, "")
    if isinstance(tree, yaml.MappingNode):
        return Node(place, _mapping(tree, file, skipped, problems, (*above, tree), seen))
    if isinstance(tree, yaml.SequenceNode):
        return Node(place, [_node(one, file, skipped, problems, (*above, tree), seen) for one in tree.value])
    # `key: ~` and `key: null` are empty, as `key:` is; any other word is text, NO and yes included
    is_null = tree.tag == "tag:yaml.org,2002:null"
    return Node(place, "" if is_null else str(tree.value))


def _mapping(
    tree: yaml.MappingNode,
    file: str,
    skipped: int,
    problems: Problems,
    above: tuple[yaml.Node, ...],
    seen: dict[int, Node],
) -> dict[str, tuple[Place, Node]]:
    found: dict[str, tuple[Place, Node]] = {}
    for key, value in tree.value:
        place = Place(file, key.start_mark.line + 1 + skipped, key.start_mark.column + 1)
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        if name in found:
            problems.add(place, f"{name}: this key is given twice; it stood on line {found[name][0].line}")
        else:
            found[name] = (place, _node(value, file, skipped, problems, above, seen))
    return found
