"""Trims Tabler's stylesheet to the parts that our pages may use."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A selector that names one of these classes (or begins so) is dropped: parts we never use, most of them
# styles for other libraries, colours by brand name, or widgets that need Tabler's own JavaScript.
UNUSED = (
    "apexcharts|ts-|tom-select|plyr|jvm|litepicker|dropzone|dz-|noUi|fc-|fslightbox|hugerte|tox|coloris|clr-|"
    "gu-|typed|turbo|choices|io-|signature|star-rating|gl-star|vector-map|"
    "carousel|popover|bs-popover|tooltip|bs-tooltip|offcanvas|toast|modal|backdrop|"
    "navbar-vertical|navbar-floating|navbar-overlap|navbar-transparent|navbar-side|navbar-dark|"
    "form-imagecheck|form-colorinput|form-floating|form-selectgroup|otp|calendar|datepicker|"
    "bg-pattern|bg-gradient|card-gradient|card-rotate|card-stamp|ribbon|signal|switch-icon|sparkline|chart-|"
    "btn-(?:ghost-)?(?:outline-)?(?:facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|"
    "pinterest|vk|rss|flickr|bitbucket|tabler|x)\\b|"
    "(?:bg|text|border|link|text-bg|status|btn|btn-outline|btn-ghost|list-group-item|legend|alert|badge|"
    "form-control|table|focus-ring|link-underline|steps|nav-link|ribbon|avatar|bg-gradient-from|bg-gradient-to)"
    "-(?:facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|"
    "bitbucket|tabler|indigo|purple|pink|lime|cyan|azure|orange|brand|x)(?:-|\\b)|"
    "hljs|highlight|demo|sortable|browser|table-mobile|table-responsive-(?:sm|md|lg|xl|xxl)|"
    "animated-dots|hr-text|placeholder-|ratio-|layout-(?:boxed|fluid)|settings"
)
DROPPED = re.compile(
    rf"\.(?:{UNUSED})|\[data-vc|\[data-bs-toggle|-xxl(?![a-z])|::?-webkit-scrollbar|gu-|jvm-"
)
# Ways of asking for the dark theme that we do not use; we write html[data-theme=dark|light|auto].
OTHER_DARK = re.compile(r"\.theme-dark|data-bs-theme|body\[data-theme|data-bs-navbar-theme")


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Yields (prelude, body) of each top-level rule; the body is None for a statement."""
    at = 0
    while (match := re.compile(r"[{;]").search(css, at)) is not None:
        prelude = css[at : match.start()].strip()
        if css[match.start()] == ";":
            yield prelude, None
            at = match.end()
            continue
        end = closing(css, match.start())
        yield prelude, css[match.end() : end]
        at = end + 1


def closing(css: str, opening: int) -> int:
    """The index of the brace that closes the one at `opening`, quotes respected."""
    depth = 0
    for token in re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{}]""", re.S).finditer(css, opening):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.start()
    raise ValueError("unbalanced braces")


def selectors(prelude: str) -> list[str]:
    """A selector list, split at its top-level commas."""
    parts, depth = [""], 0
    for letter in prelude:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def kept(prelude: str) -> str:
    """The selectors of a rule that our pages may use, or an empty text."""
    return ",".join(
        one for one in selectors(prelude) if not DROPPED.search(one) and not OTHER_DARK.search(one)
    )


def trimmed(css: str) -> str:
    """The stylesheet without unused parts, source map and banner."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    parts = [
        "/*! Tabler 1.6.1, MIT licence, Copyright 2018-2026 The Tabler Authors; trimmed by tools/vendor_css.py */"
    ]
    parts += [part for prelude, body in blocks(css) if (part := rule(prelude, body))]
    return "\n".join(parts) + "\n"


def rule(prelude: str, body: str | None) -> str:
    """One rule as it stays, or an empty text."""
    if body is None:
        return prelude + ";" if not prelude.startswith("@charset") else '@charset "utf-8";'
    if prelude.startswith(("@media", "@supports", "@layer", "@container")):
        inner = "".join(rule(*block) for block in blocks(body))
        return f"{prelude}{{{inner}}}" if inner else ""
    if prelude.startswith("@"):
        return f"{prelude}{{{body}}}"
    return f"{left}{{{body}}}" if (left := kept(prelude)) else ""
