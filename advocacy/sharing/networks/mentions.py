"""How people are spoken to on each network, and who is not reached by a mention in another network's form."""

from __future__ import annotations

import re
from enum import StrEnum

_ANY = re.compile(r"(?<![\w/@])@[\w][\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?")


class Form(StrEnum):
    """How a network writes a mention: `@name@server`, `@name.server`, `@name`, or not at all."""

    FEDIVERSE = "fediverse"
    HANDLE = "handle"
    NAME = "name"
    NONE = "none"


EXAMPLES = {Form.FEDIVERSE: "@name@server", Form.HANDLE: "@name.bsky.social", Form.NAME: "@name"}
_FORMS = {
    Form.FEDIVERSE: re.compile(r"@[\w.-]+@[\w-]+(?:\.[\w-]+)+"),
    Form.HANDLE: re.compile(r"@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z][a-zA-Z0-9-]*"),
    Form.NAME: re.compile(r"@[A-Za-z0-9_]{1,15}"),
}


def mentions(text: str) -> list[tuple[int, str]]:
    """The mentions in a text, in whatever form, with their places."""
    return [(one.start(), one[0].rstrip(".-")) for one in _ANY.finditer(text)]


def reaches(mention: str, form: Form) -> bool:
    """Whether a network of this form tells anyone of this mention."""
    return form in _FORMS and _FORMS[form].fullmatch(mention) is not None


def unheard(text: str, form: Form) -> list[str]:
    """The mentions, each once, of which a network of this form tells nobody."""
    return list(dict.fromkeys(one for _place, one in mentions(text) if not reaches(one, form)))
