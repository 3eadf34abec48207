"""The studio: writing kits, and their review."""

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db, places
from advocacy.accounts.models import Grant, Person
from advocacy.content import actions
from advocacy.content.models import Kit, KitState
from advocacy.content.rules import Audience
from advocacy.content.shape import Caption, Text
from advocacy.permissions import Role
from advocacy.sharing import networks
from tests.makers.accounts import make_champion, make_entity, make_person, make_team, make_topic
from tests.makers.content import damaged_exif, make_data, make_kit, make_picture, picture_bytes

HOUR = timedelta(hours=1)


@pytest.fixture
def carl(client: Any) -> Person:
    """Writes kits, in Oslo."""
    with db.unit_of_work():
        return make_person("Carl", roles=[Role.COMMS], time_zone="Europe/Oslo")


@pytest.fixture
def cora(client: Any) -> Person:
    """Approves them."""
    with db.unit_of_work():
        return make_person("Cora", roles=[Role.COMMS])


@pytest.fixture
def studio(client: Any, carl: Person) -> Any:
    """A client that is signed in as Carl."""
    return client.sign_in(carl)


@pytest.fixture
def desk(new_client: Any, cora: Person) -> Any:
    """A client that is signed in as Cora."""
    return new_client().sign_in(cora)


def draft(by: Person, **values: Any) -> str:
    with db.unit_of_work():
        return actions.create(make_data(**values), by=by, at=clock.now() - HOUR).slug


def in_review(by: Person, **values: Any) -> str:
    slug = draft(by, **values)
    with db.unit_of_work():
        actions.send_to_review(kit_of(slug), by=by, at=clock.now() - HOUR)
    return slug


def kit_of(slug: str) -> Kit:
    return db.session.scalars(sa.select(Kit).where(Kit.slug == slug)).one()


def state(slug: str) -> KitState:
    with db.unit_of_work(write=False):
        return kit_of(slug).state


def typed(page: str) -> dict[str, Any]:
    """What the browser would send of the editor's form as it stands."""
    form = page[page.index('class="editor"') :]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if said.get("type") == "checkbox" and " checked" not in tag:
            continue
        if said.get("type") != "file" and "name" in said:
            fields.setdefault(said["name"], []).append(said.get("value", "y"))
    for name, words in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = words.strip()
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        fields[name] = chosen[0]
    return fields


