"""Compile the hashed requirements files from pyproject.toml; run by `make lock`.

Each file starts with a digest of what it was made from, by which a house test notices a stale one. No
address of a registry is recorded, since everybody has another.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements-build.txt", "requirements.txt", "requirements-dev.txt")
HEADER = "# Made by `make lock` from pyproject.toml; do not edit. Made from: {}\n"


def digest(name: str, root: Path = ROOT) -> str:
    """Return the digest of what the named file depends on."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    inputs: list[object] = [project["requires-python"]]
    if name == "requirements-build.txt":
        inputs += [pyproject["build-system"]["requires"]]
    else:
        inputs += [project["dependencies"]]
    if name == "requirements-dev.txt":
        inputs += [project["optional-dependencies"]["dev"], pyproject["build-system"]["requires"]]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:32]


def recorded(name: str, root: Path = ROOT) -> str:
    """Return the digest that the named file carries, or nothing."""
    found = re.match(HEADER.replace("{}", r"(\w+)"), (root / name).read_text(encoding="utf-8"))
    return found[1] if found else ""


def compile_file(name: str, upgrade: bool) -> None:
    """Compile one file, with the versions that it already pins unless they are to be upgraded."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    sources = {
        "requirements-build.txt": ["-"],
        "requirements.txt": ["pyproject.toml"],
        "requirements-dev.txt": ["pyproject.toml", "-", "--extra=dev", "--constraints=requirements.txt"],
    }[name]
    options = [
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-annotate",
        "--no-header",
        "--no-strip-extras",
    ]
    options += ["--python-version=3.11", "--quiet", f"--output-file={name}", *(["--upgrade"] * upgrade)]
    command = [str(Path(sys.executable).parent / "uv"), "pip", "compile", *sources, *options]
    subprocess.run(command, cwd=ROOT, input="\n".join(build), text=True, check=True)
    path = ROOT / name
    path.write_text(HEADER.format(digest(name)) + path.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    for each in FILES:
        compile_file(each, upgrade="--upgrade" in sys.argv)
