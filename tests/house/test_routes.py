"""Every route says whom it is for, and every template is somebody's page."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from types import FunctionType

import jinja2
import jinja2.meta
from flask import Flask
from werkzeug.routing import Rule

from advocacy import web
from advocacy.permissions import PERMISSIONS
from tests.house.source import PACKAGE, ROOT, calls, modules

TEMPLATES = ROOT / "templates"
KNOWN = {web.PUBLIC, web.SIGNED_IN}.union(*PERMISSIONS.values())


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_says_whom_it_is_for(built_app: Flask) -> None:
    silent = [
        r.endpoint
        for r in rules(built_app)
        if not hasattr(built_app.view_functions[r.endpoint], "permission")
    ]
    assert not silent, f"decorate these with @needs, @signed_in or @public: {silent}"


def test_every_permission_that_a_route_needs_exists(built_app: Flask) -> None:
    needed = {r.endpoint: built_app.view_functions[r.endpoint].permission for r in rules(built_app)}
    unknown = {endpoint: permission for endpoint, permission in needed.items() if permission not in KNOWN}
    assert not unknown, f"nobody is ever granted these: {unknown}"


def test_every_route_belongs_to_the_room_whose_blueprint_it_is_in(built_app: Flask) -> None:
    """A blueprint that is not registered is a room that nobody can enter."""
    registered = {
        "/".join(blueprint.import_name.split(".")[1:3]) for blueprint in built_app.blueprints.values()
    }
    made = {
        re.sub(r"(/views|/desk)(/.*)?\.py$", r"\1", module.name) for module in modules() if not module.apart
    }
    strangers = {name for name in made if name.endswith(("/views", "/desk"))} - registered
    assert not strangers, f"name these in app.ROOMS: {strangers}"


# What may be sent to: each word is the name of a thing, and a new one is a decision.
NOUNS = {
    "about", "acknowledgement", "answer", "appeals", "appearance", "approval", "arrival", "boards", "budget",
    "cancellation", "closing", "closure", "confirmation", "connections", "deletion", "departure", "dialog",
    "disconnection", "draft",
    "editor", "enrolment", "entities", "erasure", "export", "help", "holds", "hours", "invitation", "join",
    "lessons", "letter", "lifting", "link", "mail", "networks", "new", "password",
    "pause", "place", "preview", "questions", "readers", "recall", "reinstatement", "rejection",
    "reminder", "removal", "report", "retirement", "retry", "return", "review", "roles",
    "schedule", "settings", "setup", "shares", "sign-in", "sign-out", "steps", "suspension",
    "topics", "tries", "versions", "wordings", "words",
}  # fmt: skip

# Pages and answers for everyone, also for who is not signed in; a new one is a decision.
PUBLIC = {
    "accounts.invite_first_administrator",
    "accounts.link",
    "accounts.link_sent",
    "accounts.send_link",
    "accounts.setup",
    "accounts.sign_in",
    "accounts.use_link",
    "connections.client",
    "connections.keys",
    "guidelines.index",
    "guidelines.show",
    "home.index",
    "home.letter",
    "home.stop_letter",
    "links.follow",
    "privacy.accessibility",
    "privacy.erased",
    "privacy.policy",
    "privacy.report",
    "privacy.tell",
    "privacy.thanks",
    "probes.health",
    "probes.readiness",
    "training.check",
}


def last_words(rule: Rule) -> str:
    """Return the last segment of an address that is not filled in."""
    fixed = [part for part in str(rule).split("/") if part and not part.startswith("<")]
    return fixed[-1] if fixed else ""


def test_addresses_are_nouns(built_app: Flask) -> None:
    """The method is the verb: what is sent to is a thing. (A recall is a thing too.)"""
    sent_to = {str(r): last_words(r) for r in rules(built_app) if "POST" in (r.methods or ())}
    bad = {address: word for address, word in sent_to.items() if word not in NOUNS}
    assert not bad, f"name the thing, not the act; a new noun goes on the list: {bad}"
    assert not NOUNS - set(sent_to.values()), "no address ends so any more: take these off the list"


def test_only_what_stands_on_the_list_is_public(built_app: Flask) -> None:
    """Everything else asks who is there."""
    views = {r.endpoint: built_app.view_functions[r.endpoint] for r in rules(built_app)}
    public = {endpoint for endpoint, view in views.items() if view.permission == web.PUBLIC}
    assert not public - PUBLIC, f"these need @signed_in or @needs, or a place on the list: {public - PUBLIC}"
    assert not PUBLIC - public, f"these are public no more: take them off the list: {PUBLIC - public}"


def rendered(tree: ast.AST) -> Iterator[str]:
    """Yield the templates that render_template is given, with * for what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)