def edited(client: Any, address: str, changes: dict[str, Any], status: int = 303) -> str:
    page = client.get(address).text
    answer = client.post(address, data=typed(page) | changes, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text
    return str(answer.text)


# ---- The list ----


def test_index_lists_kits_by_where_they_stand(studio: Any) -> None:
    now = clock.now()
    with db.unit_of_work():
        norge = make_entity(name="Nordlys Norge")
        make_kit(title="A draft", state=KitState.DRAFT, entity=norge)
        make_kit(title="In review", state=KitState.IN_REVIEW, publish_at=now + HOUR)
        make_kit(title="Later", publish_at=now + HOUR)
        make_kit(title="Out without end")
        make_kit(title="Out with end", expires_at=now + HOUR)
        make_kit(title="Ended", expires_at=now - HOUR)
        make_kit(title="Recalled", state=KitState.RECALLED)
    page = studio.get("/studio/").text
    for words in (
        "A draft",
        "Nordlys Norge",
        "One kit waits for your review",
        "planned for ",
        "since ",
        "until ",
        "ended ",
        "recalled ",
    ):
        assert words in page
    page = studio.get("/studio/?stage=out").text
    assert "Out without end" in page
    assert "A draft" not in page
    assert "No kit fits" in studio.get("/studio/?stage=draft&q=nothing").text
    assert "A draft" in studio.get("/studio/?stage=nonsense").text


def test_index_says_what_a_kit_is_when_there_is_none(studio: Any) -> None:
    assert "No content kits yet" in studio.get("/studio/").text


def test_a_form_that_lost_the_language_of_a_text_is_answered(studio: Any) -> None:
    fields = typed(studio.get("/studio/kits/new").text) | {"texts-0-title": "Mine"}
    del fields["texts-0-language"]
    answer = studio.post("/studio/kits/new", data=fields)
    assert answer.status_code in {303, 422}


def test_captions_are_offered_for_the_networks_of_the_operators_own_file(studio: Any, tmp_path: Path) -> None:
    own = (places.config() / "networks.toml").read_text("utf-8")
    file = tmp_path / "networks.toml"
    file.write_text(own.replace('name = "XING"', 'name = "Village square"'), "utf-8")
    assert "Village square" not in studio.get("/studio/kits/new").text
    networks.configure(file)
    page = studio.get("/studio/kits/new").text
    assert "Village square (" in page and "XING" not in page
    networks.configure()
    assert "XING (" in studio.get("/studio/kits/new").text


def test_the_studio_is_for_comms_managers(client: Any) -> None:
    with db.unit_of_work():
        ada = make_champion()
    assert client.sign_in(ada).get("/studio/").status_code == 403


def test_another_entitys_kits_are_not_there(client: Any) -> None:
    with db.unit_of_work():
        ireland = make_entity("ireland", name="Nordlys Ireland")
        bo = make_person()
        bo.grants.append(Grant(role=Role.COMMS, entity_id=ireland.id, granted_at=bo.created_at))
        make_kit("secret", title="Secret", entity=make_entity("norge", name="Nordlys Norge"))
        make_kit("group", title="For the group")
    client.sign_in(bo)
    assert "Secret" not in client.get("/studio/").text
    for slug in ("secret", "group", "nowhere"):
        for address in (f"/studio/kits/{slug}", f"/studio/kits/{slug}/editor"):
            assert client.get(address).status_code == 404
        for part in ("editor", "review", "approval", "return"):
            assert client.post(f"/studio/kits/{slug}/{part}").status_code == 404
    page = client.get("/studio/kits/new").text
    assert re.search(r'name="entities" value="ireland" checked', page)
    assert "The whole group" not in page
    assert "Choose none, and it is for the people of the company that made it." in page
    assert 'value="norge"' not in page


def test_another_entitys_people_are_not_addressed(client: Any, studio: Any) -> None:
    with db.unit_of_work():
        ireland = make_entity("ireland", name="Nordlys Ireland")
        make_entity("norge", name="Nordlys Norge")
        bo = make_person()
        bo.grants.append(Grant(role=Role.COMMS, entity_id=ireland.id, granted_at=bo.created_at))
        carl = make_person(roles=[Role.COMMS])
    wide = in_review(carl, entity="ireland")
    assert "for everyone" in studio.get("/studio/kits/new").text
    client.sign_in(bo)
    page = client.get(f"/studio/kits/{wide}").text
    assert "beyond your companies" in page and f"/studio/kits/{wide}/approval" not in page
    answer = client.post(f"/studio/kits/{wide}/approval", data={"edition": "1"})
    assert answer.status_code == 422 and state(wide) is KitState.IN_REVIEW
    fields = typed(client.get("/studio/kits/new").text) | {"texts-0-title": "Mine", "entities": ["norge"]}
    answer = client.post("/studio/kits/new", data=fields)
    assert answer.status_code == 422 and "beyond your companies" in answer.text
    assert re.search(r'value="norge" checked>Nordlys Norge', answer.text), "she sees what to take out"
    fields["entities"] = []
    assert client.post("/studio/kits/new", data=fields).status_code == 303
    with db.unit_of_work(write=False):
        assert kit_of("mine").data.audience.entities == ("ireland",)


# ---- Writing ----


def test_a_kit_is_written_on_one_page(studio: Any) -> None:
    with db.unit_of_work():
        norge = make_entity("norge", language="nb", country="NO")
        make_team(norge, "care")
        make_topic("network")
        make_champion(country="NO", language="nb", entity=norge)
    page = studio.get("/studio/kits/new").text
    fields = typed(page)
    tags = {value[0]: name for name, value in fields.items() if re.fullmatch(r"texts-\d-language", name)}
    assert list(tags) == ["en", "nb"]
    fields |= {
        "texts-0-title": "The cable",
        "texts-0-story": "A **story**.\r\nTwo lines.",
        "texts-1-title": "Kabelen",
        "texts-1-story": "En historie.",
        "link_url": "https://www.nordlys.example/cable",
        "upload": (io.BytesIO(picture_bytes()), "ship.png"),
        "upload_alt": "A ship",
        "captions-0-network": "mastodon",
        "captions-0-language": "nb",
        "captions-0-text": "412 mennesker.",
        "topics": ["network"],
        "entity": "norge",
        "entities": ["norge"],
        "countries": ["NO"],
        "languages": ["nb"],
        "teams": ["care"],
        "followers_only": "y",
        "publish_at": "2027-01-10T09:00",
        "expires_at": "2027-02-10T09:00",
    }
    answer = studio.post("/studio/kits/new", data=fields, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, "/studio/kits/the-cable")
    with db.unit_of_work(write=False):
        kit = kit_of("the-cable")
        assert kit.data.texts == {
            "en": Text("The cable", "A **story**.\nTwo lines."),
            "nb": Text("Kabelen", "En historie."),
        }
        assert kit.data.audience == Audience(("norge",), ("NO",), ("nb",), ("care",), ("network",))
        assert (kit.pictures[0].name, kit.pictures[0].picture.alt) == ("ship.png", {"en": "A ship"})
        assert [(one.network, one.language, one.text) for one in kit.captions] == [
            ("mastodon", "nb", "412 mennesker.")
        ]
        assert kit.publish_at and kit.publish_at.isoformat() == "2027-01-10T08:00:00+00:00"
        before = kit.data
    edited(studio, "/studio/kits/the-cable/editor", {})
    with db.unit_of_work(write=False):
        assert kit_of("the-cable").data == before
    page = studio.get("/studio/kits/the-cable").text
    for words in (
        "Send to review",
        "<strong>story</strong>",
        "followers of Network",
        "Norway",
        "Mastodon",
        "Your changes",
    ):
        assert words in page


def test_rows_are_added_and_removed_without_a_script(studio: Any, carl: Person) -> None:
    slug = draft(carl, pictures=(make_picture("a" * 64, name="one"), make_picture("b" * 64, name="two")))
    address = f"/studio/kits/{slug}/editor"
    page = edited(studio, address, {"add": "caption", "texts-0-title": "Typed"}, 200)
    assert 'value="Typed"' in page
    assert "captions-1-text" in page
    fields = typed(page) | {
        "captions-1-text": "Another",
        "captions-0-remove": "y",
        "pictures-0-position": "2",
    }
    fields |= {"pictures-1-position": "1"}
    assert studio.post(address, data=fields).status_code == 303
    with db.unit_of_work(write=False):
        kit = kit_of(slug)
        assert [one.text for one in kit.captions] == ["Another"]
        assert [one.name for one in kit.pictures] == ["two", "one"]
    edited(studio, address, {"pictures-0-remove": "y"})
    with db.unit_of_work(write=False):
        assert [one.name for one in kit_of(slug).pictures] == ["one"]


def test_a_picture_that_came_is_not_lost_with_a_mistake(studio: Any, carl: Person) -> None:
    address = f"/studio/kits/{draft(carl)}/editor"
    mistake = {
        "link_url": "nonsense",
        "upload": (io.BytesIO(picture_bytes()), "ship.png"),
        "upload_alt": "A ship",
    }
    page = edited(studio, address, mistake, 422)
    assert "must begin with https://" in page
    source = re.search(r'src="(/studio/pictures/[^"]+)"', page)
    assert source
    assert studio.get(source[1]).mimetype == "image/png"
    assert 'value="A ship"' in page


def test_a_picture_that_is_none_is_refused_beside_its_field(studio: Any, carl: Person) -> None:
    address = f"/studio/kits/{draft(carl)}/editor"
    bad = {"texts-0-title": "Typed", "upload": (io.BytesIO(b"<svg onload='x'/>"), "x.svg")}
    page = edited(studio, address, bad, 422)
    assert "SVG" in page
    assert 'value="Typed"' in page


def test_a_picture_with_damaged_exif_comes_in_with_what_was_typed(studio: Any, carl: Person) -> None:
    address = f"/studio/kits/{draft(carl)}/editor"
    sent = {
        "texts-0-title": "Typed",
        "upload": (io.BytesIO(damaged_exif()), "x.jpg"),
        "upload_alt": "A ship",
        "link_url": "nonsense",
    }
    page = edited(studio, address, sent, 422)
    assert 'value="Typed"' in page
    assert re.search(r'src="(/studio/pictures/[^"]+)"', page)


def test_a_picture_is_shown_to_those_who_were_given_it(studio: Any, carl: Person, client: Any) -> None:
    assert studio.get("/studio/pictures/forged").status_code == 404
    address = f"/studio/kits/{draft(carl)}/editor"
    assert (
        studio.post(
            address, data=typed(studio.get(address).text) | {"pictures-0-token": "forged"}
        ).status_code
        == 303
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"texts-0-title": "", "texts-0-story": ""}, "Give the story a title"),
        ({"texts-0-title": "x" * 161}, "161 characters long"),
        ({"texts-0-story": "x" * 20_001}, "20001 characters long"),
        ({"texts-1-story": "Une histoire"}, "no title yet"),
        ({"captions-0-text": "x" * 3001}, "3001 characters long"),
        ({"captions-0-language": "no such"}, "is not known here"),
        ({"publish_at": "2027-03-28T02:30"}, "does not exist on that day"),
        ({"publish_at": "soon"}, "Give day and time"),
        (
            {"publish_at": "2027-01-02T10:00", "expires_at": "2027-01-01T10:00"},
            "would end before it is published",
        ),
        ({"entity": "nowhere"}, "for this company"),
        ({"topics": "nowhere"}, "no topic “nowhere”"),
        ({"teams": "nowhere"}, "no team “nowhere”"),
        ({"countries": "N?"}, "is not known here"),
        ({"pictures-0-alts-0-alt": "x" * 1501}, "1501 characters long"),
        ({"pictures-0-alts-0-alt": "x" * 1501, "pictures-0-alts-0-language": "en"}, "1501 characters long"),
    ],
)
def test_mistakes_stand_beside_their_field_and_nothing_typed_is_lost(
    changes: dict[str, str], words: str, studio: Any, carl: Person
) -> None:
    with db.unit_of_work():
        make_person(language="fr")
    slug = draft(carl, pictures=(make_picture(),))
    page = edited(studio, f"/studio/kits/{slug}/editor", {"link_url": "https://typed.example"} | changes, 422)
    assert words in page
    assert "https://typed.example" in page
    assert "put right" in page
    with db.unit_of_work(write=False):
        assert kit_of(slug).data == make_data(pictures=(make_picture(),))


