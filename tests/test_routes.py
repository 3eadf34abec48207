"""The addresses of pages: written when they are first asked for, as Werkzeug writes them."""

from __future__ import annotations

import pytest
from werkzeug.routing import BuildError, Map, Rule

from advocacy.routes import Route

RULES = ("/", "/kits/<slug>", "/kits/<slug>/pictures/<int:number>", "/files/<path:name>")
ASKED: tuple[tuple[str, dict[str, object]], ...] = (
    ("/", {}),
    ("/", {"self": "me", "q": ["a b", "é"]}),
    ("/kits/<slug>", {"slug": "ein Fest & mehr"}),
    ("/kits/<slug>", {"slug": "x", "rule": "y", "values": "z"}),
    ("/kits/<slug>/pictures/<int:number>", {"slug": "x", "number": 7}),
    ("/files/<path:name>", {"name": "a/b c"}),
)


@pytest.mark.parametrize(("rule", "values"), ASKED)
@pytest.mark.parametrize("more", [True, False], ids=["with the rest as a query", "without the rest"])
def test_an_address_is_what_werkzeug_writes(rule: str, values: dict[str, object], more: bool) -> None:
    ours, theirs = (
        Map([kind(each, endpoint=each) for each in RULES]).bind("localhost") for kind in (Route, Rule)
    )
    for _again in range(2):
        assert ours.build(rule, values, append_unknown=more) == theirs.build(
            rule, values, append_unknown=more
        )


def test_a_value_that_does_not_fit_or_is_missing_is_refused() -> None:
    ours = Map([Route(each, endpoint=each) for each in RULES]).bind("localhost")
    for values in ({"slug": "x", "number": "seven"}, {"slug": "x"}):
        with pytest.raises((BuildError, ValueError)):
            ours.build("/kits/<slug>/pictures/<int:number>", values)
