"""What the addresses of posts tell, network by network."""

from __future__ import annotations

import pytest

from advocacy.sharing import networks
from advocacy.sharing.networks.addressed import path_at
from advocacy.sharing.networks.interface import Client
from advocacy.sharing.networks.rarer import Recognises

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
LI = "https://www.linkedin.com"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://social.example/@ada/1", "/@ada/1"),
        ("HTTPS://WWW.Social.Example/@ada/1/?utm=1#top", "/@ada/1"),
        ("https://social.example/a%3Ab", "/a:b"),
        ("https://evil.example/@ada/1", None),
        ("https://social.example@evil.example/@ada/1", None),
        ("https://social.example.evil.example/", None),
        ("ftp://social.example/@ada/1", None),
        ("https://[", None),
        ("no address", None),
    ],
)
def test_the_path_of_an_address_at_its_own_server(url: str, path: str | None) -> None:
    assert path_at(url, "https://social.example", "") == path


@pytest.mark.parametrize(
    ("slug", "url", "found"),
    [
        ("mastodon", "https://social.example/@ada/113", "113"),
        ("mastodon", "https://social.example/@Ada/113/", "113"),
        ("mastodon", "https://social.example/users/ada/statuses/113", "113"),
        ("mastodon", "https://social.example/notice/AbC9", "AbC9"),
        ("mastodon", "https://social.example/@ada", None),
        ("mastodon", "https://social.example/@adam/113", None),
        ("mastodon", "https://other.example/@ada/113", None),
        ("x", "https://x.com/ada/status/1789?s=20", "1789"),
        ("x", "https://twitter.com/Ada/status/1789/photo/1", "1789"),
        ("x", "https://x.com/i/web/status/1789", "1789"),
        ("x", "https://x.com/adam/status/1789", None),
        ("x", "https://x.com/ada", None),
        ("linkedin", f"{LI}/feed/update/urn:li:share:7141", "urn:li:share:7141"),
        ("linkedin", f"{LI}/feed/update/urn%3Ali%3AugcPost%3A7141/", "urn:li:ugcPost:7141"),
        ("linkedin", f"{LI}/feed/update/urn:li:activity:7141", ""),
        ("linkedin", f"{LI}/posts/ada-lindqvist_we-dig-activity-7141-aBcD?utm_source=share", ""),
        ("linkedin", f"{LI}/posts/ada-lindqvist_we-dig-ugcPost-7141-aBcD", "urn:li:ugcPost:7141"),
        ("linkedin", f"{LI}/in/ada-lindqvist/", None),
        ("linkedin", f"{LI}/feed/update/urn:li:article:7141", None),
        ("bluesky", "https://bsky.app/profile/ada.example/post/3l7x", f"at://{DID}/app.bsky.feed.post/3l7x"),
        ("bluesky", f"https://bsky.app/profile/{DID}/post/3l7x", f"at://{DID}/app.bsky.feed.post/3l7x"),
        ("bluesky", "https://bsky.app/profile/carl.example/post/3l7x", None),
        ("bluesky", "https://bsky.app/profile/ada.example", None),
    ],
)
def test_whose_post_stands_at_an_address(slug: str, url: str, found: str | None) -> None:
    networks.configure(clients={name: Client("cid", "csecret") for name in ("linkedin", "x")})
    module = networks.network(slug)
    assert isinstance(module, Recognises)
    handle = {"mastodon": "@ada@social.example", "x": "@ada", "bluesky": "@ada.example"}.get(slug, "Ada")
    known = {"bluesky": DID, "linkedin": "urn:li:person:ada"}.get(slug, "1")
    assert module.recognise("https://social.example", known, handle, url) == found


@pytest.mark.parametrize(
    ("slug", "told", "day"),
    [
        ("mastodon", "113560000000000000", "2024-11-28"),
        ("mastodon", "113", None),
        ("mastodon", "AbC9", None),
        ("mastodon", "587000000000000000", None),  # Pixelfed's own way of counting
        ("x", "1861000000000000000", "2024-11-25"),
        ("linkedin", "urn:li:share:7141138937766391808", "2023-12-14"),
        ("linkedin", f"{LI}/posts/ada-lindqvist_we-dig-activity-7141138937766391808-aBcD", "2023-12-14"),
        ("linkedin", f"{LI}/in/ada-lindqvist/", None),
        ("bluesky", f"at://{DID}/app.bsky.feed.post/3lbkxnqbkvk2j", "2024-11-22"),
        ("bluesky", f"at://{DID}/app.bsky.feed.post/3l7x", None),
    ],
)
def test_when_a_post_was_made_as_its_id_tells(slug: str, told: str, day: str | None) -> None:
    networks.configure(clients={name: Client("cid", "csecret") for name in ("linkedin", "x")})
    module = networks.network(slug)
    assert isinstance(module, Recognises)
    made = module.dated(told)
    assert (f"{made:%Y-%m-%d}" if made else None) == day
