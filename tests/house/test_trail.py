"""Whatever the code writes into the audit trail, people can read: each verb and each detail has words."""

import ast
from collections.abc import Iterator

from advocacy.admin import rules
from tests.house.source import calls, functions, modules

WRITERS = {"record", "record_look", "note"}


def lines() -> Iterator[tuple[str, ast.Call, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield each verb that is written, with its call and the function around it."""
    for module in modules():
        for function in functions(module.tree) if not module.apart else ():
            for name, call in calls(function):
                if name.split(".")[-1].lstrip("_") not in WRITERS or not call.args:
                    continue
                for node in ast.walk(call.args[0]):
                    if isinstance(node, ast.Constant) and "." in str(node.value):
                        yield str(node.value), call, function


def keys_of(node: ast.expr, function: ast.AST) -> set[str]:
    """Return the keys of the mapping that an expression is, also where a name, a comprehension or a call makes it."""
    if isinstance(node, ast.Dict):
        plain = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        spread = (value for key, value in zip(node.keys, node.values, strict=True) if key is None)
        return {str(key) for key in plain}.union(*(keys_of(value, function) for value in spread))
    if isinstance(node, ast.DictComp):
        over = node.generators[0].iter
        source = (
            over.func.value if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) else over
        )
        return keys_of(source, function)
    if isinstance(node, ast.Name):
        made = [
            each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == node.id
        ]
        return set().union(*(keys_of(value, function) for value in made))
    if isinstance(node, ast.Attribute) and node.attr in {"told", "counts"}:
        return {"told": filters, "counts": counted}[node.attr]()
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "_extent":
        return {"role", "entity"}
    if (isinstance(node, ast.Call) and ast.unparse(node.func) == "dict") or node == ast.Constant(None):
        return set()
    raise AssertionError(f"say in this test which keys these details have: {ast.unparse(node)}")


def filters() -> set[str]:
    """Return what the compliance overview notes of its filters: the first of each pair."""
    (told,) = (
        f
        for m in modules()
        if m.name == "guidelines/record.py"
        for f in functions(m.tree)
        if f.name == "told"
    )
    pairs = (node.elts[0] for node in ast.walk(told) if isinstance(node, ast.Tuple) and len(node.elts) == 2)
    return {str(first.value) for first in pairs if isinstance(first, ast.Constant)}


def counted() -> set[str]:
    """Return the kinds of things that loading an organisation counts."""
    found = (
        call.args[0].value
        for module in modules()
        if module.name.startswith("loading/")
        for name, call in calls(module.tree)
        if name == "tally.note" and isinstance(call.args[0], ast.Constant)
    )
    return {str(kind) for kind in found}


def details() -> Iterator[tuple[str, str]]:
    """Yield each detail that is written as (verb, key)."""
    for verb, call, function in lines():
        if rules.is_own_act(verb):
            continue
        given = [word for word in call.keywords if word.arg not in {"by", "at", "about"}]
        for word in given:
            if word.arg == "details" or word.arg is None:
                for key in keys_of(word.value, function):
                    yield verb, key
            else:
                yield verb, word.arg


def test_every_verb_of_the_desks_has_words() -> None:
    verbs = {verb for verb, _call, _function in lines()}
    silent = {verb for verb in verbs if verb not in rules.VERBS and not rules.is_own_act(verb)}
    assert len(verbs) > 30 and not silent, f"put these into VERBS of admin/rules/trail.py: {silent}"


def test_every_detail_of_the_desks_has_words() -> None:
    known = set(details())
    silent = {(verb, key) for verb, key in known if key not in rules.DETAILS}
    assert len(known) > 25 and not silent, f"put these into DETAILS of admin/rules/trail.py: {silent}"


def test_every_value_that_is_a_word_has_one() -> None:
    words = {key for key, (_phrase, kind) in rules.DETAILS.items() if kind is rules.Kind.WORD}
    flags = {key for key, (_phrase, kind) in rules.DETAILS.items() if kind is rules.Kind.FLAG}
    assert words == set(rules.WORDS)
    assert {(key, yes) for key in flags for yes in (True, False)} == set(rules.FLAGS)
    things = {key for key, (_phrase, kind) in rules.DETAILS.items() if kind is rules.Kind.THING}
    assert things <= set(rules.GONE)
