"""Names say what a thing is for, and nothing grows beyond what one can hold in mind."""

import ast
import re

from tests.house.source import Module, functions, modules

# A drawer with such a label takes anything, so that nobody finds anything in it.
DRAWERS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "service",
    "services",
    "handler",
    "handlers",
}
DRAWERS |= {"base", "common", "misc", "toolbox", "toolkit", "stuff", "lib"}
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
# Libraries call these by name on classes that need not inherit from theirs.
ASKED_FOR = {"get_id": "Flask-Login", "get_redirect_uri": "Authlib", "get_scope": "Authlib"}
OWN_BASES = {"db.Model", "Model", "StrEnum", "Enum", "Exception", "NamedTuple"}


def words(name: str) -> set[str]:
    """Return the words in a name, in snake or camel case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_module_is_a_drawer_for_anything() -> None:
    bad = [
        module.name
        for module in modules()
        for part in module.name.split("/")
        if words(part.removesuffix(".py")) & DRAWERS
    ]
    assert not bad, f"name these after their subject, not after being useful: {bad}"


def test_no_class_is_a_drawer_for_anything() -> None:
    bad = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and words(node.name) & DRAWERS
    ]
    assert not bad, f"name these after what they are: {bad}"


def test_functions_are_verbs_or_nouns_and_never_get_or_do() -> None:
    bad = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules()
        for function in functions(module.tree)
        if function.name.startswith(("get_", "do_"))
        and function.name not in ASKED_FOR
        and function not in called_by_libraries(module.tree)
    ]
    assert not bad, f"say what is returned, or the verb of the trade: {bad}"


def called_by_libraries(tree: ast.Module) -> set[ast.AST]:
    """Return the methods of classes that a library asks us to fill in: it chose their names."""
    return {
        method
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} - OWN_BASES
        for method in node.body
    }


def by_hand(module: Module) -> bool:
    """Say whether people write it: Alembic writes migrations."""
    return not module.name.startswith("migrations/")


def test_files_are_short() -> None:
    bad = [
        f"{module.name} ({module.lines})"
        for module in modules()
        if module.lines > LONGEST_FILE and by_hand(module)
    ]
    assert not bad, f"over {LONGEST_FILE} lines: split these by subject: {bad}"


def test_functions_are_short() -> None:
    bad = [
        f"{module.name}:{function.lineno} {function.name} ({length})"
        for module in modules()
        for function in functions(module.tree)
        if by_hand(module) and (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not bad, f"over {LONGEST_FUNCTION} lines: these do more than one thing: {bad}"


def test_the_median_file_and_function_are_easy_to_hold_in_mind() -> None:
    files = sorted(module.lines for module in modules() if module.lines)
    lengths = sorted(
        (function.end_lineno or 0) - function.lineno + 1
        for module in modules()
        for function in functions(module.tree)
    )
    assert files[len(files) // 2] < 150
    assert lengths[len(lengths) // 2] <= 8