def test_every_mistake_is_said_at_once(studio: Any, carl: Person) -> None:
    address = f"/studio/kits/{draft(carl)}/editor"
    page = edited(
        studio, address, {"publish_at": "soon", "link_url": "ftp://x", "texts-0-title": "x" * 161}, 422
    )
    assert "3 things to put right" in page


@pytest.mark.parametrize("sent", [{}, {"texts-0-language": "en", "texts-0-title": "T", "entity": "not-mine"}])
def test_a_form_with_rows_missing_is_refused_in_words(studio: Any, sent: dict[str, str]) -> None:
    assert studio.post("/studio/kits/new", data=sent).status_code == 422


def test_mistakes_in_a_new_kit_keep_what_was_typed(studio: Any) -> None:
    assert "Give the story a title" in edited(studio, "/studio/kits/new", {"texts-0-story": "Typed"}, 422)
    assert "Typed" in edited(studio, "/studio/kits/new", {"texts-0-story": "Typed", "add": "caption"}, 200)


def test_a_second_editor_sees_the_difference_and_saves_on_top(
    studio: Any, desk: Any, carl: Person, cora: Person
) -> None:
    slug = draft(carl, expires_at=clock.now() + HOUR)
    address = f"/studio/kits/{slug}/editor"
    mine = typed(studio.get(address).text) | {"texts-0-title": "Mine", "expires_at": ""}
    edited(desk, address, {"texts-0-title": "Theirs"})
    answer = studio.post(address, data=mine)
    assert answer.status_code == 409
    for words in ("Cora saved it last", "Theirs", "Mine", "Title (English)", "End"):
        assert words in answer.text
    assert studio.post(address, data=typed(answer.text)).status_code == 303
    with db.unit_of_work(write=False):
        assert (kit_of(slug).data.title, kit_of(slug).expires_at) == ("Mine", None)