def asked_for() -> set[str]:
    """Return the patterns of all templates that the code names."""
    path = re.compile(r"[a-z_]+/([a-z_]+/)?[a-z0-9_*]+\.(html|txt|svg|xml)")
    named = {name for module in modules() for name in rendered(module.tree) if path.fullmatch(name)}
    return {name for name in named if not (PACKAGE / "static" / name).is_file()}


def existing() -> set[str]:
    return {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()}


def matching(pattern: str, names: set[str]) -> set[str]:
    expression = re.compile(re.escape(pattern).replace(r"\*", "[^/]+"))
    return {name for name in names if expression.fullmatch(name)}


def references(name: str) -> set[str]:
    """Return the templates that a template extends, includes or imports."""
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    found = jinja2.meta.find_referenced_templates(
        jinja2.Environment(extensions=["jinja2.ext.i18n"]).parse(source)
    )
    return {reference for reference in found if reference}


def test_every_template_that_is_asked_for_exists() -> None:
    optional = {"mail/*.html"}  # most letters are plain text alone
    missing = {pattern for pattern in asked_for() - optional if not matching(pattern, existing())}
    missing |= {f"{name} -> {other}" for name in existing() for other in references(name) - existing()}
    assert not missing


def test_every_template_is_a_view_of_something() -> None:
    """A template that nothing renders is a page that nobody will notice breaking."""
    used: set[str] = set()
    new = {name for pattern in asked_for() for name in matching(pattern, existing())}
    while new:
        used |= new
        new = {other for name in new for other in references(name)} - used
    unused = sorted(existing() - used)
    assert not unused


def test_every_letter_is_written_by_somebody() -> None:
    said = {text for module in modules() for text in rendered(module.tree)}
    unwritten = {path.name for path in (TEMPLATES / "mail").glob("[!_]*") if path.stem not in said}
    assert not unwritten, f"no code names these kinds of letter: {unwritten}"


def shown_by(view: FunctionType, seen: set[FunctionType]) -> set[str]:
    """Return the templates, other than partials, that a view renders, itself or through functions of its file."""
    if view in seen:
        return set()
    seen.add(view)
    tree = ast.parse(textwrap.dedent(inspect.getsource(view)))
    shown = {name for name in rendered(tree) if re.fullmatch(r"[a-z_]+/[a-z][a-z_]*\.html", name)}
    called = [view.__globals__.get(name) for name, _ in calls(tree)]
    own = [each for each in called if isinstance(each, FunctionType) and each.__module__ == view.__module__]
    return shown.union(*(shown_by(each, seen) for each in own))


def pages(app: Flask) -> Iterator[tuple[str, set[str]]]:
    """Yield each GET endpoint of a room with the templates that its view renders."""
    for rule in rules(app):
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        if "GET" in (rule.methods or ()) and "." in rule.endpoint and isinstance(view, FunctionType):
            yield rule.endpoint, shown_by(view, set())


def test_a_page_is_named_as_its_template(built_app: Flask) -> None:
    """`guidelines.show` is `guidelines/show.html`: who knows the one finds the other.

    A page may also borrow the template of a page beside it, as `studio.new` does that of `studio.edit`.
    """
    named = {endpoint.replace(".", "/") + ".html" for endpoint in built_app.view_functions}
    shown = dict(pages(built_app))
    bad = {endpoint: names - named for endpoint, names in shown.items() if names and not names & named}
    assert not bad, f"name the view and its template alike: {bad}"
