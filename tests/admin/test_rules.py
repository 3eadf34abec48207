"""Colours that can be read, the checklist, the trail in words."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from advocacy.admin import rules

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LAST_DAY = date(2027, 7, 15)
READY = rules.Facts(
    is_group=True,
    sends_mail=True,
    mail_arrived_at=AT,
    address_is_safe=True,
    people=300,
    entities=4,
    without_wording=[],
    without_help=[],
    networks_on=8,
    guidelines=3,
    has_course=True,
    backup_at=AT,
)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [("#0E6271", "#0e6271"), (" 0e6271 ", "#0e6271"), ("#fa0", "#ffaa00"), ("", ""), ("red", ""), ("#12345", ""),
     ("#000;}", ""), ("#0e62711", "")],
)  # fmt: skip
def test_tidy_colour(typed, tidy):
    assert rules.tidy_colour(typed) == tidy


@pytest.mark.parametrize(("colour", "contrast"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54)])
def test_contrast_on_white_is_that_of_the_guidelines(colour, contrast):
    assert rules.contrast_on_white(colour) == pytest.approx(contrast, abs=0.01)


def test_readable_keeps_what_can_be_read():
    assert rules.readable("#0e6271") == "#0e6271"
    assert rules.readable("nonsense") == ""


def test_readable_darkens_every_other_colour_just_enough():
    steps = ("00", "33", "66", "99", "cc", "ff")
    for red, green, blue in itertools.product(steps, repeat=3):
        colour = f"#{red}{green}{blue}"
        made = rules.readable(colour)
        assert rules.contrast_on_white(made) >= rules.READABLE
        if made != colour:
            assert rules.contrast_on_white(colour) < rules.READABLE
            assert rules.contrast_on_white(made) < 5.1, (colour, made)


def test_readable_keeps_the_hue():
    made = rules.readable("#ffcc00")
    red, green, blue = (int(made[place : place + 2], 16) for place in (1, 3, 5))
    assert red > green > blue == 0


def test_steps_are_done_when_everything_is():
    checklist = rules.steps(READY)
    assert all(step.done for step in checklist) and len(checklist) == 9
    assert rules.next_step(checklist) is None


@pytest.mark.parametrize(
    ("change", "undone"),
    [
        ({"sends_mail": False}, "mail"),
        ({"mail_arrived_at": None}, "mail"),
        ({"address_is_safe": False}, "address"),
        ({"people": 1}, "people"),
        ({"without_wording": ["Nordlys"]}, "disclosures"),
        ({"without_help": ["Nordlys"]}, "help"),
        ({"networks_on": 0}, "networks"),
        ({"guidelines": 0}, "guidelines"),
        ({"has_course": False}, "course"),
        ({"backup_at": None}, "backup"),
    ],
)
def test_steps_name_what_is_not_done_and_say_why(change, undone):
    checklist = rules.steps(replace(READY, **change))
    assert [step.key for step in checklist if not step.done] == [undone]
    step, ready = rules.next_step(checklist), {step.key: step for step in rules.steps(READY)}
    assert step.key == undone and step.note != ready[undone].note


def test_steps_without_any_entity_are_not_done():
    undone = [step for step in rules.steps(replace(READY, entities=0)) if not step.done]
    assert [step.key for step in undone] == ["disclosures", "help"]
    assert all("No company" in step.note[0] for step in undone)


def test_steps_of_an_administrator_of_some_entities_are_hers():
    keys = {step.key for step in rules.steps(replace(READY, is_group=False))}
    assert keys == {"people", "disclosures", "help", "networks"}


def test_named_shows_the_first_few():
    assert rules.named(["A", "B", "C"]) == "A, B, C"
    assert rules.named(["A", "B", "C", "D", "E"]) == "A, B, C +2"


def test_verb_words_fall_back_to_the_verb():
    assert rules.verb_words("kit.approve") == "approved a kit"
    assert rules.verb_words("thing.turn_round") == "thing turn round"


def test_own_acts_are_told_apart():
    assert rules.is_own_act("share.make") and rules.is_own_act("help.ask")
    assert not rules.is_own_act("help.close") and not rules.is_own_act("kit.approve")


def test_a_demo_says_that_it_answers_here_only():
    checklist = {step.key: step for step in rules.steps(replace(READY, stays_here=True))}
    assert checklist["address"].done
    assert "on this computer only" in checklist["address"].note[0]


@pytest.mark.parametrize(
    ("roles", "joined", "only"),
    [
        ({"admin"}, False, True),
        ({"admin"}, True, False),
        ({"admin", "comms"}, False, False),
        (set(), False, False),
        ({"hr"}, False, False),
    ],
)
def test_whether_someone_only_administers(roles, joined, only):
    assert rules.only_administers(roles, joined=joined) is only


@pytest.mark.parametrize(
    ("days", "words"),
    [(-61, None), (-60, "until 15 July 2027, and no post after that"), (0, "and no post after that"),
     (1, "until 15 July 2027 only, so that posts there fail"), (400, "posts there fail")],
)  # fmt: skip
def test_ending_tells_of_a_version_in_time_and_after(days, words):
    version = rules.Version("LinkedIn", "202607", LAST_DAY, "15 July 2027")
    told = rules.ending([version], today=LAST_DAY + timedelta(days=days))
    assert (
        [msgid % values for msgid, values in told] == []
        if words is None
        else words in told[0][0] % told[0][1]
    )


def test_a_version_that_ends_is_a_step_of_the_groups_administrators():
    reason = ("%(network)s ends", {"network": "LinkedIn"})
    assert not [step for step in rules.steps(READY) if step.key == "versions"]
    facts = replace(READY, versions_ending=[reason])
    (step,) = (step for step in rules.steps(facts) if step.key == "versions")
    assert not step.done and step.note == reason and rules.next_step(rules.steps(facts)) == step
    assert not [one for one in rules.steps(replace(facts, is_group=False)) if one.key == "versions"]


@pytest.mark.parametrize(
    ("known", "standing", "missing", "words"),
    [
        ({"slug": "xing", "can_connect": False, "is_ready": False}, "by_hand", [], "by hand"),
        ({"slug": "mastodon"}, "ready", [], "introduce ourselves"),
        ({"slug": "x", "is_ready": False}, "lacking", ["x.client_id", "x.client_secret"], "confidential"),
        (
            {"slug": "x", "has_id": True, "has_secret": True, "is_ready": False},
            "lacking",
            [],
            "networks.facts",
        ),
        ({"slug": "linkedin", "has_id": True, "has_secret": True}, "ready", [], None),
        ({"slug": "bluesky", "is_published": True, "has_secret": True}, "ready", [], "Nothing more"),
        ({"slug": "bluesky", "has_secret": True}, "ready", [], "Nothing on this computer"),
        ({"slug": "bluesky", "is_ready": False}, "lacking", [], "web.base_url"),
        (
            {"slug": "bluesky", "is_ready": False, "is_published": True, "has_secret": True},
            "lacking",
            [],
            "anew",
        ),
        ({"slug": "new"}, "ready", [], None),
    ],
)
def test_what_a_network_needs(known, standing, missing, words):
    told = rules.need(rules.Known(**{"name": "It", "can_connect": True, "is_ready": True, **known}))
    assert (told.standing, told.missing) == (standing, missing)
    assert words in told.words[0][0] if words else told.words == ()


def test_a_network_that_is_half_set_up_is_not_done():
    half = rules.need(rules.Known("x", "X", True, is_ready=False, has_id=True))
    none = rules.need(rules.Known("x", "X", True, is_ready=False))
    ready = rules.need(rules.Known("mastodon", "Mastodon", True, is_ready=True))

    def step(**needs):
        return next(one for one in rules.steps(replace(READY, needs=needs)) if one.key == "networks")

    assert step(X=half).done is False
    assert step(X=half).note[1] == {"network": "X", "keys": "x.client_secret"}
    assert step(X=none).done and "still need" not in step(X=none).note[0]
    assert step(X=none, Mastodon=ready).note[1]["lacking"] == "X"
    assert step(Mastodon=ready).note[1] == {"networks": 8, "ready": "Mastodon"}
