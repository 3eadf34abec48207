"""What names a post of the company, and the id by which it is passed on."""

from __future__ import annotations

import pytest

from advocacy.sharing.networks.passing_on import id_of


@pytest.mark.parametrize(
    ("network", "said", "known"),
    [
        ("linkedin", "urn:li:share:7141138937766391808", "urn:li:share:7141138937766391808"),
        ("linkedin", "https://www.linkedin.com/feed/update/urn:li:ugcPost:71/", "urn:li:ugcPost:71"),
        ("linkedin", "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A72", "urn:li:share:72"),
        ("linkedin", "https://www.linkedin.com/posts/nordlys_open-activity-7141-abcd", ""),
        ("x", "https://x.com/nordlys/status/1234567890123456789?s=20", "1234567890123456789"),
        ("x", "https://twitter.com/i/web/status/12345", "12345"),
        ("x", "12345", "12345"),
        ("x", "https://x.com/nordlys", ""),
        ("x", "https://evil.example/x.com/a/status/12345", ""),
        ("mastodon", "https://social.example/@nordlys/12345", ""),
    ],
)
def test_the_id_in_what_names_a_post(network: str, said: str, known: str) -> None:
    assert id_of(network, said) == known
