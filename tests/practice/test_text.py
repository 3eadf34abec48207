"""How texts of posts become HTML."""

from __future__ import annotations

import pytest

from advocacy.practice import text


@pytest.mark.parametrize(
    ("sent", "html"),
    [
        ("a\nb\n\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("<i>&", "<p>&lt;i&gt;&amp;</p>"),
        ("#1 #Été ok#no", '<p>#1 <span class="hashtag">#Été</span> ok#no</p>'),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
    ],
)
def test_text_becomes_safe_html(sent: str, html: str) -> None:
    assert text.html(sent) == html
