"""What import-linter cannot see: that its contracts name everything, and what an import really loads."""

import subprocess
import sys
import tomllib

from tests.house.source import PACKAGE, ROOT, rooms

WEB = ("flask", "werkzeug", "wtforms", "requests", "flask_login", "flask_babel")
KNOWING_NO_WEB = ("rules", "models", "queries", "actions", "personal_data")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
LOOK = """
import importlib, sys
for name in {names}:
    importlib.import_module(name)
    if loaded := set({unwanted}) & set(sys.modules):
        sys.exit(f"{{name}} loads {{loaded}}")
"""


def contract(name: str) -> dict[str, list[str]]:
    (found,) = (one for one in CONTRACTS if one["name"] == name)
    return found


def complaint(names: list[str], unwanted: tuple[str, ...]) -> str:
    """Import the modules in a fresh Python and return what went wrong."""
    script = LOOK.format(names=names, unwanted=unwanted)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stderr


def holds(room: str, file: str) -> bool:
    """Say whether a room has such a file, or a folder in its place."""
    return (PACKAGE / room / f"{file}.py").exists() or (PACKAGE / room / file / "__init__.py").exists()


def named(*files: str) -> list[str]:
    return [f"advocacy.{room}.{file}" for file in files for room in rooms() if holds(room, file)]


def test_what_decides_and_what_writes_loads_no_web() -> None:
    assert not complaint(named(*KNOWING_NO_WEB), WEB)


def test_rules_load_nothing_but_python() -> None:
    assert not complaint(named("rules"), (*WEB, "sqlalchemy", "PIL", "cryptography"))


def test_every_room_has_its_floor_plan() -> None:
    """A room that the contract does not name is a room without walls."""
    planned = contract("Within a room, imports go down only")["containers"]
    assert sorted(planned) == [f"advocacy.{room}" for room in rooms()]


def test_the_practice_network_is_kept_from_every_room() -> None:
    forbidden = contract("The practice network knows no room")["forbidden_modules"]
    assert {f"advocacy.{room}" for room in rooms()} <= set(forbidden)


def test_rooms_start_empty() -> None:
    """A package file with code in it is loaded by whoever wants only the rules."""
    bad = [room for room in rooms() if (PACKAGE / room / "__init__.py").read_text(encoding="utf-8").strip()]
    assert (PACKAGE / "__init__.py").read_text(encoding="utf-8") == ""
    assert not bad
