"""Lines of the trail as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from advocacy import web
from advocacy.admin import queries, rules
from advocacy.admin.progress import every_network
from advocacy.admin.rules import Kind
from advocacy.audit.models import AuditLine

# Where the page of a thing is.
PAGES: dict[str, Callable[[str], str]] = {
    "person": lambda code: url_for("people.show", code=code),
    "entity": lambda slug: url_for("admin.entity", slug=slug),
    "kit": lambda slug: url_for("kits.show", slug=slug),
    "guideline": lambda slug: url_for("guidelines.show", slug=slug),
    "course": lambda slug: url_for("training.show", slug=slug),
}


@dataclass(frozen=True)
class Told:
    """Says lines of the trail; `names` are the titles of what they speak of, `gone` those that kits had."""

    names: dict[str, str]
    gone: dict[str, str]

    @classmethod
    def about(cls, lines: Sequence[AuditLine]) -> Told:
        """Able to say these lines."""
        names = queries.titles_in(lines, web.locale())
        lost = {line.about for line in lines if line.about.startswith("kit:")} - set(names)
        return cls(names, queries.titles_of_discarded(lost))

    def sentence(self, line: AuditLine, *, linked: bool = False) -> str:
        """Who did what to what, such as "Carl Berg edited a kit: Open day"; `linked` for a page."""
        who = line.by_name or _("The system")
        if line.by_name and line.by_name.startswith("person:"):  # that is what erasing leaves of a name
            who = _("Someone who is no longer known here")
        values = {"who": who, "did": _(rules.verb_words(line.verb)), "thing": self._thing(line, linked)}
        pattern = escape(_("%(who)s %(did)s: %(thing)s") if values["thing"] else _("%(who)s %(did)s"))
        told = pattern % values
        return told if linked else str(told.unescape())

    def details(self, line: AuditLine) -> str:
        """What stands beside it, in words."""
        beside = dict(line.details or {})
        if beside.get("title") == self.gone.get(line.about):  # the sentence says it
            beside.pop("title", None)
        said = [told for name, value in beside.items() if (told := self._detail(str(name), value))]
        return reduce(_joined, said) if said else ""

    def whole(self, line: AuditLine) -> str:
        """The sentence with its details, for a file."""
        beside = self.details(line)
        return f"{self.sentence(line)} ({beside})" if beside else self.sentence(line)

    def _thing(self, line: AuditLine, linked: bool) -> str:
        kind, _colon, key = line.about.partition(":")
        if kind not in rules.GONE or (line.verb == "person.password" and line.by_person):  # that is her own
            return ""
        title = self.names.get(line.about)
        if title is None:
            return self.gone.get(line.about) or str(_(rules.GONE[kind]))
        if not linked:
            return title
        return Markup('<a href="{}" dir="auto">{}</a>').format(PAGES[kind](key), title)

    def _detail(self, name: str, value: Any) -> str:
        if name not in rules.DETAILS:  # of a version of this product that is not this one
            return f"{name.replace('_', ' ')}: {value}" if value not in ("", None) else ""
        phrase, kind = rules.DETAILS[name]
        if kind is Kind.FLAG:
            return str(_(rules.FLAGS[name, bool(value)]))
        if name == "entity" and value == "":
            return str(_("for the whole group"))
        said = "" if value is None else self._said(name, kind, value)
        return str(_(phrase, value=said)) if said else ""

    def _said(self, name: str, kind: Kind, value: Any) -> str:
        if kind is Kind.NUMBER:
            return web.number(value)
        if kind is Kind.THING:
            return self.names.get(f"{name}:{value}") or str(_(rules.GONE[name]))
        if kind is Kind.NETWORK:
            return self._networks.get(value, str(value))
        if kind is Kind.WORD:
            known = rules.WORDS[name]
            return ", ".join(
                _(known.get(one, one)) for one in (value if isinstance(value, list) else [value])
            )
        if kind is Kind.PARTS:
            return ", ".join(map(_part, value))
        if kind is Kind.WORDINGS:
            return ", ".join(wording for _language, wording in value)
        if kind is Kind.COUNTS:
            return _counts(value)
        return str(value)

    @cached_property
    def _networks(self) -> dict[str, str]:
        return {network.slug: network.name for network in every_network()}


def _joined(first: str, further: str) -> str:
    """Two details one after the other; French sets a space before the semicolon."""
    return str(_("%(first)s; %(further)s", first=first, further=further))


def _part(part: str) -> str:
    kind, _dash, tag = part.partition("-")
    language = str(get_locale().languages.get(tag.split("-")[0], tag)) if tag else ""
    return str(_(rules.PARTS[kind], language=language)) if kind in rules.PARTS else part


def _counts(found: dict[str, int]) -> str:
    made, changed = found.get("created", 0), found.get("updated", 0)
    said = (_("%(number)s new", number=web.number(made)) if made else "",
            _("%(number)s changed", number=web.number(changed)) if changed else "")  # fmt: skip
    return ", ".join(filter(None, said))
