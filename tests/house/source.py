"""The product's own source, as the house tests read it."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "advocacy"
# A server of its own, which shares no code with the product; migrations are written by Alembic.
APART = {"practice", "migrations"}


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """The path within the package, such as `sharing/rules.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def apart(self) -> bool:
        """Say whether it belongs to a part with rules of its own."""
        return self.name.split("/")[0] in APART


@functools.cache
def modules() -> tuple[Module, ...]:
    """Return every module of the package."""
    return tuple(_read(path) for path in sorted(PACKAGE.rglob("*.py")) if "vendor" not in path.parts)


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, ast.parse(text, str(path)), text.count("\n"))


def rooms() -> list[str]:
    """Return the names of the rooms: folders with Python in them, but for the command and engines, which are doors."""
    folders = {folder.parent.name for folder in PACKAGE.glob("*/__init__.py")}
    return sorted(folders - set(APART) - {"cli", "engines"})


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, also those within classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with its name as written, such as `db.session.add`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Yield every `from module import name` as (module, name, line)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.module or "", alias.name, node.lineno


def used(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every name in use with its whole path, whatever it was imported as: `c.now` is `advocacy.clock.now`."""
    known = _imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            root, dot, rest = ast.unparse(node).partition(".")
            if root.isidentifier():
                yield known.get(root, root) + dot + rest, node.lineno


def _imports(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {
                (one.asname or one.name.split(".")[0]): (one.name if one.asname else one.name.split(".")[0])
                for one in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return known
