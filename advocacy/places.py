"""Where the files that are no code lie: inside the package when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_networks: list[Path] = []


def beside(name: str) -> Path:
    """The folder `name` inside the installed package if it exists, else the one beside it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def templates() -> Path:
    """The folder of templates."""
    return beside("templates")


def config() -> Path:
    """The folder of settings that ship with the product."""
    return beside("config")


def networks() -> Path:
    """The file of what is known of each network: the operator's own (`networks.facts`), else the product's."""
    return _networks[0] if _networks else config() / "networks.toml"


def read_networks_from(file: Path | None) -> None:
    """From now on go by this file of networks; None for the product's."""
    _networks[:] = [file] if file else []


def samples() -> Path:
    """The folder of the sample organisation."""
    return beside("samples")


def static() -> Path:
    """The folder of style sheets, scripts and pictures."""
    return PACKAGE / "static"


def migrations() -> Path:
    """The folder of Alembic's migrations."""
    return PACKAGE / "migrations"


def translations() -> Path:
    """The folder of message catalogues."""
    return PACKAGE / "translations"
