"""What a setting's value may be: found when the program starts, not when the first person needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from importlib.util import find_spec
from typing import Any

DATABASES = ("sqlite:///", "postgresql+psycopg://", "postgresql://")
RANGES = {
    "web.port": (1, 65_535),
    "practice.port": (1, 65_532),
    "practice.linkedin_port": (0, 65_535),
    "practice.x_port": (0, 65_535),
    "practice.bluesky_port": (0, 65_535),
    "mail.port": (1, 65_535),
    "web.threads": (1, 256),
    "web.password_checks": (1, 64),
    "web.trusted_proxies": (0, 9),
    "worker.pool": (1, 256),
    "worker.lease_seconds": (1, 86_400),
    "database.pool_size": (1, 500),
}
STORES = ("memory://", "redis://", "rediss://")
CHOICES = {"mail.way": ("smtp", "file"), "mail.encryption": ("starttls", "tls", "none")}
_RATE = re.compile(r"[1-9]\d*\s*(/|per)\s*([1-9]\d*\s*)?(second|minute|hour|day|month|year)s?")
_PLACE = re.compile(r"[^/\s@]+(/\d{1,3})?")


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """Settings that cannot stand together, in words."""
    problems = []
    mode, host, base = values["mode"], values["web.host"], values["web.base_url"]
    if mode not in {"production", "demo", "testing"}:
        problems.append(f"mode must be production, demo or testing, not {mode!r}.")
    if mode == "demo":
        problems += [
            f"{key} must be 127.0.0.1, localhost or ::1 in the demo, since its passwords are known to everyone;"
            f" it is {values[key]!r}."
            for key in ("web.host", "practice.host")
            if values[key] not in {"127.0.0.1", "localhost", "::1"}
        ]
    if base and not re.match(r"^https?://[^/\s]+/?$", base):
        problems.append(
            f"web.base_url must be https:// or http:// and a host, without a path behind it; it is {base!r}."
        )
    if mode == "production" and host not in {"127.0.0.1", "localhost", "::1"} and not base:
        problems.append("web.base_url is missing: letters and networks need the address that people type.")
    if values["mail.way"] == "smtp" and values["mail.username"] and not values["mail.password"]:
        problems.append("mail.password is missing: mail.username signs in with it. Name its file in")
        problems[-1] += " ADVOCACY_MAIL__PASSWORD_FILE, or leave mail.username empty."
    return problems


def unusable(values: Mapping[str, Any]) -> Iterator[str]:
    """What nothing can work with, although its type is right, in words; takes the settings by dotted key."""
    for key, (least, most) in RANGES.items():
        if not least <= values[key] <= most:
            yield f"{key} must be from {least} to {most}; it is {values[key]}."
    for key, choices in CHOICES.items():
        if values[key] not in choices:
            yield f"{key} must be {' or '.join(choices)}, not {values[key]!r}."
    for key, rate in values.items():
        if key.startswith("limits.") and key != "limits.storage" and not _RATE.fullmatch(rate):
            yield f"{key} must be a number and a time, such as 30/minute or 8/15 minutes; it is {rate!r}."
    for place in values["outbound.allow"]:
        if not _PLACE.fullmatch(place):
            yield f"outbound.allow holds {place!r}, which is no host, host:port, address or network."
    if not values["limits.storage"].startswith(STORES):
        yield f"limits.storage must begin with {' or '.join(STORES)}."
    elif values["limits.storage"] != STORES[0] and find_spec("redis") is None:
        yield "limits.storage names a Redis server: install what that takes with `pip install 'advocacy[scale]'`."
    if values["database.url"] and not values["database.url"].startswith(DATABASES):
        yield f"database.url must begin with {' or '.join(DATABASES)}."
    if not parseaddr(values["mail.sender"])[1].rpartition("@")[0]:
        yield f"mail.sender must be an address, such as Name <me@example.com>; it is {values['mail.sender']!r}."
