"""The shipped facts, previews, refusals beforehand, and share dialogs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from advocacy import places
from advocacy.errors import Missing, Refused
from advocacy.sharing import networks
from advocacy.sharing.networks.facts import read
from advocacy.sharing.networks.interface import Image, Limits

URL = "https://go.example/l/abc?x=1&y=2"
TEXT = "Söme words & more\n#WorksAtNordlys"
PNG = Image(b"x" * 10, "image/png", "A lake")


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    yield
    networks.configure(places.config() / "networks.toml")


def test_shipped_networks() -> None:
    assert [one.slug for one in networks.connected()] == ["mastodon"]
    dialogs = [one.slug for one in networks.dialogs()]
    assert dialogs == ["mastodon", "linkedin", "x", "bluesky", "threads", "facebook", "whatsapp", "xing"]
    assert networks.network("mastodon").name == "Mastodon"
    assert networks.network("mastodon").default_limits().idempotent_seconds == 3000
    assert networks.network("mastodon").default_limits().characters == 500


@pytest.mark.parametrize("slug", ["threads", "", "nowhere"])
def test_no_connector(slug: str) -> None:
    with pytest.raises(Missing):
        networks.network(slug)


def test_an_operator_may_leave_a_network_out(tmp_path: Path) -> None:
    file = tmp_path / "networks.toml"
    file.write_text('[x]\nname = "X"\nicon = "brand-x"\nrule = "weighted"\ncharacters = 280\n')
    networks.configure(file)
    assert networks.connected() == []
    with pytest.raises(Missing):
        networks.network("mastodon")
    for slug in ("x", "mastodon"):
        with pytest.raises(Missing):
            networks.dialog(slug)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('rule = "weighted"', "lacks a key"),
        ('rule = "guessed"', "needs a rule out of"),
        ('rule = "weighted"\nhue = 3', "unknown key: hue"),
        ('rule = "weighted"\nlimits = 3', "unknown key: limits"),
        ('rule = "weighted"\nmention = "loud"', "mention is one of"),
    ],
)
def test_wrong_facts_are_named(tmp_path: Path, table: str, words: str) -> None:
    file = tmp_path / "networks.toml"
    file.write_text(f'[x]\nname = "X"\nicon = "x"\n{table}\n')
    with pytest.raises(ValueError, match=words):
        read(file)


@pytest.mark.parametrize(
    ("slug", "start", "asked"),
    [
        ("linkedin", "https://www.linkedin.com/sharing/share-offsite/", {"url": URL}),
        ("facebook", "https://www.facebook.com/sharer/sharer.php", {"u": URL}),
        ("xing", "https://www.xing.com/spi/shares/new", {"url": URL}),
        ("x", "https://x.com/intent/post", {"text": TEXT, "url": URL}),
        ("whatsapp", "https://wa.me/", {"text": f"{TEXT}\n\n{URL}"}),
        ("bluesky", "https://bsky.app/intent/compose", {"text": f"{TEXT}\n\n{URL}"}),
        ("threads", "https://www.threads.net/intent/post", {"text": f"{TEXT}\n\n{URL}"}),
        ("mastodon", "https://social.example:8443/share", {"text": f"{TEXT}\n\n{URL}"}),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_dialog_carries_words_and_link_once(
    slug: str, start: str, asked: dict[str, str], inside: bool
) -> None:
    text = f"{TEXT}\n\n{URL}" if inside else TEXT
    found = urlsplit(networks.dialog(slug).dialog_url(text, URL, "https://social.example:8443/"))
    assert f"{found.scheme}://{found.netloc}{found.path}" == start
    assert parse_qs(found.query, strict_parsing=True) == {name: [value] for name, value in asked.items()}


def test_dialog_without_a_link() -> None:
    assert networks.dialog("whatsapp").dialog_url("Hi & bye") == "https://wa.me/?text=Hi%20%26%20bye"
    assert networks.dialog("x").dialog_url("Hi") == "https://x.com/intent/post?text=Hi&url="


def test_dialog_needs_its_server() -> None:
    mastodon = networks.dialog("mastodon")
    assert mastodon.needs_server
    with pytest.raises(Refused, match="which server"):
        mastodon.dialog_url("Hi")
    assert mastodon.dialog_url("Hi", server="evil.example/x?y#z").startswith(
        "https://evil.example%2Fx%3Fy%23z/share"
    )


def test_what_a_dialog_takes() -> None:
    taken = {one.slug: (one.prefills_text, one.prefills_url) for one in networks.dialogs()}
    assert taken["linkedin"] == (False, True)
    assert taken["whatsapp"] == taken["x"] == (True, True)


def test_fold() -> None:
    long = "word " * 100
    assert networks.dialog("linkedin").fold(long, "en") == 210
    assert networks.dialog("linkedin").fold("a\nb\nc\nd") == 5
    assert networks.network("mastodon").fold(long, "en") == len(long)


def _words(reasons: list[tuple[str, dict[str, object]]]) -> list[str]:
    return [msgid % values for msgid, values in reasons]


def test_problems_of_a_text() -> None:
    mastodon, bluesky = networks.network("mastodon"), networks.dialog("bluesky")
    limits = mastodon.default_limits()
    assert mastodon.problems("Hello", [], limits) == []
    assert _words(mastodon.problems("  ", [], limits)) == ["There is nothing to post yet."]
    assert mastodon.problems("", [PNG], limits) == []
    assert _words(mastodon.problems("x" * 501, [], limits)) == [
        "This is too long for Mastodon: 501 of 500 characters."
    ]
    assert _words(bluesky.problems("👨‍👩‍👧‍👦" * 130)) == ["This is too long for Bluesky: please shorten it."]
    assert bluesky.problems("👨‍👩‍👧‍👦" * 100) == []


def test_problems_of_pictures() -> None:
    mastodon = networks.network("mastodon")
    limits = Limits(500, images=1, image_bytes=9, alt_characters=5, media_types=("image/jpeg",))
    assert _words(mastodon.problems("Hi", [PNG, Image(b"", "image/jpeg")], limits)) == [
        "Too many pictures for Mastodon: at most 1 in one post.",
        "The picture is too large for Mastodon: at most 0.0 MB.",
        "Mastodon does not take pictures of this kind (image/png).",
        "The picture's description is too long for Mastodon: 6 of 5 characters.",
    ]
    assert mastodon.problems("Hi", [PNG], Limits(500)) == []


@pytest.mark.parametrize(
    ("slug", "address", "may"),
    [
        ("linkedin", "https://www.linkedin.com/posts/ada_1", True),
        ("linkedin", "HTTPS://LinkedIn.com", True),
        ("linkedin", "http://www.linkedin.com/posts/ada_1", False),
        ("linkedin", "https://evil.example/linkedin.com", False),
        ("linkedin", "https://notlinkedin.com/posts/1", False),
        ("linkedin", "https://linkedin.com.evil.example/", False),
        ("linkedin", "https://linkedin.com@evil.example/", False),
        ("linkedin", "https://evil.example\\.linkedin.com/", False),
        ("linkedin", "https://linkedin.com:8443/", False),
        ("x", "https://twitter.com/ada/status/1", True),
        ("threads", "https://www.threads.net/@ada/post/1", True),
        ("mastodon", "https://any.example/@ada/1", True),
        ("mastodon", "http://any.example/@ada/1", False),
    ],
)
def test_where_a_post_may_stand(slug: str, address: str, may: bool) -> None:
    assert read(places.config() / "networks.toml")[slug].may_hold(address) is may


def test_where_a_post_to_practise_may_stand() -> None:
    moved = read(places.config() / "networks.toml")["linkedin"].moved("http://127.0.0.1:9")
    assert moved.may_hold("http://127.0.0.1:9/feed/update/1")
    assert not moved.may_hold("http://127.0.0.1:99/feed/update/1")
