"""The composer's pages."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from html import escape
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, Variant
from advocacy.content.shape import Caption
from advocacy.sharing import arranging, networks, withdrawing
from advocacy.sharing.models import Connection, ConnectionState, Delivery, DeliveryState, Draft, Share
from tests.makers.accounts import make_person
from tests.makers.content import make_kit, make_picture
from tests.makers.guidelines import make_guideline
from tests.makers.sharing import make_connection, make_delivery, make_sharer
from tests.makers.training import make_course
from tests.sharing.roads import fields

COMPOSE = "/kits/open-day/shares/new"
SHARE = "/kits/open-day/shares"


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, with one account and a story with a picture."""
    with db.unit_of_work():
        ada = make_sharer()
        make_connection(ada, at=clock.now())
        make_kit(
            "open-day",
            title="Open day",
            publish_at=clock.now() - timedelta(days=1),
            pictures=(make_picture(),),
        )
    client.sign_in(ada)
    return ada


def change(model: Any, **values: Any) -> None:
    """Change every row of a kind."""
    with db.unit_of_work():
        db.session.execute(sa.update(model).values(**values))


def deliveries() -> list[Delivery]:
    with db.unit_of_work(write=False):
        return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def drafts() -> dict[str, str]:
    with db.unit_of_work(write=False):
        return {row.network: row.text for row in db.session.scalars(sa.select(Draft))}


def typed(client: Any, **more: Any) -> dict[str, Any]:
    """The composer's form as it stands, with these changes."""
    page = client.get(COMPOSE)
    assert page.status_code == 200
    sent = fields(page.text) | {"words": ["We open the doors."], "when": ["now"]}
    return sent | {name: value if isinstance(value, list) else [value] for name, value in more.items()}


def test_compose_begins_with_a_suggestion_everything_ticked(client: Any, ada: Person) -> None:
    page = client.get(COMPOSE).text
    sent = fields(page)
    assert sent["words"] == ["Open day in one line."] and sent["disclosure"] == ["#WorksAtNordlys"]
    assert len(sent["accounts"]) == len(sent["pictures"]) == 1 and sent["language"] == ["en"]
    assert "#WorksAtNordlys</a>" in page and "/l/your-link" in page and "Share now" in page
    assert "Europe/Dublin" in page and "Share by hand instead" in page


def test_compose_takes_a_suggestion_by_its_link(client: Any, ada: Person) -> None:
    with db.unit_of_work(write=False):
        french = next(
            one for one in db.session.scalars(sa.select(Kit)).one().captions if one.language == "fr"
        )
    sent = fields(client.get(f"{COMPOSE}?caption={french.code}").text)
    assert sent["words"] == [french.text] and sent["language"] == ["fr"] and sent["caption"] == [french.code]
    assert sent["disclosure"] == ["#ChezNordlys"]


def test_compose_restores_the_draft(client: Any, ada: Person) -> None:
    assert client.post("/kits/open-day/draft", data={"words": "Half a thought"}).status_code == 303
    assert fields(client.get(COMPOSE).text)["words"] == ["Half a thought"]
    kept = client.post(
        "/kits/open-day/draft", data={"words": "A whole one"}, headers={"X-Requested-With": "fetch"}
    )
    assert kept.json == {"kept": "Draft kept"} and drafts() == {"any": "A whole one"}


def test_the_address_of_the_form_asked_for_as_a_page_is_the_composer(client: Any, ada: Person) -> None:
    answer = client.get("/kits/" + COMPOSE.split("/")[2] + "/shares")
    assert answer.status_code == 303 and answer.headers["Location"] == COMPOSE


def test_compose_is_for_those_whom_the_story_is_for(client: Any, ada: Person) -> None:
    assert client.get("/kits/unknown/shares/new").status_code == 404
    change(Kit, expires_at=clock.now())
    page = client.get(COMPOSE)
    assert page.status_code == 404 and "has expired" in page.text


