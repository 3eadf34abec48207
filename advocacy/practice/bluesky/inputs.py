"""What calls send: JSON bodies and parameters, checked as their lexicons say (atproto.com/specs/xrpc)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.cids import cid_bytes
from advocacy.practice.bluesky.rules import invalid

Check = Callable[[Any, str], None]


def _shown(value: Any) -> str:
    return json.dumps(value)[:80]


def text(value: Any, name: str) -> None:
    """Any text."""
    if not isinstance(value, str):
        raise invalid(f"Expected string value type (got {_shown(value)}) at $.{name}")


def _of(fits: Callable[[str], object], word: str) -> Check:
    def check(value: Any, name: str) -> None:
        text(value, name)
        if not fits(value):
            raise invalid(f"Invalid {word} (got {_shown(value)}) at $.{name}")

    return check


def who(value: str) -> bool:
    """Whether a text can be a handle or a DID (specs/lexicon, at-identifier)."""
    return bool(rules.DID.fullmatch(value) or rules.HANDLE.fullmatch(value))


def _record(value: Any, name: str) -> None:
    if not isinstance(value, dict):
        raise invalid(f"Expected object value type (got {_shown(value)}) at $.{name}")


def _truth(value: Any, name: str) -> None:
    if not isinstance(value, bool):
        raise invalid(f"Expected boolean value type (got {_shown(value)}) at $.{name}")


def _cid_or_null(value: Any, name: str) -> None:
    if value is not None:
        cid(value, name)


repo = _of(who, "AT identifier")
cid = _of(cid_bytes, "CID string")
handle = _of(rules.HANDLE.fullmatch, "handle")
collection = _of(rules.NSID.fullmatch, "NSID")
record_key = _of(rules.RECORD_KEY.fullmatch, "record key")
PLACE: Mapping[str, Check] = {"repo": repo, "collection": collection}
KEYED: Mapping[str, Check] = {**PLACE, "rkey": record_key}
RECORD: Mapping[str, Check] = {"record": _record}
SWAPS: Mapping[str, Check] = {"swapRecord": _cid_or_null, "swapCommit": cid}
VALIDATE: Mapping[str, Check] = {"validate": _truth}


def body(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> dict[str, Any]:
    """The JSON object that was sent; a name that the lexicon does not know is refused, as it may be a slip."""
    allowed = {**required, **(optional or {})}
    if not request.mimetype:
        raise invalid("Request encoding (Content-Type) required but not provided")
    if request.mimetype != "application/json":
        raise invalid(f"Wrong request encoding (Content-Type): {request.mimetype}")
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise invalid(f"Expected object value type (got {_shown(sent)}) at $")
    for name in required:
        if name not in sent:
            raise invalid(f'Missing required key "{name}" at $')
    for name, value in sent.items():
        if name not in allowed:
            raise invalid(f'Unknown key "{name}" at $')
        allowed[name](value, name)
    return sent


def no_body() -> None:
    """Refuse a body where none is expected."""
    if request.content_length:
        raise invalid("A request body was provided when none was expected")


def param(name: str, check: Check = text) -> str:
    """A parameter that must be there, once."""
    found = request.args.getlist(name)
    if len(found) != 1:
        raise invalid(f'Error: Params must have the property "{name}"')
    check(found[0], name)
    return found[0]


def number(name: str, default: int, most: int) -> int:
    """A whole number from 1 to `most`."""
    told = request.args.get(name, str(default))
    if not told.isdecimal() or not 1 <= int(told) <= most:
        raise invalid(f"Error: {name} must be an integer from 1 to {most}")
    return int(told)


def many(name: str, most: int) -> list[str]:
    """A parameter that may come several times, at least once and at most `most` times."""
    found = request.args.getlist(name)
    if not found:
        raise invalid(f'Error: Params must have the property "{name}"')
    if len(found) > most:
        raise invalid(f"Error: {name} must not have more than {most} elements")
    return found
