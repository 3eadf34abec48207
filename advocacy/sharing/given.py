"""What a network gave us: whose account it is, and tokens in the clear for the short way to their sealed row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Account:
    """Whose account a network says the tokens open, where, and what its server takes (`limits` as plain values)."""

    remote_id: str
    handle: str
    display_name: str
    url: str
    server: str
    limits: dict[str, Any]


@dataclass(frozen=True)
class Sealed:
    """Tokens in the clear, for the short way between the network's answer and the sealed row."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime | None
    scopes: tuple[str, ...]
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def mark(self) -> str:
        """What tells these tokens from others, and nothing of them."""
        return hashlib.sha256(self.access.encode()).hexdigest()

    def as_text(self) -> str:
        """The tokens as the text that is sealed."""
        expires = self.expires_at.isoformat() if self.expires_at else None
        return json.dumps([self.access, self.refresh, expires, list(self.scopes), dict(self.extra)])

    @classmethod
    def from_text(cls, text: str) -> Sealed:
        """The tokens back from the text that was sealed."""
        access, refresh, expires, scopes, *extra = json.loads(text)
        ends = datetime.fromisoformat(expires) if expires else None
        return cls(access, refresh, ends, tuple(scopes), extra[0] if extra else {})