def test_share_now(client: Any, ada: Person) -> None:
    answer = client.post(SHARE, data=typed(client))
    (delivery,) = deliveries()
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/shares/")
    assert delivery.text.startswith("We open the doors.\n\n#WorksAtNordlys http://127.0.0.1:8000/l/")
    assert delivery.asset_ids and delivery.variant_id and delivery.link_id and delivery.local_time is None
    assert "On its way" in client.get(answer.headers["Location"]).text


def test_share_later(client: Any, ada: Person) -> None:
    answer = client.post(SHARE, data=typed(client, when="later"))
    assert answer.status_code == 303
    (delivery,) = deliveries()
    assert delivery.local_time is not None and delivery.local_time.endswith("T09:00")
    page = client.get(answer.headers["Location"]).text
    assert "It goes out on" in page and "Europe/Dublin" in page and "data-done" in page


@pytest.mark.parametrize("local_time", ["", "soon", "2020-01-01T10:00"])
def test_share_at_a_time_that_cannot_be_keeps_what_was_typed(
    client: Any, ada: Person, local_time: str
) -> None:
    answer = client.post(
        SHARE, data=typed(client, when="later", local_time=local_time, words="Mine <b>alone</b>")
    )
    assert answer.status_code == 422 and "Mine &lt;b&gt;alone" in answer.text
    assert 'id="local_time-error"' in answer.text and deliveries() == []
    assert drafts()["any"] == "Mine <b>alone</b>"


def test_share_too_long_keeps_what_was_typed(client: Any, ada: Person) -> None:
    answer = client.post(SHARE, data=typed(client, words="long " * 120))
    assert answer.status_code == 422 and "too long for Mastodon" in answer.text and "long long" in answer.text
    assert deliveries() == [] and 'aria-invalid="true"' in answer.text
    assert client.post(SHARE, data=typed(client, words="x" * 20_001)).status_code == 422


def test_share_nothing_or_nowhere(client: Any, ada: Person) -> None:
    assert "few words of your own" in client.post(SHARE, data=typed(client, words="  ")).text
    answer = client.post(SHARE, data=typed(client, accounts=[]))
    assert answer.status_code == 422 and "at least one account" in answer.text


def test_share_before_the_gate_opens_names_what_is_missing(app: Any, client: Any) -> None:
    with db.unit_of_work():
        olga = make_person(created_at=clock.now())
        make_kit("open-day", publish_at=clock.now() - timedelta(days=1))
        make_guideline("conduct", "Conduct", at=clock.now())
        make_course("first-steps", "First steps", at=clock.now())
    client.sign_in(olga)
    page = client.get(COMPOSE).text
    assert (
        "Before you can share" in page and f'href="/join?next={COMPOSE}"' in page and "Keep my words" in page
    )
    assert all(
        f'href="{place}?next={COMPOSE}"' in page for place in ("/guidelines/conduct", "/training/first-steps")
    )
    kept = client.post("/kits/open-day/draft", data={"words": "Eager", "next": f"/join?next={COMPOSE}"})
    assert kept.location == f"/join?next={COMPOSE}", "her words are kept on her way to what is missing"
    assert client.post(kept.location, data={"answer": "join"}).location == COMPOSE
    answer = client.post(SHARE, data={"words": "Eager", "by_hand": "linkedin", "form_key": "k"})
    assert answer.status_code == 403 and "Conduct" in answer.text and deliveries() == []
    assert drafts() == {"any": "Eager"}


def test_share_by_hand_without_an_account(client: Any, ada: Person) -> None:
    change(Connection, state=ConnectionState.DISCONNECTED)
    page = client.get(COMPOSE).text
    assert "Copy and share" in page and "Share now" not in page and "LinkedIn" in page
    answer = client.post(SHARE, data=typed(client, by_hand="whatsapp", when="later"))
    (delivery,) = deliveries()
    assert (
        delivery.state is DeliveryState.OPENED and delivery.network == "whatsapp" and not delivery.local_time
    )
    page = client.get(answer.headers["Location"]).text
    assert (
        "https://wa.me/?text=We%20open" in page and "Save the picture" in page and "I have posted it" in page
    )
    words = f"text-{delivery.code}"
    assert (
        f'<noscript><a class="btn btn-outline-primary" href="#{words}">' in page and f'id="{words}"' in page
    )


