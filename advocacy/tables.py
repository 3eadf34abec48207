"""The tables of the settings, with the type of each key; `config/default.toml` says what each is for."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy import practice_modes


@dataclass(frozen=True)
class Organisation:
    name: str


@dataclass(frozen=True)
class Data:
    folder: str


@dataclass(frozen=True)
class Database:
    url: str
    pool_size: int


@dataclass(frozen=True)
class Web:
    host: str
    port: int
    base_url: str
    trusted_proxies: int
    threads: int
    password_checks: int


@dataclass(frozen=True)
class Vault:
    keys: str
    key_file: str
    make_key_file: bool


@dataclass(frozen=True)
class Mail:
    way: str
    host: str
    port: int
    username: str
    password: str
    encryption: str
    sender: str


@dataclass(frozen=True)
class Limits:
    storage: str
    sign_in_per_address: str
    sign_in_per_account: str
    sign_in_per_account_everywhere: str
    report_per_address: str
    connect_per_person: str
    export_per_person: str


@dataclass(frozen=True)
class Outbound:
    allow: list[str]


@dataclass(frozen=True)
class Worker:
    pool: int
    lease_seconds: int
    engine: str
    broker: str
    queue_prefix: str
    queue_room: int


@dataclass(frozen=True)
class Sharing:
    daily_cap: int
    daily_cap_per_network: int
    spread_minutes: int
    quiet_from: str
    quiet_until: str


@dataclass(frozen=True)
class Metrics:
    host: str
    port: int


@dataclass(frozen=True)
class Networks:
    facts: str
    monthly_budget: int


@dataclass(frozen=True)
class Likeness:
    percent: int
    days: int


@dataclass(frozen=True)
class LinkedIn:
    client_id: str
    client_secret: str
    trust_duplicate_refusal: bool
    version: str
    version_ends: str


@dataclass(frozen=True)
class X:
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Bluesky:
    client_key: str


@dataclass(frozen=True)
class Practice:
    enabled: bool
    host: str
    port: int
    linkedin_port: int
    x_port: int
    bluesky_port: int

    @property
    def ports(self) -> dict[str, int]:
        """The port of each network that is played, by slug."""
        own = {"linkedin": self.linkedin_port, "x": self.x_port, "bluesky": self.bluesky_port}
        return practice_modes.ports(self.port, **own)