def test_the_editor_says_what_saving_does(studio: Any, carl: Person) -> None:
    with db.unit_of_work():
        make_kit("out")
    assert "takes it from their pages" in studio.get("/studio/kits/out/editor").text
    assert "takes it back to draft" in studio.get(f"/studio/kits/{in_review(carl)}/editor").text


def test_a_time_in_the_hour_that_comes_twice_stays_where_it_was(studio: Any) -> None:
    """On 31 October 2027 it is half past two twice in Oslo; this is the later one."""
    later = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    with db.unit_of_work():
        make_kit("out", expires_at=later)
    page = edited(studio, "/studio/kits/out/editor", {"link_url": "https://www.nordlys.example/other"})
    assert page is not None
    with db.unit_of_work(write=False):
        assert kit_of("out").expires_at == later
        assert kit_of("out").data.link_url.endswith("/other")


def test_saving_what_was_not_changed_leaves_an_approved_kit_out(studio: Any) -> None:
    """Who approves presses a button at some second; the form shows minutes."""
    odd = clock.now().replace(second=37, microsecond=565)
    with db.unit_of_work():
        make_kit("out", publish_at=odd - HOUR, expires_at=odd + HOUR)
    edited(studio, "/studio/kits/out/editor", {})
    assert state("out") is KitState.APPROVED


