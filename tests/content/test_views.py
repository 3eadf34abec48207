"""Stories as champions see them."""

from datetime import timedelta
from typing import Any

import pytest

from advocacy import clock, db, storage
from advocacy.content.models import KitState
from advocacy.content.rules import Audience
from advocacy.content.shape import Text
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_entity, make_person, make_topic
from tests.makers.content import make_kit, make_picture, picture_bytes

HOUR = timedelta(hours=1)


@pytest.fixture
def ada(client: Any) -> Any:
    """A client that is signed in as a champion who follows Product."""
    with db.unit_of_work():
        person = make_champion(follows=[make_topic("product", "Product", "Produits")])
    client.sign_in(person)
    return client


def shown(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text


def test_index_lists_what_is_out_for_me(ada: Any) -> None:
    with db.unit_of_work():
        make_kit(title="For everyone <b>")
        make_kit(title="For Norway", audience=Audience(countries=("NO",)))
        make_kit(title="A draft", state=KitState.DRAFT)
    page = shown(ada, "/kits/")
    assert "For everyone &lt;b&gt;" in page
    assert "For Norway" not in page
    assert "A draft" not in page


def test_index_is_searched_and_filtered_by_topic(ada: Any) -> None:
    with db.unit_of_work():
        network = make_topic("network", "Network")
        make_kit(title="Cable", topics=[network], expires_at=clock.now() + HOUR)
        make_kit(title="Phones", pictures=(make_picture(),))
    assert "Cable" in shown(ada, "/kits/?topic=network")
    assert "Phones" not in shown(ada, "/kits/?topic=network")
    assert "Phones" in shown(ada, "/kits/?q=phones")
    assert "No story fits" in shown(ada, "/kits/?q=nothing")
    assert "No story fits" in shown(ada, "/kits/?topic=network&q=phones")
    everything = shown(ada, "/kits/?topic=nowhere")
    assert "It was passed over" in everything and "Cable" in everything and "Phones" in everything


def test_index_says_what_it_is_when_it_is_empty(ada: Any) -> None:
    assert "No stories for you yet" in shown(ada, "/kits/")


def test_index_pages_through_many(ada: Any) -> None:
    with db.unit_of_work():
        for number in range(25):
            make_kit(title=f"Story number {number:02}", publish_at=clock.now() - timedelta(days=100 + number))
    assert "Story number 23" in shown(ada, "/kits/")
    assert "Story number 24" not in shown(ada, "/kits/")
    assert "Story number 24" in shown(ada, "/kits/?page=2")


def test_show_leads_to_the_composer(ada: Any) -> None:
    with db.unit_of_work():
        topics = [make_topic("network", "Network")]
        texts = {
            "en": Text("Cable", "The **cable**. <script>alert(1)</script>"),
            "fr": Text("Câble", "Le câble."),
        }
        pictures = (make_picture("a" * 64, alt={"en": "A ship", "fr": "Un navire"}), make_picture("b" * 64))
        ends = clock.now() + HOUR
        make_kit("cable", texts=texts, topics=topics, pictures=pictures, expires_at=ends)
    page = shown(ada, "/kits/cable")
    for part in (
        "/kits/cable/shares/new",
        "<strong>cable</strong>",
        'alt="A ship"',
        "Network",
        "nordlys.example",
    ):
        assert part in page
    assert "<script>alert" not in page
    assert "studio" not in page
    assert 'alt="Un navire"' in shown(ada, "/kits/cable?read=fr")


def test_show_says_what_ended_or_was_recalled(ada: Any) -> None:
    with db.unit_of_work():
        make_kit("ended", expires_at=clock.now() - HOUR)
        make_kit("recalled", state=KitState.RECALLED).recall_reason = "The figures were wrong."
    for slug, words in (("ended", "cannot be shared any more"), ("recalled", "The figures were wrong.")):
        page = shown(ada, f"/kits/{slug}", 410)
        assert words in page
        assert "shares/new" not in page


def test_show_hides_what_is_not_mine_to_know(ada: Any) -> None:
    with db.unit_of_work():
        make_kit("norway", audience=Audience(countries=("NO",)))
        make_kit("draft", state=KitState.DRAFT)
    for slug in ("norway", "draft", "nowhere"):
        assert "The address may be mistyped" in shown(ada, f"/kits/{slug}", 404)


def test_show_says_of_a_story_that_is_being_changed_that_it_is(ada: Any) -> None:
    with db.unit_of_work():
        make_kit("changed").state = KitState.DRAFT
    page = shown(ada, "/kits/changed", 404)
    assert "It can be shared again once it is approved anew." in page and "mistyped" not in page


def test_show_leads_a_comms_manager_to_the_studio(client: Any) -> None:
    with db.unit_of_work():
        client_person = make_person(roles=[Role.COMMS])
        make_kit("cable")
    assert "/studio/kits/cable" in shown(client.sign_in(client_person), "/kits/cable")


def test_stories_are_for_those_who_are_signed_in(client: Any) -> None:
    assert client.get("/kits/").status_code == 303


def test_words_follow_the_readers_language(client: Any) -> None:
    with db.unit_of_work():
        person = make_champion(language="nb")
        norge = make_entity(language="nb")
        make_kit("kabel", entity=norge, texts={"en": Text("Cable", "."), "nb": Text("Kabelen", ".")})
    page = shown(client.sign_in(person), "/kits/kabel")
    assert "<h1" in page
    assert "Kabelen" in page
    assert "Norsk bokmål" in page


def test_picture_is_a_picture_and_nothing_else(ada: Any) -> None:
    with db.unit_of_work():
        digest, small = storage.keep(picture_bytes()), storage.keep(picture_bytes(8, 4, "WEBP"))
        kept = make_picture(digest, small=small, name="ship <1>.png")
        code = make_kit(pictures=(kept, make_picture("f" * 64))).pictures[0].code
    answer = ada.get(f"/kits/pictures/{code}")
    assert answer.data == picture_bytes()
    assert answer.mimetype == "image/png"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert ada.get(f"/kits/pictures/{code}?size=small").mimetype == "image/webp"
    assert "attachment" in ada.get(f"/kits/pictures/{code}?download=1").headers["Content-Disposition"]
    assert ada.get(f"/kits/pictures/{code}", headers={"If-None-Match": f'"{digest}"'}).status_code == 304


def test_picture_is_not_for_those_outside_the_audience(ada: Any) -> None:
    with db.unit_of_work():
        code = make_kit(audience=Audience(countries=("NO",)), pictures=(make_picture(),)).pictures[0].code
        lost = make_kit(pictures=(make_picture("e" * 64),)).pictures[0].code
    for missing in (code, lost, "0" * 16):
        assert ada.get(f"/kits/pictures/{missing}").status_code == 404


def test_names_of_languages_and_servers(app: Any) -> None:
    filters = app.jinja_env.filters
    with app.test_request_context():
        assert filters["language_name"]("fr", "fr") == "Français"
        assert filters["language_name"]("tlh-x") == "tlh-x"
        assert filters["country_name"]("ZZZ") == "ZZZ"
        assert filters["host"]("https://a.example/b") == "a.example"
        assert filters["host"]("mailto:a") == "mailto:a"
