"""One place commits, the web stays at the doors, and the clock is read there too."""

import ast
import re

from tests.house.source import Module, calls, functions, imported, modules, used

DOORS = {"views", "desk"}
FRONT = {"app.py", "asked.py", "doorkeeper.py", "frame.py", "pages.py", "paging.py", "web.py"}
OF_THE_REQUEST = {"flask.request", "flask.g", "flask.session", "flask_login.current_user"}


def at_the_doors(module: Module, *more: str) -> bool:
    """Say whether a module faces people or the clock."""
    room, _, rest = module.name.rpartition("/")
    if room == "cli":  # the command is a door, in several files
        return "cli" in more
    if not room:
        return rest in FRONT | set(more)
    return bool({part.removesuffix(".py") for part in module.name.split("/")[1:]} & (DOORS | set(more)))


def test_only_db_commits() -> None:
    """A commit elsewhere would keep half of what a person did when the other half fails."""
    ours = [
        module
        for module in modules()
        if module.name not in {"db.py", "migrations/env.py"}
        and not module.name.startswith("practice/")  # it has a database of its own
    ]
    bad = [
        f"{module.name}:{line} {name}"
        for module in ours
        for name, line in used(module.tree)
        if re.search(r"\.(commit|autocommit)$|(session|engine|connection)\.begin$", name)
    ]
    bad += [
        f"{module.name}:{node.lineno} {node.value}"
        for module in ours
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and re.match(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b", str(node.value))
    ]
    assert not bad, f"open a unit of work instead: {bad}"


def test_the_practice_network_commits_in_one_place() -> None:
    bad = {
        module.name
        for module in modules()
        for name, _ in calls(module.tree)
        if module.name.startswith("practice/") and name.endswith(".commit")
    }
    assert bad <= {"practice/store.py"}


def test_the_request_stays_at_the_doors() -> None:
    """What is told to a rule or an action is an argument; then a worker and a test can call it too."""
    bad = [
        f"{module.name}:{line} {name}"
        for module in modules()
        for name, line in used(module.tree)
        if name in OF_THE_REQUEST and not at_the_doors(module) and not module.apart
    ]
    assert not bad, f"hand these down as arguments: {bad}"


def test_the_clock_is_read_at_the_doors() -> None:
    """What happened when is handed down as `at=`, so that past and future can be tested."""
    bad = [
        f"{module.name}:{line} {name}"
        for module in modules()
        for name, line in used(module.tree)
        if name == "advocacy.clock.now"
        and not at_the_doors(module, "jobs", "cli", "worker.py")
        and not module.apart
    ]
    assert not bad, f"take `at` as an argument: {bad}"


def test_only_the_clock_asks_the_computer_for_the_time() -> None:
    asked = {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"}
    asked |= {"datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime"}
    bad = [
        f"{module.name}:{line} {name}"
        for module in modules()
        for name, line in used(module.tree)
        if name in asked
        and module.name != "clock.py"
        and not module.apart
        # a proof states the computer's own time, and a server that knows better tells it
        and not (name == "time.time" and module.name.startswith("sharing/networks/bluesky/"))
    ]
    assert not bad, f"use advocacy.clock: {bad}"


def test_a_name_is_known_by_whatever_it_was_imported_as() -> None:
    tree = ast.parse(
        "import flask\nimport datetime as dt\nfrom advocacy import clock as c\nf = db.session.commit"
    )
    tree.body += ast.parse("flask.request.form\ndt.datetime.now\nc.now").body
    found = {name for name, _line in used(tree)}
    assert found >= {"flask.request", "datetime.datetime.now", "advocacy.clock.now", "db.session.commit"}


def offered(module: Module) -> set[str]:
    """Return the functions of a file of actions that other rooms may call: in a folder, those that it exports."""
    if not re.search(r"/actions/", module.name):
        return {function.name for function in functions(module.tree) if not function.name.startswith("_")}
    init = next((each for each in modules() if each.path == module.path.parent / "__init__.py"), module)
    return {name for _, name, _ in imported(init.tree)}


WRITES = {"actions", "arranging", "connecting", "delivering", "holding", "outcomes", "withdrawing"}


def writes(module: Module) -> bool:
    """Say whether it is a file of actions, or one that was split off them."""
    return not module.apart and bool({part.removesuffix(".py") for part in module.name.split("/")} & WRITES)


def test_by_and_at_are_said_by_name() -> None:
    """`share(kit, by=ada, at=now)` reads as a sentence, and no call mixes the two up."""
    bad = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules()
        if writes(module)
        for function in functions(module.tree)
        if function.name in offered(module)
        and {"by", "at"} & {argument.arg for argument in (*function.args.posonlyargs, *function.args.args)}
    ]
    assert not bad, f"make `by` and `at` keyword-only in these: {bad}"


def test_what_is_written_down_says_when() -> None:
    """Whoever reads the trail asks when; an action that records takes it from whoever calls."""
    bad = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules()
        if writes(module)
        for function in functions(module.tree)
        if any(name in {"record", "audit.record"} for name, _ in calls(function))
        and "at" not in {argument.arg for argument in (*function.args.kwonlyargs, *function.args.args)}
    ]
    assert not bad, f"these record without being told when: {bad}"