def test_a_form_without_an_edition_overtakes_nobody(studio: Any, carl: Person) -> None:
    address = f"/studio/kits/{draft(carl)}/editor"
    edited(studio, address, {"edition": "x", "texts-0-title": "Other"}, 409)


def test_a_recalled_kit_is_not_edited(studio: Any) -> None:
    with db.unit_of_work():
        make_kit("gone", state=KitState.RECALLED)
    edited(studio, "/studio/kits/gone/editor", {"texts-0-title": "Other"}, 422)


# ---- Review ----


def test_a_kit_goes_from_draft_to_out(studio: Any, desk: Any, carl: Person) -> None:
    slug = draft(carl)
    assert studio.post(f"/studio/kits/{slug}/review").status_code == 303
    page = studio.get(f"/studio/kits/{slug}").text
    assert "someone else has to approve it" in page
    assert "Approve</button>" not in page
    page = desk.get(f"/studio/kits/{slug}").text
    edition = re.search(r'name="edition" value="(\d+)"', page)
    assert edition
    assert "out at once" in page
    answer = desk.post(f"/studio/kits/{slug}/approval", data={"edition": edition[1]})
    assert answer.status_code == 303
    assert state(slug) is KitState.APPROVED
    page = studio.get(f"/studio/kits/{slug}").text
    for words in ("Cora approved it.", f"/kits/{slug}", f"/studio/figures/{slug}", "Recall this kit"):
        assert words in page


def test_a_draft_says_what_is_missing(studio: Any, carl: Person) -> None:
    slug = draft(carl, captions=(), texts={"en": Text("Title")})
    page = studio.get(f"/studio/kits/{slug}").text
    assert "has no story yet" in page
    assert "at least one caption" in page
    assert "Send to review</button>" not in page
    answer = studio.post(f"/studio/kits/{slug}/review")
    assert answer.status_code == 422
    assert state(slug) is KitState.DRAFT


def test_a_caption_that_cannot_fit_is_refused_in_words(studio: Any, carl: Person) -> None:
    fits = "w" * 200  # with #WorksAt… and a short link, within 280
    slug = draft(carl, captions=(Caption("mastodon", "en", fits), Caption("x", "en", "w" * 270)))
    page = studio.get(f"/studio/kits/{slug}").text
    assert "Caption 2 is too long for X: with disclosure and link" in page and "of 280 characters" in page
    answer = studio.post(f"/studio/kits/{slug}/review")
    assert answer.status_code == 422
    assert "Caption 2 is too long for X" in answer.text
    assert state(slug) is KitState.DRAFT
    editor = studio.get(f"/studio/kits/{slug}/editor").text
    assert "data-rooms=" in editor and "data-room-of=" in editor


def test_a_caption_for_any_network_warns_of_narrow_ones(studio: Any, carl: Person) -> None:
    slug = draft(carl, captions=(Caption("any", "en", "w" * 290), Caption("x", "en", "w" * 200)))
    page = studio.get(f"/studio/kits/{slug}").text
    assert (
        "Caption 1, for any network, is too long for X, Bluesky" in page
        and "Before it can be reviewed" not in page
    )
    assert studio.post(f"/studio/kits/{slug}/review").status_code == 303
    assert state(slug) is KitState.IN_REVIEW


def test_an_author_does_not_approve(studio: Any, carl: Person) -> None:
    slug = in_review(carl)
    answer = studio.post(f"/studio/kits/{slug}/approval")
    assert answer.status_code == 422
    assert "someone else has to approve it" in answer.text


