"""A post as it will be."""

from __future__ import annotations

import pytest

from advocacy.errors import Missing
from advocacy.sharing import composing, offering
from advocacy.sharing.composing import by_hand, compose, place_of
from tests.makers.content import make_kit, make_picture
from tests.makers.sharing import WORDING, make_connection, make_sharer

LINK = "https://here.example/l/abcdefghi"
ALLOWED = [WORDING, "I work at Nordlys"]


def composed(words: str, network: str = "linkedin", **more: object) -> composing.Composed:
    """A post by hand."""
    known: dict[str, object] = {"wording": WORDING, "allowed": ALLOWED, "link": LINK, "language": "en"}
    return compose(words, by_hand(network), **known | more)  # type: ignore[arg-type]


def test_the_wording_and_the_link_close_the_post() -> None:
    post = composed(" We dig.\r\nDeep. ", "x")
    assert post.text == f"We dig.\nDeep.\n\n{WORDING} {LINK}" and post.disclosure == WORDING
    assert post.problems == [] and post.after == ""
    assert composed("We dig.", "x", link="").text == f"We dig.\n\n{WORDING}"


def test_the_wording_opens_a_post_that_is_folded() -> None:
    post = composed("We dig. " * 60)
    assert post.text.startswith(f"{WORDING}\n\nWe dig.") and post.text.endswith(f"\n\n{LINK}")
    assert WORDING in post.before and post.after


def test_a_wording_that_she_wrote_herself_stays_where_she_put_it() -> None:
    post = composed("I work at Nordlys, and we dig.")
    assert post.text == f"I work at Nordlys, and we dig.\n\n{LINK}" and post.disclosure == "I work at Nordlys"


def test_a_wording_of_hers_behind_the_fold_does_not_count() -> None:
    post = composed("We dig. " * 60 + WORDING)
    assert post.text.startswith(WORDING)


def test_the_disclosure_and_link_count() -> None:
    post = composed("a" * 280, "x")
    assert post.count.left < 0
    assert any("too long" in msgid for msgid, _values in post.problems)


def test_no_words_are_no_post() -> None:
    assert "few words" in composed("  \n ").problems[0][0]


def test_a_place_unknown_is_missing() -> None:
    with pytest.raises(Missing):
        by_hand("myspace")
    assert composing.name_of("myspace") == "myspace" and composing.name_of("xing") == "XING"
    assert composing.by_hand_dialog("myspace", "Hi", LINK) == ""
    assert "linkedin.com" in composing.by_hand_dialog("linkedin", "Hi", LINK)


def test_networks_are_offered_unless_switched_off() -> None:
    offered = [one.slug for one in composing.networks_by_hand({"x"})]
    assert offered[0] == "linkedin" and "x" not in offered and "mastodon" not in offered
    assert [one.slug for one in composing.networks_to_connect(set())] == ["mastodon"]
    assert composing.networks_to_connect({"mastodon"}) == []


@pytest.mark.usefixtures("unit")
def test_an_account_goes_by_its_own_servers_limits() -> None:
    connection = make_connection(make_sharer(), limits={"characters": 60, "images": 1, "unknown": 1})
    place = place_of(connection)
    assert place.limits.characters == 60
    pictures = [make_picture("a" * 64), make_picture("b" * 64)]
    kit = make_kit(pictures=tuple(pictures))
    assert composing.fitting_pictures(kit, [place]) == kit.pictures[:1]
    assert composing.fitting_pictures(kit, []) == kit.pictures
    kit.pictures[0].size = 20_000_000
    post = compose(
        "We dig.", place, wording=WORDING, allowed=ALLOWED, link=LINK, language="en", pictures=kit.pictures
    )
    said = " ".join(msgid for msgid, _values in post.problems)
    assert "Too many pictures" in said and "too large" in said
    connection.limits = {}
    assert place_of(connection).limits.characters == 500


def test_words_of_an_earlier_post_come_without_what_was_added() -> None:
    for words in ("We dig.", "We dig. " * 60):
        post = composed(words)
        assert composing.words_of(post.text, post.disclosure, LINK) == words.strip()
    assert composing.words_of(f"We dig.\n\n{WORDING}", WORDING, "") == "We dig."


def test_what_is_too_much_is_marked_in_the_words() -> None:
    post = composed("a" * 300, "x")
    (mark,) = post.phrases
    assert post.text[: mark.end].endswith("a") and mark.better is None and mark.reason[1] == {"network": "X"}
    kept = post.text[: mark.start] + post.text[mark.end :]
    assert post.place.network.count(kept, post.place.limits).left == 0
    assert composed("a" * 200, "x").phrases == []


def test_hashtags_are_offered_from_captions_and_topics_without_the_wording() -> None:
    captions = ["We #dig for #Fibre, as #WorksAtNordlys", "More #fibre #ad #1 issue#2"]
    offered = offering.hashtags(captions, ["Open source", "dig"], [WORDING])
    assert offered == ["#dig", "#Fibre", "#OpenSource"]


def test_a_mention_in_another_form_is_hinted_at() -> None:
    ((msgid, values),) = composed("With @carl@social.example", "x").hints
    assert "there one writes" in msgid and values["example"] == "@name"
    ((msgid, _values),) = composed("With @carl", "linkedin").hints
    assert "plain text" in msgid
