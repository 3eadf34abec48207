"""Error pages: in her frame where that is at hand, bare where it is not, and always with a way on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask_babel import gettext as _

from advocacy import clock, db, face, frame, web
from advocacy.accounts.models import Grant
from advocacy.errors import Forbidden, Missing
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_entity, make_person


@pytest.fixture(autouse=True)
def nobody() -> None:
    face.forget()


@pytest.fixture
def ada(client: Any) -> Any:
    with db.unit_of_work():
        entity = make_entity("france", name="Nordlys France", accent="#aa0044")
        person = make_person("Ada Nyström", entity=entity, language="fr")
    client.sign_in(person)
    return person


def is_framed(answer: Any) -> bool:
    return 'class="side-foot"' in answer.text


def test_a_refusal_stands_in_her_frame(client: Any, ada: Any) -> None:
    answer = client.get("/studio/")
    assert answer.status_code == 403 and is_framed(answer) and "data-error" in answer.text
    assert "Nordlys France" in answer.text and "#aa0044" in answer.text and 'lang="fr"' in answer.text
    assert 'href="/people/administrators"' in answer.text


def test_an_address_that_is_not_there_is_in_her_frame_once_she_was_shown_one(client: Any, ada: Any) -> None:
    client.get("/kits/")
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and is_framed(answer) and 'lang="fr"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_that_is_not_there_reads_no_database(client: Any, ada: Any, monkeypatch: Any) -> None:
    client.get("/kits/")
    monkeypatch.setattr(db, "unit_of_work", None)
    assert is_framed(client.get("/nowhere"))


def test_her_language_stays_where_nobody_is_known(client: Any, ada: Any) -> None:
    client.get("/kits/")
    face.forget()
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and not is_framed(answer) and 'lang="fr"' in answer.text


def test_a_face_is_forgotten_after_a_quarter_of_an_hour(client: Any, ada: Any, monkeypatch: Any) -> None:
    client.get("/kits/")
    later = clock.now() + face.KEPT
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not is_framed(client.get("/nowhere"))


def test_the_frame_is_nobodys_without_her_cookie(client: Any, ada: Any) -> None:
    client.get("/kits/")
    client.delete_cookie("advocacy_session")
    assert not is_framed(client.get("/nowhere"))


def test_no_more_faces_are_kept_than_there_is_room_for(monkeypatch: Any) -> None:
    monkeypatch.setattr(face, "MOST", 1)
    one = face.Face("Ada", "a" * 16, "en", "UTC", "auto", "", "", [])
    face.keep("one", one, at=AT)
    face.keep("two", one, at=AT)
    assert face.kept("one", at=AT) is None and face.kept("two", at=AT + timedelta(minutes=1)) is one
    assert face.kept(None, at=AT) is None


def test_a_broken_session_leaves_the_page_bare_or_as_it_was(
    client: Any, ada: Any, app: Any, monkeypatch: Any
) -> None:
    def breaks() -> str:
        db.session.rollback()
        raise Missing

    monkeypatch.setitem(app.view_functions, "accounts.me", web.signed_in(breaks))
    assert not is_framed(client.get("/me"))
    client.get("/kits/")
    assert is_framed(client.get("/me"))


@pytest.mark.parametrize(
    ("path", "back"),
    [("/sign-out", "/"), ("/people/guidelines/kind/retirement", "/people/guidelines/kind")],
)
def test_the_address_of_a_button_leads_back_to_its_page(client: Any, ada: Any, path: str, back: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 405 and f'btn-primary" href="{back}"' in answer.text
    assert "POST" in answer.headers["Allow"]


def test_too_often_says_how_long(client: Any, app: Any, monkeypatch: Any) -> None:
    strict = replace(app.config["ADVOCACY"].limits, export_per_person="1/day")
    monkeypatch.setitem(app.config, "ADVOCACY", replace(app.config["ADVOCACY"], limits=strict))
    web.limiter.reset()
    with db.unit_of_work():
        ada = make_person("Ada")
    client.sign_in(ada)
    answer = [client.post("/me/export") for _ in range(2)][-1]
    web.limiter.reset()
    assert answer.status_code == 429 and re.search(
        r"Try again in (\d+|an?) (second|minute|hour|day)s?\.", answer.text
    )


def test_administrators_are_named_for_everyone(client: Any, ada: Any) -> None:
    assert "mailto:" not in client.get("/people/administrators").text
    with db.unit_of_work():
        group = make_person("Root", roles=[Role.ADMIN], email="root@demo.example")
        near, far = make_person("Near"), make_person("Far")
        near.grants = [Grant(role=Role.ADMIN, entity_id=ada.entity_id, granted_at=AT)]
        far.grants = [Grant(role=Role.ADMIN, entity_id=make_entity().id, granted_at=AT)]
        make_person("Gone", roles=[Role.ADMIN], disabled_at=AT)
    page = client.get("/people/administrators").text
    assert page.index("Near") < page.index("Root") and "mailto:root@demo.example" in page
    assert "Far" not in page and "Gone" not in page and group.name in page


def test_forbidden_names_the_page_that_names_whom_to_ask(
    client: Any, ada: Any, app: Any, monkeypatch: Any
) -> None:
    def refuses() -> str:
        raise Forbidden("Not here.")

    monkeypatch.setitem(app.view_functions, "accounts.me", web.signed_in(refuses))
    assert 'href="/people/administrators"' in client.get("/me").text


def test_the_frame_names_her_own_company(client: Any, ada: Any) -> None:
    foot = client.get("/kits/").text.split('class="side-foot"')[1].split("</div>")[0]
    assert "Nordlys France" in foot
    with db.unit_of_work():
        assert frame.face_of(make_person()).company == ""


@pytest.mark.parametrize(
    ("role", "group"), [(Role.HR, "People and learning"), (Role.ADMIN, "Administration"), (Role.COMMS, None)]
)
def test_people_are_looked_up_by_hr_and_kept_by_administrators(
    client: Any, role: Role, group: str | None
) -> None:
    with db.unit_of_work():
        someone = make_person("Someone", roles=[role])
    page = client.sign_in(someone).get("/kits/")
    with client.application.test_request_context():
        places = {item["url"]: each["label"] for each in frame.navigation(someone) for item in each["items"]}
    assert page.status_code == 200 and places.get("/people/") == group


def test_no_two_places_have_one_name(client: Any) -> None:
    """What she reads and what she writes are told apart, also in French."""
    with db.unit_of_work():
        someone = make_person("Someone", roles=list(Role))
    for language in ("en", "fr"):
        with client.application.test_request_context(), web.written_for(language):
            groups = frame.navigation(someone)
            own = [str(_("Guidelines")), str(_("Leaderboards"))]
        names = own + [item["label"] for group in groups for item in group["items"]]
        assert len(names) == len(set(names)), names


def test_care_for_people_stands_before_every_other_desk(client: Any) -> None:
    """A call for help must not lie below the fold of a laptop."""
    with db.unit_of_work():
        someone = make_person("Someone", roles=list(Role))
    with client.application.test_request_context():
        labels = [group["label"] for group in frame.navigation(someone)]
    assert labels == ["Care", "Studio", "People and learning", "Administration"]


def test_who_may_only_look_people_up_changes_nobody(client: Any) -> None:
    with db.unit_of_work():
        hana, other = make_person("Hana", roles=[Role.HR]), make_person("Other")
    page = client.sign_in(hana).get("/people/").text.partition("<main")[2]
    assert "Other" in page and "Invite someone" not in page and "Administrators invite people" in page
    assert 'method="post"' not in client.get(f"/people/{other.code}").text.partition("<main")[2]
