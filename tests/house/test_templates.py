"""The rules that every template and every static file keeps."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "advocacy" / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Letters are read in mail programmes, which know no stylesheet files.
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]
COMMENT = re.compile(r"{#.*?#}", re.S)
TAG = re.compile(
    r"<(?P<name>[a-zA-Z][\w-]*)(?P<rest>(?:{{.*?}}|{%.*?%}|\"[^\"]*\"|'[^']*'|[^>{\"']|{(?![{%]))*)>", re.S
)


def source(path: Path) -> str:
    """A template's text without its comments."""
    return COMMENT.sub("", path.read_text("utf-8"))


def tags(path: Path, name: str = "") -> Iterator[str]:
    """Every opening tag of a template, or those of one name."""
    for match in TAG.finditer(source(path)):
        if not name or match["name"].lower() == name:
            yield match.group(0)


def outside_expressions(tag: str) -> str:
    """A tag without its Jinja parts."""
    return re.sub(r"{{.*?}}|{%.*?%}", "", tag, flags=re.S)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("path", PAGES, ids=named)


@every_page
def test_has_no_inline_style_or_handler(path: Path) -> None:
    for tag in tags(path):
        assert not re.search(r"\s(style|on[a-z]+)\s*=", outside_expressions(tag)), tag


@every_page
def test_every_script_and_style_has_the_nonce(path: Path) -> None:
    for name in ("script", "style"):
        for tag in tags(path, name):
            assert 'nonce="{{ csp_nonce() }}"' in tag, tag


@every_page
def test_htmx_elements_carry_the_nonce(path: Path) -> None:
    for tag in tags(path):
        if re.search(r"\shx-(?!nonce)", tag):
            assert "hx-nonce" in tag, tag


@every_page
def test_uses_none_of_tablers_own_behaviour(path: Path) -> None:
    assert "data-bs-" not in source(path)


@every_page
def test_a_button_that_copies_is_hidden_until_the_script_shows_it(path: Path) -> None:
    for tag in tags(path, "button"):
        if "data-copy" in tag:
            assert re.search(r"\shidden\b", outside_expressions(tag)), tag


@every_page
def test_fetches_nothing_from_elsewhere(path: Path) -> None:
    for tag in tags(path):
        if not re.match(r"<a\s|<svg\s", tag):
            assert not re.search(r'\s(src|href|action|srcset)="(https?:)?//|"(data|javascript):', tag), tag


@every_page
def test_every_picture_has_its_size_and_its_words(path: Path) -> None:
    for tag in tags(path, "img"):
        for attribute in ("width", "height", "alt"):
            assert re.search(rf"\s{attribute}=", tag), f"{attribute} missing: {tag}"


@every_page
def test_every_form_that_posts_has_its_token(path: Path) -> None:
    for match in re.finditer(r"<form\b[^>]*method=\"post\"[^>]*>(.*?)</form>", source(path), re.S | re.I):
        token = r"csrf\(\)|csrf_token|hidden_tag\(\)|look\.hidden\(\)"
        assert re.search(token, match.group(1)), match.group(0)[:120]


@every_page
def test_says_things_calmly_and_through_gettext(path: Path) -> None:
    for said in re.findall(r"_\(\s*\"((?:[^\"\\]|\\.)*)\"|ngettext\(\s*\"((?:[^\"\\]|\\.)*)\"", source(path)):
        assert "!" not in "".join(said)


def sprite() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text("utf-8")))


@every_page
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    text = source(path)
    used = set(re.findall(r"\bicon\(\s*[\"']([\w-]+)[\"']", text))
    used |= {
        name
        for pair in re.findall(r"icon\(\s*[\"']([\w-]+)[\"'] if [^)]*? else [\"']([\w-]+)[\"']", text)
        for name in pair
    }
    assert used <= sprite()


def test_icons_named_elsewhere_are_in_the_sprite() -> None:
    states = (ROOT / "templates/macros/states.html").read_text("utf-8")
    named_there = set(re.findall(r'\("(?:plain|busy|good|warn|bad)", "([\w-]+)"\)', states))
    navigation = set(
        re.findall(
            r'place\(_\("[^"]+"\), "[^"]+", "([\w-]+)"', (ROOT / "advocacy/frame.py").read_text("utf-8")
        )
    )
    assert len(named_there) > 10
    assert navigation
    assert named_there | navigation <= sprite()


def test_the_sprite_holds_what_its_list_names() -> None:
    listed = (ROOT / "tools/icons.txt").read_text("utf-8").splitlines()
    assert {name for name in listed if name and not name.startswith("#")} == sprite()


def test_every_drawing_named_exists() -> None:
    for path in PAGES:
        for name in re.findall(r"\bempty\((?:[^()]|\([^()]*\))*,\s*\"([a-z]+)\"\s*\)", source(path)):
            assert (STATIC / "drawings" / f"{name}.svg").is_file(), f"{named(path)}: {name}"


@every_page
def test_every_static_file_named_exists(path: Path) -> None:
    for name in re.findall(r"static_url\(['\"]([^'\"]+)['\"]\)", source(path)):
        assert (STATIC / name).is_file(), name


def vendored() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
    return rows


def test_vendored_files_are_those_of_the_list() -> None:
    for row in vendored():
        digest = hashlib.sha384((VENDOR / row["file"]).read_bytes()).digest()
        assert row["sha384"] == "sha384-" + base64.b64encode(digest).decode(), row["file"]
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert there - {"vendor.json", "LICENCES.txt"} == {row["file"] for row in vendored()}


def test_the_list_names_no_host() -> None:
    for path in (VENDOR / "vendor.json", ROOT / "tools/vendor.sh"):
        assert "://" not in path.read_text("utf-8")


def test_static_code_has_no_source_map() -> None:
    for path in [*STATIC.rglob("*.js"), *STATIC.rglob("*.css")]:
        assert "sourceMappingURL" not in path.read_text("utf-8"), path.name


def test_styles_fetch_only_files_beside_them() -> None:
    for path in STATIC.rglob("*.css"):
        css = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
        assert "data:" not in css
        assert "@import" not in css
        for address in re.findall(r"url\(([^)]*)\)", css):
            assert (path.parent / address.strip("\"'")).is_file(), f"{path.name}: {address}"


def test_svg_files_hold_no_code() -> None:
    for path in STATIC.rglob("*.svg"):
        assert not re.search(r"<script|\son\w+=|href=\"http|<style|\sstyle=", path.read_text("utf-8")), (
            path.name
        )


def compressed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_pages_stay_light() -> None:
    assert len((STATIC / "app.js").read_bytes()) < 15_000
    assert len((STATIC / "charts.js").read_bytes()) < 5_000
    scripts = compressed(
        "app.js", "charts.js", "vendor/htmx.min.js", "vendor/hx-csp.min.js", "vendor/chart.umd.min.js"
    )
    assert scripts < 150_000
    assert compressed("theme.css", "vendor/tabler.min.css") < 100_000


SINKS = r"\.innerHTML\s*\+?=|\.outerHTML\s*=|insertAdjacentHTML|\beval\(|new Function|document\.write"


def test_own_script_keeps_to_the_policy() -> None:
    for name in ("app.js", "charts.js"):
        code = (STATIC / name).read_text("utf-8")
        assert not re.search(rf"{SINKS}|\.style\.|setAttribute\(\"style", code)
