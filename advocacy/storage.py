"""Files by their content: kept once under their SHA-256, written whole before any row names them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

_folder: Path | None = None
_aside: ContextVar[dict[str, bytes] | None] = ContextVar("aside", default=None)


def configure(folder: Path) -> None:
    """Keep files under `folder`."""
    global _folder
    _folder = folder


def path(digest: str) -> Path:
    """Where the file with this SHA-256 (hexadecimal) lies."""
    if _folder is None:
        raise RuntimeError("storage.configure was not called")
    return _folder / "sha256" / digest[:2] / digest


def keep(data: bytes) -> str:
    """Keep `data` and return its SHA-256 in hexadecimal; keeping it twice keeps it once."""
    digest = hashlib.sha256(data).hexdigest()
    held = _aside.get()
    if held is not None:
        held[digest] = data
        return digest
    place = path(digest)
    if place.exists():
        os.utime(place)  # it is wanted afresh, so that no sweep takes it before its row is there
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, data)
    return digest


@contextmanager
def aside() -> Iterator[dict[str, bytes]]:
    """Write no file for now: what is kept meanwhile is held in memory, for `keep_all` once it is wanted."""
    held: dict[str, bytes] = {}
    token = _aside.set(held)
    try:
        yield held
    finally:
        _aside.reset(token)


def keep_all(held: Mapping[str, bytes]) -> None:
    """Keep on the disk what was held aside."""
    token = _aside.set(None)
    try:
        for data in held.values():
            keep(data)
    finally:
        _aside.reset(token)


def read(digest: str) -> bytes:
    """The bytes kept under this SHA-256; raises FileNotFoundError."""
    return path(digest).read_bytes()


def kept_before(moment: datetime) -> Iterator[str]:
    """The SHA-256 of every file that was kept before a moment and not again since."""
    for place in path("").glob("??/*"):
        if len(place.name) == 64 and place.stat().st_mtime < moment.timestamp():
            yield place.name


def forget(digest: str) -> None:
    """Delete the file kept under this SHA-256, which no row names any more; once is enough."""
    path(digest).unlink(missing_ok=True)


def _write(place: Path, data: bytes) -> None:
    """Temporary name, flush to the disk, rename: nobody ever sees half a file."""
    handle, temporary = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    Path(temporary).replace(place)
