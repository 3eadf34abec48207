"""Settings: the defaults, then a file, then the environment; each known, typed, and able to say where it came from."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from advocacy import bounds, places, vault
from advocacy.tables import (
    Bluesky,
    Data,
    Database,
    Likeness,
    Limits,
    LinkedIn,
    Mail,
    Metrics,
    Networks,
    Organisation,
    Outbound,
    Practice,
    Sharing,
    Vault,
    Web,
    Worker,
    X,
)

SECRETS = {
    "vault.keys",
    "mail.password",
    "database.url",
    "limits.storage",
    "worker.broker",
    "linkedin.client_secret",
    "x.client_secret",
    "bluesky.client_key",
}
_RESERVED = re.compile(
    r"^ADVOCACY_(TEST_|BENCHMARK_|SERVICE_|PORT(_|$)|SETTINGS$|PRACTICE_(DB|URL|ACCOUNTS|CLIENTS|MODE)$|SUPERVISOR_)"
)


NO_KEY = """vault.keys is missing. Make one with `advocacy key new`, keep it in a file that only this program can read,
and name the file in ADVOCACY_VAULT__KEYS_FILE."""


class SettingsError(Exception):
    """Settings that cannot be used, with every problem in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """All settings; `sources` says for each dotted key where its value came from, `files` in which file it lies."""

    mode: str
    organisation: Organisation
    data: Data
    database: Database
    web: Web
    vault: Vault
    mail: Mail
    limits: Limits
    outbound: Outbound
    worker: Worker
    metrics: Metrics
    sharing: Sharing
    networks: Networks
    likeness: Likeness
    linkedin: LinkedIn
    x: X
    bluesky: Bluesky
    practice: Practice
    sources: dict[str, str] = field(default_factory=dict, compare=False)
    files: dict[str, Path] = field(default_factory=dict, compare=False)

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data.folder).resolve()

    @property
    def database_url(self) -> str:
        """The database in use; SQLite in the data folder unless one is named."""
        return self.database.url or f"sqlite:///{self.folder / 'advocacy.sqlite'}"

    @property
    def base_url(self) -> str:
        """The address that people type, without a slash at its end."""
        return (self.web.base_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")

    @property
    def practice_urls(self) -> dict[str, str]:
        """The address of each mode of the practice network, by the slug of the network that it plays."""
        return {slug: f"http://{self.practice.host}:{port}" for slug, port in self.practice.ports.items()}

    @property
    def key_file(self) -> Path:
        """The file that holds the vault's keys."""
        return Path(self.vault.key_file).resolve() if self.vault.key_file else self.folder / "keys"

    @property
    def watched_keys(self) -> Path | None:
        """The file in which running processes look for new keys; None where the environment itself holds them."""
        return self.files.get("vault.keys") if self.vault.keys else self.key_file

    def keys(self) -> list[str]:
        """The vault's keys; makes the key file where that is allowed. Raises SettingsError."""
        if self.key_file.exists() and not self.vault.keys and vault.is_open(self.key_file):
            raise SettingsError([f"{self.key_file} may be read by others: run `chmod 600 {self.key_file}`."])
        if self.vault.keys:
            keys = vault.listed(self.vault.keys)
        elif self.key_file.exists() or self.vault.make_key_file:
            keys = vault.read_or_make(self.key_file)
        else:
            keys = []
        problems = key_problems(keys)
        if problems:
            raise SettingsError(problems)
        return keys


TABLES = {f.name: f for f in fields(Settings) if f.name not in {"mode", "sources", "files"}}
_TABLE_TYPES = {name: hint for name, hint in get_type_hints(Settings).items() if name in TABLES}


@cache
def known() -> dict[str, type]:
    """Every dotted key with its type."""
    keys: dict[str, type] = {"mode": str}
    for table, kind in _TABLE_TYPES.items():
        for name, hint in get_type_hints(kind).items():
            keys[f"{table}.{name}"] = list if hint == list[str] else hint
    return keys


def load(environment: Mapping[str, str] | None = None, **changes: Any) -> Settings:
    """Read all settings; `changes` ("web.port"=…) come last, for commands and tests. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    problems: list[str] = []
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for place in _files(environment, problems):
        for key, value in _read(place, problems).items():
            _take(key, value, str(place), values, sources, problems)
    files: dict[str, Path] = {}
    for key, value, source in _from_environment(environment, problems, files):
        _take(key, value, source, values, sources, problems)
    for key, value in changes.items():
        _take(key, value, "command", values, sources, problems)
    problems += _missing(values)
    if not problems:
        problems += [*bounds.contradictions(values), *bounds.unusable(values)]
    if problems:
        raise SettingsError(problems)
    tables = {table: kind(**_of(values, table)) for table, kind in _TABLE_TYPES.items()}
    return Settings(mode=values["mode"], sources=sources, files=files, **tables)


def key_problems(keys: list[str]) -> list[str]:
    """What stands against these keys, in words."""
    if not keys:
        return [NO_KEY]
    if any(vault.is_weak(key) for key in keys):
        return ["vault.keys holds a key that is weak or damaged. Make a new one with `advocacy key new`."]
    return []


def _files(environment: Mapping[str, str], problems: list[str]) -> list[Path]:
    files = [places.config() / "default.toml"]
    named = environment.get("ADVOCACY_SETTINGS")
    if named and not Path(named).is_file():
        problems.append(f"ADVOCACY_SETTINGS names {named}, which is no file.")
    elif named:
        files.append(Path(named))
    return files


def _read(place: Path, problems: list[str]) -> dict[str, Any]:
    """The file's settings by dotted key."""
    try:
        tables = tomllib.loads(place.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{place} cannot be read: {error}")
        return {}
    flat: dict[str, Any] = {}
    for name, value in tables.items():
        if value == {} and name not in TABLES:
            problems.append(f"[{name}] is no table of settings ({place}).")
            continue
        flat.update(
            {f"{name}.{key}": inner for key, inner in value.items()}
            if isinstance(value, dict)
            else {name: value}
        )
    return flat


def _from_environment(
    environment: Mapping[str, str], problems: list[str], files: dict[str, Path]
) -> list[tuple[str, Any, str]]:
    found = []
    for name in sorted(environment):
        if not name.startswith("ADVOCACY_") or _RESERVED.match(name):
            continue
        key = name.removeprefix("ADVOCACY_").lower().replace("__", ".")
        value = environment[name]
        if key.endswith("_file") and key.removesuffix("_file") in SECRETS:
            key = key.removesuffix("_file")
            if not Path(value).is_file():
                problems.append(f"{name} names {value}, which is no file.")
                continue
            files[key] = Path(value)
            value = files[key].read_text(encoding="utf-8").strip()
        found.append((key, _parse(key, value), name))
    return found


def _parse(key: str, text: str) -> Any:
    """A value from the environment, in the type of its key; left as text where it does not fit."""
    kind = known().get(key)
    if kind is bool and text.lower() in {"true", "yes", "1", "on", "false", "no", "0", "off"}:
        return text.lower() in {"true", "yes", "1", "on"}
    if kind is int and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _take(
    key: str, value: Any, source: str, values: dict[str, Any], sources: dict[str, str], problems: list[str]
) -> None:
    kind = known().get(key)
    if kind is None:
        problems.append(f"{key} is not a setting ({source}).")
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        said = "what is there (a secret)" if key in SECRETS else repr(value)
        problems.append(f"{key} must be {_KINDS[kind]}, not {said} ({source}).")
    elif isinstance(value, list) and not all(isinstance(item, str) for item in value):
        problems.append(f"{key} must be a list of texts ({source}).")
    else:
        values[key], sources[key] = value, source


_KINDS: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}


def _missing(values: dict[str, Any]) -> list[str]:
    return [f"{key} is missing." for key in known() if key not in values]


def _of(values: dict[str, Any], table: str) -> dict[str, Any]:
    return {key.split(".", 1)[1]: value for key, value in values.items() if key.startswith(table + ".")}