def test_share_by_hand_where_there_is_no_dialog(client: Any, ada: Person) -> None:
    assert client.post(SHARE, data=typed(client, by_hand="myspace")).status_code == 404


def test_share_with_everything_against_it_says_everything(client: Any, ada: Person) -> None:
    sent = typed(client)
    change(Kit, expires_at=clock.now())
    answer = client.post(SHARE, data=sent)
    assert answer.status_code == 422 and "has expired" in answer.text and "We open the doors." in answer.text


def test_share_where_an_account_needs_reconnecting(client: Any, ada: Person) -> None:
    change(Connection, state=ConnectionState.NEEDS_RECONNECTING)
    page = client.get(COMPOSE).text
    assert "Reconnect it" in page and "/connections/?back_to=" in page


def test_share_where_the_network_is_off(client: Any, ada: Person) -> None:
    sent = typed(client)
    with db.unit_of_work():
        entity = db.session.get_one(Person, ada.id).entity
        assert entity is not None
        arranging.switch_network(entity, "mastodon", False, by=None, at=clock.now())
        arranging.switch_network(entity, "linkedin", False, by=None, at=clock.now())
    page = client.get(COMPOSE).text
    assert "Switched off in your company" in page and "LinkedIn" not in page and "Connect" not in page
    assert client.post(SHARE, data=sent | {"by_hand": ["linkedin"]}).status_code == 422


def test_share_paused_says_that_it_waits(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        withdrawing.pause(by=db.session.get_one(Person, ada.id), at=clock.now())
    assert "You are paused" in client.get(COMPOSE).text


def test_share_in_another_language_says_so_in_it(client: Any, ada: Person) -> None:
    client.post(SHARE, data=typed(client, language="fr", disclosure="#WorksAtNordlys"))
    client.post(SHARE, data=typed(client, language="xx", form_key="other"))
    first, second = deliveries()
    assert (first.language, first.disclosure) == ("fr", "#ChezNordlys") and "#ChezNordlys" in first.text
    assert second.language == "en"


@pytest.mark.parametrize("wording", ["#ad", "I love <Nordlys>"])
def test_share_with_a_wording_of_no_list_is_refused_in_words(client: Any, ada: Person, wording: str) -> None:
    sent = typed(client, disclosure=wording, words="Mine alone")
    answer = client.post(SHARE, data=sent)
    said = f"“{escape(wording)}” is not among the wordings agreed for your company"
    assert answer.status_code == 422 and deliveries() == []
    assert said in answer.text.partition('id="disclosure-error"')[2], "beside the wordings"
    assert "Mine alone" in answer.text and drafts()["any"] == "Mine alone"
    assert fields(answer.text)["disclosure"] == ["#WorksAtNordlys"], "one of the list is offered instead"
    assert said in client.post(f"{SHARE}/preview", data=sent).text, "while composing too"


def test_a_double_click_is_one_share(app: Any, client: Any, new_client: Any, ada: Person) -> None:
    sent = typed(client)
    cookie = client.get_cookie("advocacy_session")
    places, at_once = [], threading.Barrier(2)

    def click() -> None:
        own = new_client()
        own.set_cookie("advocacy_session", cookie.value)
        at_once.wait()
        places.append(own.post(SHARE, data=sent).headers.get("Location"))

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(deliveries()) == 1 and len(set(places)) == 1 and places[0]
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(Share.id))) == 1


