"""What a setting's value may be: found when the program starts, not when the first person needs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from email.utils import parseaddr
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
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
    "worker.queue_room": (1, 100_000),
    "metrics.port": (0, 65_000),
    "database.pool_size": (1, 500),
    "networks.monthly_budget": (0, 1_000_000),
    "sharing.daily_cap": (0, 1_000),
    "sharing.daily_cap_per_network": (0, 1_000),
    "sharing.spread_minutes": (0, 1_440),
    "likeness.percent": (1, 100),
    "likeness.days": (1, 365),
}
STORES = ("memory://", "redis://", "rediss://")
BROKERS = ("amqp://", "amqps://", "redis://", "rediss://")
CHOICES = {
    "worker.engine": ("pool", "celery"),
    "mail.way": ("smtp", "file"),
    "mail.encryption": ("starttls", "tls", "none"),
}
_RATE = re.compile(r"[1-9]\d*\s*(/|per)\s*([1-9]\d*\s*)?(second|minute|hour|day|month|year)s?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_PLACE = re.compile(r"(?P<host>\[(?P<inner>[^\]]*)\]|[^:]+)(:(?P<port>\d{1,5}))?")
_LABEL = r"\w([\w-]*\w)?"
_NAME = re.compile(
    rf"({_LABEL}\.)*(?!\d+\.?$){_LABEL}\.?"
)  # a last part of digits alone is an address gone wrong


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
    if bool(values["linkedin.version"]) != bool(values["linkedin.version_ends"]):
        problems.append(
            "linkedin.version and linkedin.version_ends belong together: each version has its last day."
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
    if not re.fullmatch(r"(20\d\d(0[1-9]|1[0-2]))?", values["linkedin.version"]):
        yield f"linkedin.version must be a year and a month, such as 202607; it is {values['linkedin.version']!r}."
    if values["linkedin.version_ends"] and not _reads(date.fromisoformat, values["linkedin.version_ends"]):
        yield (
            "linkedin.version_ends must be a day, such as 2027-07-15;"
            f" it is {values['linkedin.version_ends']!r}."
        )
    for key, rate in values.items():
        if key.startswith("limits.") and key != "limits.storage" and not _RATE.fullmatch(rate):
            yield f"{key} must be a number and a time, such as 30/minute or 8/15 minutes; it is {rate!r}."
    for key in ("sharing.quiet_from", "sharing.quiet_until"):
        if values[key] and not _TIME.fullmatch(values[key]):
            yield f"{key} must be a time of day, such as 21:00, or empty; it is {values[key]!r}."
    for place in values["outbound.allow"]:
        if not _is_place(place):
            yield f"outbound.allow holds {place!r}, which is no host, host:port, address or network."
    if not values["limits.storage"].startswith(STORES):
        yield f"limits.storage must begin with {' or '.join(STORES)}."
    elif values["limits.storage"] != STORES[0] and find_spec("redis") is None:
        yield "limits.storage names a Redis server: install what that takes with `pip install 'advocacy[scale]'`."
    yield from _celery(values)
    if values["database.url"] and not values["database.url"].startswith(DATABASES):
        yield f"database.url must begin with {' or '.join(DATABASES)}."
    if not parseaddr(values["mail.sender"])[1].rpartition("@")[0]:
        yield f"mail.sender must be an address, such as Name <me@example.com>; it is {values['mail.sender']!r}."


def _is_place(text: str) -> bool:
    """Whether it is what the outbound guard reads: a network, or a host or address, also with a port."""
    if _reads(partial(ip_network, strict=False), text):
        return True
    found = _PLACE.fullmatch(text)
    if found is None or not 1 <= int(found["port"] or 1) <= 65_535:
        return False
    return bool(_NAME.fullmatch(found["host"])) or _reads(ip_address, found["inner"] or found["host"])


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _celery(values: Mapping[str, Any]) -> Iterator[str]:
    """What keeps the engine at scale from starting."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", values["worker.queue_prefix"]):
        yield "worker.queue_prefix must be small letters, digits, - and _, beginning with a letter."
    if values["worker.engine"] != "celery":
        return
    if not values["worker.broker"].startswith(BROKERS):
        yield f"worker.broker must begin with {', '.join(BROKERS)} where worker.engine is celery."
    if find_spec("celery") is None:
        yield "worker.engine is celery: install what that takes with `pip install 'advocacy[scale]'`."
