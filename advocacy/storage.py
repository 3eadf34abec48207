"""Files by their content: kept once under their SHA-256, written whole before any row names them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_folder: Path | None = None


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
    place = path(digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, data)
    return digest


def read(digest: str) -> bytes:
    """The bytes kept under this SHA-256; raises FileNotFoundError."""
    return path(digest).read_bytes()


def _write(place: Path, data: bytes) -> None:
    """Temporary name, flush to the disk, rename: nobody ever sees half a file."""
    handle, temporary = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, place)