def test_preview_shows_the_true_post_and_writes_nothing(client: Any, ada: Person) -> None:
    sent = typed(client, words="We #dig with @carl@social.example <b>" + "long " * 95)
    page = client.post(f"{SHARE}/preview", data=sent).text
    assert "<a>#dig</a>" in page and "<a>@carl@social.example</a>" in page and "&lt;b&gt;" in page
    assert 'data-state="over"' in page and "too long" in page and "<html" not in page
    assert deliveries() == [] and drafts() == {}
    assert "Choose where to share" in client.post(f"{SHARE}/preview", data=sent | {"accounts": []}).text


def test_other_words_for_one_network(client: Any, ada: Person) -> None:
    sent = typed(client) | {"words-mastodon": ["Only there."], "words-myspace": ["Nowhere."]}
    client.post("/kits/open-day/draft", data=sent)
    assert drafts() == {"any": "We open the doors.", "mastodon": "Only there."}
    client.post(SHARE, data=typed(client) | {"words-mastodon": ["Only there."]})
    assert deliveries()[0].text.startswith("Only there.") and drafts() == {}


def test_words_of_an_earlier_post_once_more(client: Any, ada: Person) -> None:
    client.post(SHARE, data=typed(client))
    (delivery,) = deliveries()
    sent = fields(client.get(f"{COMPOSE}?again={delivery.code}").text)
    assert sent["words"] == ["We open the doors."] and sent["disclosure"] == ["#WorksAtNordlys"]
    change(Delivery, variant_id=None, link_id=None)
    assert client.get(f"{COMPOSE}?again={delivery.code}").status_code == 200
    assert client.get(f"{COMPOSE}?again=unknown").status_code == 404


def test_a_kit_without_words_or_link_can_be_shared(app: Any, client: Any) -> None:
    with db.unit_of_work():
        ada = make_sharer(language="de")
        make_connection(ada, at=clock.now())
        make_kit("open-day", publish_at=clock.now() - timedelta(days=1), link_url="", captions=())
    client.sign_in(ada)
    sent = typed(client, form_key="")
    assert sent["language"] == ["en"]
    assert client.post(SHARE, data=sent).status_code == 303
    assert deliveries()[0].link_id is None and deliveries()[0].variant_id is None


def test_captions_differ_between_colleagues(app: Any, client: Any, new_client: Any) -> None:
    with db.unit_of_work():
        captions = tuple(Caption("any", "en", f"Line {n} of this story.") for n in range(3))
        make_kit("open-day", publish_at=clock.now() - timedelta(days=1), captions=captions)
        people = [make_sharer() for _ in range(3)]
    begun = set()
    for person in people:
        begun.add(fields(new_client().sign_in(person).get(COMPOSE).text)["words"][0])
    assert len(begun) == 3


