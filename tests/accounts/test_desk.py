"""The people desk: seeing, granting, disabling, inviting, within one's reach."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_champion, make_entity, make_person


@pytest.fixture
def group(app):
    """An administrator of the group, one of an entity, and a colleague in each of two entities."""
    with db.unit_of_work():
        here, there = make_entity("here", name="Here Ltd"), make_entity("there", name="There GmbH")
        people = {
            "root": make_person("Root Otter", roles=[Role.ADMIN], entity=here),
            "local": make_person("Lee Local", entity=here),
            "near": make_person("Nadja Nah", entity=here, email="nadja@demo.example"),
            "far": make_person("Ferdinand Fern", entity=there, email="far@demo.example"),
        }
        people["local"].grants.append(Grant(role=Role.ADMIN, entity=here, granted_at=AT))
    return people


def roles_of(person):
    with db.unit_of_work(write=False):
        grants = db.session.scalars(sa.select(Grant).where(Grant.person_id == person.id)).unique()
        return {(g.role.value, g.entity.slug if g.entity else None) for g in grants}


def test_index_searches_and_filters(client, group):
    client.sign_in(group["root"])
    everyone = client.get("/people/").text
    assert all(person.name in everyone for person in group.values())
    assert "4 people" in everyone
    for address, shown, hidden in (
        ("/people/?q=nadja", "Nadja Nah", "Ferdinand"),
        ("/people/?q=FAR@demo", "Ferdinand", "Nadja"),
        (f"/people/?q={group['far'].staff_id}", "Ferdinand", "Nadja"),
        ("/people/?entity=there", "Ferdinand", "Nadja"),
        ("/people/?role=admin", "Lee Local", "Nadja"),
        ("/people/?role=nonsense", "Nadja", "Nobody"),
        ("/people/?q=%25", "Nobody like that", "Nadja"),
    ):
        page = client.get(address).text
        assert shown in page and hidden not in page, address


def test_index_pages_long_lists(client, group):
    with db.unit_of_work():
        for n in range(60):
            make_person(f"Zed {n:02}")
    page = client.sign_in(group["root"]).get("/people/?page=2").text
    assert "Zed 59" in page and "Nadja" not in page


def test_nobody_sees_who_joined(client, group):
    with db.unit_of_work():
        make_champion("Olga Open", email="olga@demo.example")
    client.sign_in(group["root"])

    def row():
        return client.get("/people/?q=olga").text.partition("<table")[2].partition("</table")[0]

    joined = row()
    with db.unit_of_work():
        db.session.execute(sa.update(Person).values(joined_at=None, not_now_at=AT))
    assert "Olga" in joined and row() == joined


def test_the_desk_needs_its_role(client, group):
    client.sign_in(group["near"])
    assert client.get("/people/").status_code == 403
    assert client.post(f"/people/{group['near'].code}/roles", data={"role": "admin"}).status_code == 403


def test_hr_sees_and_changes_nothing(client, group):
    with db.unit_of_work():
        hana = make_person("Hana", roles=[Role.HR])
    client.sign_in(hana)
    page = client.get(f"/people/{group['near'].code}").text
    assert "Nadja Nah" in page and "Grant this role" not in page and "Disable" not in page
    assert client.post(f"/people/{group['near'].code}/suspension").status_code == 403


def test_show_of_someone_elsewhere_is_404(client, group):
    client.sign_in(group["local"])
    assert client.get(f"/people/{group['near'].code}").status_code == 200
    assert client.get("/people/0123456789abcdef").status_code == 404
    assert "Ferdinand" not in client.get("/people/").text
    far = group["far"].code
    assert client.get(f"/people/{far}").status_code == 404
    for act in ("roles", "roles/end", "disable", "enable", "sessions/end"):
        assert client.post(f"/people/{far}/{act}", data={"role": "hr", "entity": "here"}).status_code == 404


def test_grant_and_revoke(client, group):
    client.sign_in(group["root"])
    near = f"/people/{group['near'].code}"
    for entity in ("", "there", "there"):
        assert client.post(f"{near}/roles", data={"role": "comms", "entity": entity}).status_code == 303
    assert roles_of(group["near"]) == {("comms", None), ("comms", "there")}
    assert "There GmbH" in client.get(near).text
    client.post(f"{near}/roles/removal", data={"role": "comms", "entity": ""})
    assert roles_of(group["near"]) == {("comms", "there")}
    assert client.post(f"{near}/roles", data={"role": "king", "entity": ""}).status_code == 422
    assert client.post(f"{near}/roles/removal", data={"role": "king"}).status_code == 404
    assert client.post(f"{near}/roles/removal", data={"role": "hr", "entity": "nowhere"}).status_code == 404
    with db.unit_of_work(write=False):
        verbs = list(db.session.scalars(sa.select(AuditLine.verb).order_by(AuditLine.id)))
    assert verbs == ["role.grant", "role.grant", "role.revoke"]


def test_an_administrator_who_works_elsewhere_grants_nothing_there(client, group):
    """Seeing is one permission, granting another."""
    with db.unit_of_work():
        there = group["far"].entity
        hana = make_person("Hana", roles=[Role.HR])
        hana.grants.append(Grant(role=Role.ADMIN, entity=db.session.merge(there), granted_at=AT))
    client.sign_in(hana)
    near = f"/people/{group['near'].code}"
    assert client.get(near).status_code == 200
    assert client.post(f"{near}/roles", data={"role": "hr", "entity": "there"}).status_code == 404
    assert client.post(f"{near}/suspension").status_code == 404
    assert roles_of(group["near"]) == set()


def test_an_entitys_administrator_grants_for_that_entity_only(client, group):
    client.sign_in(group["local"])
    near = f"/people/{group['near'].code}"
    assert client.post(f"{near}/roles", data={"role": "hr", "entity": "here"}).status_code == 303
    assert client.post(f"{near}/roles", data={"role": "hr", "entity": ""}).status_code == 422
    assert client.post(f"{near}/roles", data={"role": "hr", "entity": "there"}).status_code == 422
    assert roles_of(group["near"]) == {("hr", "here")}
    root = f"/people/{group['root'].code}"
    assert client.post(f"{root}/roles", data={"role": "hr", "entity": "here"}).status_code == 422
    assert client.post(f"{root}/roles/removal", data={"role": "admin", "entity": ""}).status_code == 422
    assert client.post(f"{root}/suspension").status_code == 422


def test_the_last_administrator_stays(client, group):
    client.sign_in(group["root"])
    root = f"/people/{group['root'].code}"
    assert client.post(f"{root}/suspension").status_code == 422
    answer = client.post(f"{root}/roles/removal", data={"role": "admin", "entity": ""})
    assert answer.status_code == 422 and "last administrator" in answer.text
    client.post(f"/people/{group['near'].code}/roles", data={"role": "admin", "entity": ""})
    assert client.post(f"{root}/roles/removal", data={"role": "admin", "entity": ""}).status_code == 303
    assert client.get(root).status_code == 403


def test_disable_shuts_out_and_enable_lets_in(client, new_client, group):
    nadja = new_client().sign_in(group["near"])
    assert nadja.get("/me").status_code == 200
    client.sign_in(group["local"])
    near = f"/people/{group['near'].code}"
    assert "Signed in on one device" in client.get(near).text
    client.post(f"{near}/suspension")
    assert nadja.get("/me").status_code == 303
    assert "Let in again" in client.get(near).text
    client.post(f"{near}/reinstatement")
    assert nadja.get("/me").status_code == 303  # her session ended; she signs in anew
    nadja.sign_in(group["near"])
    client.post(f"{near}/sessions/closure")
    assert nadja.get("/me").status_code == 303


def test_who_is_suspended_is_not_invited(client, group):
    with db.unit_of_work():
        db.session.get_one(Person, group["near"].id).disabled_at = clock.now()
        email = group["near"].email
    client.sign_in(group["local"])
    typed = {"name": "Somebody", "email": email, "entity": "here", "language": "en"}
    answer = client.post("/people/invitation", data=typed)
    assert answer.status_code == 422
    assert "This account is suspended." in answer.text and 'value="Somebody"' in answer.text
    with db.unit_of_work(write=False):
        assert not db.session.scalars(sa.select(Letter)).all()


def test_invite_writes_a_letter(client, group):
    client.sign_in(group["local"])
    assert "The whole" not in client.get("/people/invitation").text
    typed = {"name": "Nia", "email": "nia@demo.example", "entity": "here", "language": "fr"}
    assert client.post("/people/invitation", data=typed | {"email": "nia"}).status_code == 422
    assert client.post("/people/invitation", data=typed | {"entity": "there"}).status_code == 422
    assert client.post("/people/invitation", data=typed | {"entity": ""}).status_code == 422
    assert client.post("/people/invitation", data=typed).status_code == 303
    # someone elsewhere: the same answer, and no letter
    assert client.post("/people/invitation", data=typed | {"email": "far@demo.example"}).status_code == 303
    with db.unit_of_work(write=False):
        letters = [(x.address, x.kind, x.language) for x in db.session.scalars(sa.select(Letter))]
        nia = db.session.scalars(sa.select(Person).where(Person.email == "nia@demo.example")).one()
        assert nia.entity.slug == "here"
    assert letters == [("nia@demo.example", "invitation", "fr")]
