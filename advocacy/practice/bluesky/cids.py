"""Content addresses: records as DAG-CBOR, and CIDs of version 1 (atproto.com/specs/data-model)."""

from __future__ import annotations

import hashlib
import re
from base64 import b32decode, b32encode, b64decode
from typing import Any

DAG_CBOR, RAW = 0x71, 0x55
_CID = re.compile(r"b[a-z2-7]{58}")


class NotData(Exception):
    """Something that no record may hold; its text says what, and where."""


def cid(data: bytes, codec: int = DAG_CBOR) -> str:
    """The address of bytes: version 1, a codec, SHA-256, in base 32."""
    raw = bytes([0x01, codec, 0x12, 0x20]) + hashlib.sha256(data).digest()
    return "b" + b32encode(raw).decode().rstrip("=").lower()


def cid_bytes(text: str) -> bytes | None:
    """The bytes of an address written in base 32; None when it is no such address."""
    if not _CID.fullmatch(text):
        return None
    raw = b32decode(text[1:].upper() + "=" * (-(len(text) - 1) % 8))
    return raw if raw[0] == 1 and raw[1] in (DAG_CBOR, RAW) and raw[2:4] == b"\x12\x20" else None


def record_cid(value: object) -> str:
    """The address of a record."""
    return cid(encoded(value))


def plain(value: Any) -> Any:
    """The same with whole numbers as integers: JSON has one kind of number, and 2.0 is 2."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def encoded(value: object, path: str = "$.record") -> bytes:
    """JSON's reading of the data model as DAG-CBOR; raises NotData."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int) and -(2**53) < value < 2**53:
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, list):
        parts = (encoded(one, f"{path}[{place}]") for place, one in enumerate(value))
        return _head(4, len(value)) + b"".join(parts)
    if isinstance(value, dict):
        return _map(value, path)
    kinds = "null, boolean, integer, string, cid, bytes, array or object"
    raise NotData(f"Expected one of {kinds} value type (got {value}) at {path}")


def _text(value: str, path: str) -> bytes:
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise NotData(f"Expected a string of whole characters at {path}") from None
    return _head(3, len(data)) + data


def _map(value: dict[str, Any], path: str) -> bytes:
    """An object; `{"$link": …}` is an address and `{"$bytes": …}` are bytes."""
    if set(value) == {"$link"}:
        raw = cid_bytes(value["$link"]) if isinstance(value["$link"], str) else None
        if raw is None:
            raise NotData(f"Invalid CID string at {path}")
        return b"\xd8\x2a" + _head(2, len(raw) + 1) + b"\x00" + raw
    if set(value) == {"$bytes"}:
        data = b64decode(str(value["$bytes"]) + "==")
        return _head(2, len(data)) + data
    names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
    parts = (_text(name, path) + encoded(value[name], f"{path}.{name}") for name in names)
    return _head(5, len(value)) + b"".join(parts)


def _head(major: int, number: int) -> bytes:
    """A CBOR item's first bytes, as short as they can be."""
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([major << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big")