def test_compose_where_every_network_is_off(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        entity = db.session.get_one(Person, ada.id).entity
        assert entity is not None
        for network in networks.dialogs():
            arranging.switch_network(entity, network.slug, False, by=None, at=clock.now())
    page = client.get(COMPOSE)
    assert page.status_code == 200 and "Choose where to share" in page.text
    answer = client.post(SHARE, data={"words": "We open the doors.", "form_key": "k"})
    assert answer.status_code == 422 and "at least one account" in answer.text


def test_the_composer_says_where_a_wording_is_lent_from_english(client: Any, ada: Person) -> None:
    assert "no wording in" not in client.get(COMPOSE).text
    with db.unit_of_work():
        db.session.get_one(Person, ada.id).language = "da"
    page = client.get(COMPOSE).text
    assert page.count("Your company has no wording in Danish yet, so the English one is used.") == 1
    with db.unit_of_work():
        ada = db.session.get_one(Person, ada.id)
        assert ada.entity is not None
        arranging.keep_disclosures(ada.entity, [("da", "#JegErHosNordlys")], by=None, at=clock.now())
    assert "no wording in" not in client.get(COMPOSE).text


def test_a_form_without_a_key_gets_one(client: Any, ada: Person) -> None:
    for _ in range(2):
        assert client.post(SHARE, data=typed(client, form_key="")).status_code == 303
    assert len(deliveries()) == 2


def test_words_that_others_used_lately_are_said_to_be_so(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        colleague, kit = make_sharer("Berit Zander"), db.session.scalars(sa.select(Kit)).one()
        delivery = make_delivery(
            colleague, kit=kit, text="We open the doors of the workshop.", at=clock.now()
        )
        delivery.state, delivery.sent_at = DeliveryState.SENT, clock.now()
        assert delivery.connection is not None
        name, handle = colleague.name, delivery.connection.account
    sent = typed(client, words="We open the doors of the workshop")
    page = client.post(f"{SHARE}/preview", data=sent).text
    assert "100% the same as what colleagues posted on Mastodon lately; we say so from 80% on" in page
    assert name not in page.replace(ada.name, "") and handle not in page
    assert client.post(SHARE, data=sent).status_code == 303, "said, not forbidden"


def test_a_suggestion_as_it_stands_is_told_kindly_that_others_used_it(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        colleague, kit = make_sharer("Berit Zander"), db.session.scalars(sa.select(Kit)).one()
        suggestion = kit.captions[0]
        delivery = make_delivery(colleague, kit=kit, text=suggestion.text, at=clock.now())
        delivery.state, delivery.sent_at, delivery.variant_id = DeliveryState.SENT, clock.now(), suggestion.id
        words = suggestion.text
    page = client.post(f"{SHARE}/preview", data=typed(client, words=words)).text
    assert "This is the suggestion as it stands. One post on Mastodon began with it." in page
    assert "It is 100% the same as a recent post there; we say so from 80% on." in page
    assert "what colleagues posted" not in page


@pytest.fixture
def two(client: Any, ada: Person) -> Person:
    """Ada with a second account, on LinkedIn, and a story that suggests something for LinkedIn."""
    with db.unit_of_work():
        make_connection(db.session.get_one(Person, ada.id), at=clock.now()).network = "linkedin"
        kit = db.session.scalars(sa.select(Kit)).one()
        for caption in (
            Caption("linkedin", "en", "At length, for LinkedIn."),
            Caption("any", "en", "Another #Door."),
        ):
            kit.variants.append(
                Variant(network=caption.network, language="en", text=caption.text, position=len(kit.variants))
            )
    return ada


def test_each_network_has_words_of_its_own_that_begin_as_its_suggestion(client: Any, two: Person) -> None:
    page = client.get(COMPOSE).text
    sent = fields(page)
    assert sent["words-mastodon"] == [""] and sent["words-linkedin"] == ["At length, for LinkedIn."]
    assert page.count('class="words-panel"') == 3 and "Your words on LinkedIn" in page
    sent |= {"words": ["We open the doors."], "words-mastodon": ["We open the doors. "], "when": ["now"]}
    assert client.post(SHARE, data=sent).status_code == 303
    posts = {one.network: one for one in deliveries()}
    assert posts["linkedin"].text.startswith("At length") and posts["mastodon"].text.startswith("We open")
    with db.unit_of_work(write=False):
        used = {one.network: db.session.get_one(Delivery, one.id).variant for one in posts.values()}
    assert used["linkedin"] is not None and used["linkedin"].text == "At length, for LinkedIn."
    assert used["mastodon"] is not None and used["mastodon"].network == "any"


def test_words_of_one_network_are_kept_and_given_up_again(client: Any, two: Person) -> None:
    sent = typed(client) | {"words-linkedin": ["Longer."], "words-mastodon": ["We open the doors."]}
    client.post("/kits/open-day/draft", data=sent)
    assert drafts() == {"any": "We open the doors.", "linkedin": "Longer."}
    assert fields(client.get(COMPOSE).text)["words-linkedin"] == ["Longer."]
    client.post("/kits/open-day/draft", data=sent | {"words-linkedin": [""]})
    assert drafts() == {"any": "We open the doors."}
    assert fields(client.get(COMPOSE).text)["words-linkedin"] == [""]


def test_what_is_wrong_on_one_network_stands_beside_its_words(client: Any, two: Person) -> None:
    sent = typed(client) | {"words-linkedin": ["long " * 700]}
    answer = client.post(SHARE, data=sent)
    assert answer.status_code == 422 and 'id="words-linkedin-error"' in answer.text
    assert 'id="words-error"' not in answer.text and "LinkedIn: This" not in answer.text
    assert "This is too long for LinkedIn" in answer.text
    assert "<mark>" in answer.text and deliveries() == []


def test_a_phrase_that_cannot_stay_is_marked_with_better_words_one_tap_away(client: Any, two: Person) -> None:
    sent = typed(client, words="Come and see #ad today.")
    page = client.post(f"{SHARE}/preview", data=sent).text
    assert "<mark>#ad</mark>" in page and "Say “#WorksAtNordlys”" in page
    answer = client.post(SHARE, data=sent)
    assert answer.status_code == 422 and "makes it look paid for" in answer.text and deliveries() == []
    client.post("/kits/open-day/draft", data=sent | {"mend": ["any|#ad"]})
    assert drafts()["any"] == "Come and see #WorksAtNordlys today."
    client.post("/kits/open-day/draft", data=sent | {"mend": ["any|#other"]})
    assert drafts()["any"] == "Come and see #ad today."


def test_a_hashtag_is_added_where_its_button_stands(client: Any, two: Person) -> None:
    page = client.get(COMPOSE).text
    assert 'value="any|#Door"' in page and 'value="linkedin|#Door"' in page
    sent = typed(client)
    client.post("/kits/open-day/draft", data=sent | {"tag": ["linkedin|#Door"]})
    assert drafts()["linkedin"] == "At length, for LinkedIn. #Door"
    client.post("/kits/open-day/draft", data=sent | {"tag": ["any|#Door"], "words": ["Our #Door opens"]})
    assert drafts()["any"] == "Our #Door opens"


def test_a_picture_is_described_for_this_post_alone(client: Any, ada: Person) -> None:
    page = client.get(COMPOSE).text
    name = re.findall(r'name="(alt-[^"]+)"', page)[0]
    given = fields(page)[name][0]
    assert given
    sent = typed(client) | {name: ["My bench, with <tools>."]}
    assert 'alt="My bench, with &lt;tools&gt;."' in client.post(f"{SHARE}/preview", data=sent).text
    client.post(SHARE, data=sent)
    client.post(SHARE, data=typed(client, words="Once more, in other words."))
    first, second = deliveries()
    assert list(first.alts.values()) == ["My bench, with <tools>."] and second.alts == {}


def test_a_mention_that_the_network_does_not_know_is_said(client: Any, two: Person) -> None:
    page = client.post(f"{SHARE}/preview", data=typed(client, words="Thanks @carl@social.example!")).text
    assert "<a>@carl@social.example</a>" in page
    own = typed(client) | {"words-linkedin": ["Thanks @carl@social.example!"]}
    page = client.post(f"{SHARE}/preview", data=own).text
    assert "LinkedIn makes no link of @carl@social.example. It stays plain text." in page
    assert "<a>@carl@social.example</a>" not in page


def test_other_suggestions_are_offered_for_words_that_are_used_already(client: Any, two: Person) -> None:
    with db.unit_of_work():
        colleague, kit = make_sharer("Berit Zander"), db.session.scalars(sa.select(Kit)).one()
        used = next(one for one in kit.captions if one.text == "Another #Door.")
        delivery = make_delivery(
            colleague, kit=kit, text="We open the doors of the workshop.", variant=used, at=clock.now()
        )
        delivery.state, delivery.sent_at = DeliveryState.SENT, clock.now()
    page = client.post(f"{SHARE}/preview", data=typed(client, words="We open the doors of the workshop")).text
    offered = page.split("Used less so far")[1].split("</div>")[0]
    assert offered.index("Open day in one line.") < offered.index("Another #Door.")
    assert "LinkedIn" not in offered


def test_the_companys_own_post_is_passed_on_or_linked(client: Any, two: Person) -> None:
    urn, address = "urn:li:share:7141138937766391808", "https://social.example/@nordlys/1"
    change(Kit, own_posts={"linkedin": urn, "mastodon": address})
    page = client.get(COMPOSE).text
    assert "Pass on the company's own post on LinkedIn, with your words" in page
    assert "Add a link to the company's own post on Mastodon" in page
    sent = typed(client, passing_on=["linkedin", "mastodon", "x"])
    shown = client.post(f"{SHARE}/preview", data=sent).text
    assert shown.count("The company's own post") == 1 and urn in shown
    assert client.post(SHARE, data=sent).status_code == 303
    posts = {one.network: one for one in deliveries()}
    assert posts["linkedin"].reshare_of == urn and posts["linkedin"].asset_ids == []
    assert posts["mastodon"].reshare_of == "" and posts["mastodon"].asset_ids
    assert f"We open the doors.\n\n{address}\n\n#WorksAtNordlys" in posts["mastodon"].text


def test_an_own_post_that_can_be_neither_passed_on_nor_linked_is_not_offered(
    client: Any, two: Person
) -> None:
    change(Kit, own_posts={"mastodon": "12345", "linkedin": "urn:li:activity:7"})
    assert "own post" not in client.get(COMPOSE).text
    change(Connection, state=ConnectionState.DISCONNECTED)
    change(Kit, own_posts={"linkedin": "https://www.linkedin.com/feed/update/urn:li:share:7"})
    assert "Add a link to the company's own post on LinkedIn" in client.get(COMPOSE).text


@pytest.mark.parametrize("lost", ["needs_reconnecting", "disconnected", "off"])
def test_an_account_that_was_lost_meanwhile_is_named_and_nothing_is_sent(
    client: Any, ada: Person, lost: str
) -> None:
    with db.unit_of_work():
        other = make_connection(db.session.get_one(Person, ada.id), at=clock.now())
        other.network = "linkedin"
    sent = typed(client)
    assert len(sent["accounts"]) == 2
    with db.unit_of_work():
        row = db.session.get_one(Connection, other.id)
        if lost == "off":
            assert ada.entity is not None
            arranging.switch_network(db.session.merge(ada.entity), "linkedin", False, by=None, at=clock.now())
        else:
            row.state = ConnectionState(lost)
    answer = client.post(SHARE, data=sent)
    said = {
        "needs_reconnecting": f"Reconnect {other.account} first.",
        "disconnected": "not connected any more",
        "off": "LinkedIn is switched off",
    }
    assert answer.status_code == 422 and said[lost] in answer.text and deliveries() == []
    assert "We open the doors." in answer.text and drafts()["any"] == "We open the doors."
    assert client.post(SHARE, data=fields(answer.text) | {"words": ["Doors."]}).status_code == 303
    assert len(deliveries()) == 1


def test_a_draft_keeps_how_pictures_are_described(client: Any, ada: Person) -> None:
    name = next(one for one in typed(client) if one.startswith("alt-"))
    client.post("/kits/open-day/draft", data=typed(client) | {name: ["A hand <on> a cable"]})
    assert fields(client.get(COMPOSE).text)[name] == ["A hand <on> a cable"]
    refused = client.post(SHARE, data=typed(client, words="x" * 600) | {name: ["Two hands"]})
    assert refused.status_code == 422 and fields(client.get(COMPOSE).text)[name] == ["Two hands"]
    client.post("/kits/open-day/draft", data=typed(client) | {name: [""]})
    assert fields(client.get(COMPOSE).text)[name] != ["Two hands"]
