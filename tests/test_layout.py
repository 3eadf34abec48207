"""Our stylesheet and script in a real browser, on small pages of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
STATIC = ROOT / "advocacy" / "static"
CAPTION = """<form class="editor"><fieldset class="field divided"><legend class="h3">Caption 1</legend>
<div class="grid-2">
<div class="field"><label class="form-label" for="a">Network</label><select class="form-select" id="a"></select></div>
<div class="field"><label class="form-label" for="b">Language</label><select class="form-select" id="b"></select></div>
</div></fieldset></form>"""


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_what_follows_a_legend_has_the_whole_width(browser: Browser, direction: str) -> None:
    styles = "".join((STATIC / name).read_text("utf-8") for name in ("vendor/tabler.min.css", "theme.css"))
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.set_content(f'<html dir="{direction}"><style>{styles}</style><body>{CAPTION}</body></html>')
    whole, part = (page.locator(name).first.bounding_box() for name in ("fieldset", ".grid-2"))
    page.close()
    assert whole and part
    assert part["width"] > 0.9 * whole["width"], "the fields stand beneath their legend, not beside it"


@pytest.mark.parametrize("scripted", [True, False])
def test_a_button_that_copies_is_there_with_the_script_alone(browser: Browser, scripted: bool) -> None:
    page = browser.new_page(java_script_enabled=scripted)
    buttons = re.findall(
        r"<button[^>]*data-copy=[^>]*>", (ROOT / "templates/sharing/_state.html").read_text("utf-8")
    )
    script = f"<script>{(STATIC / 'app.js').read_text('utf-8')}</script>"
    page.set_content(f"<body>{buttons[0]}Copy</button><div id='spoken'></div>{script}</body>")
    assert len(buttons) == 1 and page.get_by_text("Copy").is_visible() is scripted
    page.close()
