"""What is done to people, seen in rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import actions, queries, sessions
from advocacy.accounts.models import Grant, Person, SignedIn, SignInLink
from advocacy.audit.models import AuditLine
from advocacy.errors import Missing, Refused
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_entity, make_person, make_team, make_topic


def verbs():
    return list(db.session.scalars(sa.select(AuditLine.verb).order_by(AuditLine.id)))


def test_add_person_and_update_person(unit, at):
    entity = make_entity()
    team = make_team(entity)
    root = make_person(roles=[Role.ADMIN])
    ada = actions.add_person(name="Ada", email=" ADA@demo.example", staff_id="N1", by=None, at=at)
    bo = actions.add_person(name="Bo", entity=entity, team=team, by=root, at=at)
    db.session.flush()
    assert queries.with_email("Ada@demo.example") is ada and queries.with_staff_id("N1") is ada
    assert not ada.is_champion and ada.password_hash is None and bo.team is team
    changes = {"email": "ADA@new.example", "name": "Ada", "entity": entity}
    assert actions.update_person(ada, by=None, at=at, **changes) == ["email", "entity"]
    assert actions.update_person(ada, by=root, at=at, **changes) == []
    assert actions.update_person(ada, by=root, at=at, name="Ada N.") == ["name"]
    with pytest.raises(ValueError, match="joined_at"):
        actions.update_person(ada, by=None, at=at, joined_at=at)
    assert verbs() == ["person.add", "person.update"]


def test_invite_writes_down_whom_it_does_not_know(unit, at):
    nia = actions.invite("nia@demo.example", "Nia", by=None, at=at)
    assert actions.invite("NIA@demo.example", "Other name", by=None, at=at) is nia
    assert nia.name == "Nia" and verbs() == ["person.invite", "person.invite"]
    assert len(db.session.scalars(sa.select(Letter)).all()) == 2


def test_invite_gives_the_companys_country_and_time_zone(unit, at):
    ireland = make_entity("ireland", country="IE", time_zone="Europe/Dublin")
    nia = actions.invite("nia@demo.example", "Nia", by=None, at=at, entity=ireland)
    assert (nia.entity, nia.country, nia.time_zone) == (ireland, "IE", "Europe/Dublin")


def test_send_link_to_nobody_who_cannot_use_it(unit, at):
    actions.send_link(make_person(disabled_at=at), at=at)
    actions.send_link(make_person(email=None), at=at)
    assert db.session.scalar(sa.select(SignInLink.id)) is None


def test_a_letter_holds_no_secret_in_the_clear(unit, at):
    actions.send_link(make_person(), at=at)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.values == {"next": "/"} and "secret" not in letter.sealed


def test_use_link_ends_the_others(unit, at):
    ada = make_person()
    for _n in range(2):
        actions.send_link(ada, at=at)
    first, second = db.session.scalars(sa.select(SignInLink))
    assert actions.use_link(first, at=at) is ada
    for link in (first, second):
        with pytest.raises(Missing):
            actions.use_link(link, at=at)
    with pytest.raises(Missing):
        actions.send_link(ada, at=at)
        third = db.session.scalars(sa.select(SignInLink).order_by(SignInLink.id.desc())).first()
        actions.use_link(third, at=at + timedelta(minutes=15))


def waiting():
    return len(db.session.scalars(sa.select(SignInLink.id).where(SignInLink.used_at.is_(None))).all())


def test_a_new_address_ends_what_the_old_one_let_in(unit, at):
    nia = actions.invite("mistyped@elsewhere.example", "Nia", by=None, at=at)
    bo = actions.invite("bo@demo.example", "Bo", by=None, at=at)
    actions.send_link(nia, at=at)
    secrets = [sessions.start(person, device="theirs", at=at) for person in (nia, bo)]
    actions.update_person(nia, by=None, at=at, name="Nia N.", email="Mistyped@elsewhere.example")
    assert waiting() == 3 and all(sessions.look(one, at=at) for one in secrets), "her address is what it was"
    actions.update_person(nia, by=None, at=at, email="nia@demo.example")
    assert [sessions.look(one, at=at) is None for one in secrets] == [True, False]
    assert waiting() == 1 and db.session.scalars(
        sa.select(SignInLink.person_id).where(SignInLink.used_at.is_(None))
    ).all() == [bo.id]


def test_a_new_password_and_signing_out_elsewhere_end_the_links(unit, at):
    ada, root = make_person(), make_person(roles=[Role.ADMIN])
    for act in (
        lambda: actions.set_password(ada, "hash", by=ada, at=at),
        lambda: actions.end_sessions(ada, by=ada, at=at, but="here"),
        lambda: actions.end_sessions(ada, by=root, at=at),
    ):
        actions.send_link(ada, at=at)
        assert waiting() == 1
        act()
        assert waiting() == 0


def test_the_first_administrators_own_links_end_with_her_password(unit, at):
    actions.send_link(make_person(email="root@demo.example"), at=at)
    link = queries.setup_link(actions.make_setup_link(at=at))
    actions.invite_first_administrator(link, name="R", email="root@demo.example", password_hash="h", at=at)
    assert waiting() == 0


def test_the_setup_link_works_until_there_is_an_administrator(unit, at):
    staff = make_person(email="root@demo.example", disabled_at=at)
    link = queries.setup_link(actions.make_setup_link(at=at))
    root = actions.invite_first_administrator(
        link, name="Root", email="root@demo.example", password_hash="hash", at=at
    )
    assert root is staff and root.is_active and root.may("role.grant")
    second = queries.setup_link(actions.make_setup_link(at=at))
    assert second is None and queries.has_administrator()
    with pytest.raises(Missing):
        actions.invite_first_administrator(link, name="Eve", email="eve@x.example", password_hash="h", at=at)


def test_setup_links_of_one_moment_are_good_until_one_is_used(unit, at):
    first, second = (actions.make_setup_link(at=at + timedelta(seconds=n)) for n in range(2))
    one, other = queries.setup_link(first), queries.setup_link(second)
    assert one is not None and other is not None, "the server that printed the first may have got the port"
    new = {"name": "Root", "email": "root@demo.example", "password_hash": "hash", "at": at}
    actions.invite_first_administrator(one, **new)
    db.session.execute(sa.delete(Grant))
    assert not queries.has_administrator()
    assert queries.setup_link(first) is queries.setup_link(second) is None
    with pytest.raises(Missing):
        actions.invite_first_administrator(other, **new)


def test_a_later_setup_link_ends_those_before(unit, at):
    first = actions.make_setup_link(at=at)
    assert queries.setup_link(actions.make_setup_link(at=at + timedelta(minutes=6)))
    assert queries.setup_link(first) is None


def test_sessions_of_others_are_ended_within_reach(unit, at):
    here, there = make_entity(), make_entity()
    root, ada = make_person(roles=[Role.ADMIN]), make_person(entity=here)
    local = make_person(entity=there)
    actions.grant(local, Role.ADMIN, entity=there, by=root, at=at)
    for _n in range(3):
        sessions.start(ada, device="", at=at)
    mine, *_others = db.session.scalars(sa.select(SignedIn))
    for act in (
        lambda: actions.end_session(mine, by=local, at=at),
        lambda: actions.end_sessions(ada, by=local, at=at),
    ):
        with pytest.raises(Missing):
            act()
    actions.end_session(mine, by=root, at=at)
    assert actions.end_sessions(ada, by=root, at=at) == 2
    assert queries.devices(ada, at=at) == []


def test_disable_and_enable_twice_do_it_once(unit, at):
    ada = make_person()
    for act in (actions.disable, actions.disable, actions.enable, actions.enable):
        act(ada, by=None, at=at)
    assert verbs() == ["person.disable", "person.enable"]


def test_grant_by_the_system_and_in_an_entity(unit, at):
    here, there = make_entity("here"), make_entity("there")
    ada, local = make_person(entity=here), make_person(entity=here)
    actions.grant(local, Role.ADMIN, entity=here, by=None, at=at)
    actions.grant(ada, Role.HR, entity=here, by=local, at=at)
    with pytest.raises(Missing):
        actions.grant(ada, Role.HR, entity=there, by=local, at=at)
    with pytest.raises(Refused):
        actions.grant(ada, Role.HR, by=local, at=at)
    actions.revoke(ada, Role.HR, entity=here, by=None, at=at)
    actions.revoke(ada, Role.HR, entity=here, by=local, at=at)
    assert ada.grants == []
    with pytest.raises(Missing):
        actions.invite("x@demo.example", "X", by=local, at=at)


def test_follow_and_unfollow(unit):
    ada, product, people = make_person(), make_topic("product"), make_topic("people")
    for topic in (product, product, people):
        actions.follow(ada, topic)
    actions.unfollow(ada, people)
    assert queries.followed(ada) == {product.id}
    assert [name for _topic, name in queries.topics("de")] == ["People", "Product"]


def test_change_language(unit):
    ada = make_person()
    actions.change_language(ada, "fr")
    assert ada.language == "fr"


def test_joining_is_ones_own_act_and_leaves_no_trail(unit, at):
    ada, eve = make_person(), make_person()
    for act in (actions.join, actions.not_now):
        with pytest.raises(Refused):
            act(ada, by=eve, at=at)
    actions.not_now(ada, by=ada, at=at)
    assert ada.not_now_at == at
    actions.join(ada, by=ada, at=at)
    actions.join(ada, by=ada, at=at + timedelta(days=1))
    actions.not_now(ada, by=ada, at=at)
    assert ada.joined_at == at and ada.not_now_at is None and verbs() == []
    back = make_champion(left_at=at)
    actions.join(back, by=back, at=at)
    assert back.is_champion


def test_samples_come_in_order_and_with_a_password_only(unit):
    for name, password in (("b", "x"), ("a", "x"), ("c", None)):
        make_person(email=f"{name}@demo.example", password_hash=password)
    emails = [f"{name}@demo.example" for name in "abc"]
    assert [person.email for person in queries.samples(emails)] == emails[:2]


def test_is_empty(unit):
    assert queries.is_empty()
    make_person()
    assert not queries.is_empty() and db.session.scalar(sa.select(sa.func.count(Person.id))) == 1
