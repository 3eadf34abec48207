"""Builds advocacy/static/vendor/ from unpacked npm packages; called by vendor.sh."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import unquote

from vendor_css import trimmed

HERE = Path(__file__).parent

# (package, file inside it, our name)
COPIES = [
    ("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
    ("htmx.org", "dist/ext/hx-csp.min.js", "hx-csp.min.js"),
    ("chart.js", "dist/chart.umd.min.js", "chart.umd.min.js"),
    ("@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2", "inter-latin.woff2"),
    ("@fontsource-variable/inter", "files/inter-latin-ext-wght-normal.woff2", "inter-latin-ext.woff2"),
]
LICENCES = {
    "@tabler/core": "MIT",
    "@tabler/icons": "MIT",
    "htmx.org": "0BSD",
    "chart.js": "MIT",
    "@fontsource-variable/inter": "OFL-1.1",
}


def version(source: Path, package: str) -> str:
    """The version that the unpacked package states."""
    return str(json.loads((source / package / "package.json").read_text("utf-8"))["version"])


def icon_names() -> list[str]:
    """The names listed in icons.txt."""
    lines = (HERE / "icons.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def sprite(source: Path) -> str:
    """One SVG with a symbol for each listed icon."""
    nodes = json.loads((source / "@tabler/icons/tabler-nodes-outline.json").read_text("utf-8"))
    unknown = [name for name in icon_names() if name not in nodes]
    if unknown:
        sys.exit(f"no such Tabler icon: {', '.join(unknown)}")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        + "\n".join(symbol(name, nodes[name]) for name in icon_names())
        + "\n</svg>\n"
    )


def written_out(attributes: dict[str, str]) -> str:
    """Attributes as XML writes them."""
    return " ".join(f'{name}="{escape(str(value))}"' for name, value in attributes.items())


def symbol(name: str, shapes: list[tuple[str, dict[str, str]]]) -> str:
    """One icon as a symbol drawn in the colour of its text."""
    inner = "".join(f"<{tag} {written_out(attributes)}/>" for tag, attributes in shapes)
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
    )


def pictures_apart(css: str, folder: Path) -> str:
    """The CSS with every `data:` picture written to a file of its own, since our policy allows none."""
    folder.mkdir()

    def apart(match: re.Match[str]) -> str:
        body = match.group(2)
        head, data = body.split(",", 1)
        svg = base64.b64decode(data) if "base64" in head else unquote(data).encode()
        name = hashlib.sha256(svg).hexdigest()[:10] + ".svg"
        (folder / name).write_bytes(svg)
        return f"url(img/{name})"

    return re.sub(r"""url\((["'])data:image/svg\+xml(.*?)\1\)""", apart, css, flags=re.S)


def digest(path: Path) -> str:
    """The SHA-384 of a file, as Subresource Integrity writes it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def written(source: Path, target: Path) -> Iterator[tuple[str, Path]]:
    """Writes each vendored file and tells which package it came from."""
    for package, inside, name in COPIES:
        data = (source / package / inside).read_bytes()
        if name.endswith(".js"):
            data = re.sub(rb"\n?//# sourceMappingURL=\S*\s*", b"\n", data)
        (target / name).write_bytes(data)
        yield package, target / name
    css = trimmed((source / "@tabler/core/dist/css/tabler.min.css").read_text("utf-8"))
    (target / "tabler.min.css").write_text(pictures_apart(css, target / "img"), "utf-8")
    yield "@tabler/core", target / "tabler.min.css"
    for picture in sorted((target / "img").iterdir()):
        yield "@tabler/core", picture
    (target / "icons.svg").write_text(sprite(source), "utf-8")
    yield "@tabler/icons", target / "icons.svg"


def licences(source: Path) -> str:
    """The licence of every package, whole, as it asks to be kept."""
    texts = []
    for package in LICENCES:
        found = sorted((source / package).glob("LICEN[SC]E*"))
        texts.append(f"=== {package} {version(source, package)}: {LICENCES[package]}\n\n")
        texts += [path.read_text("utf-8").strip() + "\n\n" for path in found]
    return "".join(texts)


def main(source: Path, target: Path) -> None:
    """Replaces the vendor folder and its list."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    rows = [
        {
            "name": package,
            "version": version(source, package),
            "licence": LICENCES[package],
            "file": path.relative_to(target).as_posix(),
            "sha384": digest(path),
        }
        for package, path in written(source, target)
    ]
    (target / "LICENCES.txt").write_text(licences(source), "utf-8")
    (target / "vendor.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    print(f"{len(rows)} files in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