def test_what_changed_meanwhile_is_read_again(desk: Any, carl: Person) -> None:
    slug = in_review(carl)
    answer = desk.post(f"/studio/kits/{slug}/approval", data={"edition": "1"})
    assert answer.status_code == 409
    assert "Read it again" in answer.text


def test_a_kit_is_sent_back_with_a_remark(studio: Any, desk: Any, carl: Person) -> None:
    slug = in_review(carl)
    answer = desk.post(f"/studio/kits/{slug}/rejection", data={"remark": ""})
    assert answer.status_code == 422
    assert "Say what should change" in answer.text
    answer = desk.post(f"/studio/kits/{slug}/rejection", data={"remark": "Name the ferry."})
    assert answer.status_code == 303
    assert "Name the ferry." in studio.get(f"/studio/kits/{slug}").text
    answer = desk.post(f"/studio/kits/{slug}/rejection", data={"remark": "Again"})
    assert answer.status_code == 422
    assert "not waiting for review" in answer.text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"publish_at": clock.now() + HOUR}, "by itself"),
        ({"expires_at": clock.now() + 9 * HOUR}, "Out since"),
        ({"expires_at": clock.now() - HOUR}, "give it a later end"),
        ({"state": KitState.RECALLED}, "Recalled on"),
    ],
)
def test_show_says_where_a_kit_stands(values: dict[str, Any], words: str, studio: Any) -> None:
    with db.unit_of_work():
        team = make_team(make_entity(), name="Customer care")
        make_kit("kit", audience=Audience(teams=(team.slug,)), **values)
    page = studio.get("/studio/kits/kit").text
    assert words in page
    assert "Customer care" in page


def test_a_planned_kit_in_review_says_when_it_goes_out(desk: Any, carl: Person) -> None:
    slug = in_review(carl, publish_at=clock.now() + 9 * HOUR)
    assert "Once approved it goes out on" in desk.get(f"/studio/kits/{slug}").text


def test_the_companys_own_posts_are_named_by_network(studio: Any, carl: Person) -> None:
    slug = draft(carl)
    address = f"/studio/kits/{slug}/editor"
    fields = typed(studio.get(address).text)
    named = {
        name: str(value[0]) for name, value in fields.items() if re.fullmatch(r"own_posts-\d-network", name)
    }
    assert list(named.values()) == ["linkedin", "x", "mastodon", "bluesky"]
    places = {network: name.replace("network", "said") for name, network in named.items()}
    edited(
        studio,
        address,
        {places["linkedin"]: " urn:li:share:71 ", places["x"]: "https://x.com/n/status/12345"},
    )
    with db.unit_of_work(write=False):
        kit = kit_of(slug)
        assert kit.data.own_posts == {"linkedin": "urn:li:share:71", "x": "https://x.com/n/status/12345"}
    page = edited(studio, address, {places["linkedin"]: "our last one"}, 422)
    assert "Paste the address of the post" in page and f'id="{places["linkedin"]}-error"' in page


def test_who_changes_a_story_that_is_out_is_told_before_and_after(studio: Any, carl: Person) -> None:
    with db.unit_of_work():
        slug = make_kit(author=carl, publish_at=clock.now() - HOUR).slug
    editor = studio.get(f"/studio/kits/{slug}/editor").text
    assert "Saving a change takes it from their pages" in editor
    same = studio.post(f"/studio/kits/{slug}/editor", data=typed(editor), follow_redirects=True).text
    assert "Your changes are saved." in same and "left the champions’ pages" not in same
    changed = typed(editor) | {"link_url": "https://www.nordlys.example/other"}
    page = studio.post(f"/studio/kits/{slug}/editor", data=changed, follow_redirects=True).text
    assert "the story left the champions’ pages" in page and "flash-warning" in page
    assert "Champions do not see it while it is being changed." in studio.get(f"/studio/kits/{slug}").text


def test_who_changes_what_is_to_come_is_told_that_it_is_a_draft_again(studio: Any, carl: Person) -> None:
    with db.unit_of_work():
        slug = make_kit(author=carl, publish_at=clock.now() + HOUR).slug
    editor = studio.get(f"/studio/kits/{slug}/editor").text
    assert "makes it a draft that has to be reviewed" in editor
    changed = typed(editor) | {"link_url": "https://www.nordlys.example/other"}
    page = studio.post(f"/studio/kits/{slug}/editor", data=changed, follow_redirects=True).text
    assert "It is a draft now" in page and "Champions do not see it" not in page
