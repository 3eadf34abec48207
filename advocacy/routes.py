"""The addresses of pages, each ready to be looked for at once and to be written when a link first asks."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class Route(Rule):
    """A rule that learns how its address is written with the first link to it.

    Werkzeug compiles two functions for each rule as soon as it is known: for all our pages, a tenth of what a process
    needs to start, and most of them are not linked to from the page that is asked for first.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        made: list[Callable[..., tuple[str, str]]] = []

        def write(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not made:  # two threads may both compile it, to the same end
                made.append(compiled(append_unknown))
            return made[0](rule, **values)

        return write
