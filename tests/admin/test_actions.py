"""What an administrator does, on both databases."""

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant
from advocacy.admin import actions, personal_data, queries
from advocacy.admin.models import SetupStep
from advocacy.audit.models import AuditLine
from advocacy.errors import Missing, Refused
from advocacy.mail.models import LetterState
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_entity, make_person


def make_root(**values):
    return make_person("Root", roles=[Role.ADMIN], **values)


def make_admin_of(entity):
    person = make_person("Local")
    person.grants = [Grant(role=Role.ADMIN, entity=entity, granted_at=AT)]
    db.session.flush()
    return person


def verbs():
    return db.session.scalars(sa.select(AuditLine.verb).order_by(AuditLine.id)).all()


def test_dress_keeps_name_and_colour(unit, at):
    nordlys = make_entity()
    assert not actions.dress(nordlys, name="  Nordlys   Group ", accent="0E6271", by=make_root(), at=at)
    assert (nordlys.name, nordlys.accent) == ("Nordlys Group", "#0e6271")
    assert verbs() == ["entity.edit"]


def test_dress_darkens_what_cannot_be_read(unit, at):
    nordlys = make_entity()
    assert actions.dress(nordlys, name="Nordlys", accent="#ffcc00", by=make_root(), at=at)
    assert nordlys.accent != "#ffcc00"


def test_dress_says_nothing_when_nothing_changed(unit, at):
    nordlys = make_entity(name="Nordlys")
    assert not actions.dress(nordlys, name="Nordlys", accent="", by=make_root(), at=at)
    assert verbs() == []


@pytest.mark.parametrize(("name", "accent", "field"), [(" ", "", "name"), ("Nordlys", "mauve", "accent")])
def test_dress_refuses(unit, at, name, accent, field):
    with pytest.raises(Refused) as refused:
        actions.dress(make_entity(), name=name, accent=accent, by=make_root(), at=at)
    assert refused.value.field == field


def test_dress_is_for_those_who_administer_the_entity(unit, at):
    nordlys, other = make_entity(), make_entity()
    local = make_admin_of(nordlys)
    actions.dress(nordlys, name="N", accent="", by=local, at=at)
    with pytest.raises(Missing):
        actions.dress(other, name="N", accent="", by=local, at=at)


def test_choose_networks_changes_only_what_differs_and_only_hers(unit, at):
    nordlys, other = make_entity("nordlys"), make_entity("other")
    local = make_admin_of(nordlys)
    networks = ["mastodon", "x"]
    assert actions.choose_networks({("nordlys", "mastodon")}, networks, by=local, at=at) == 1
    assert queries.networks_off() == {(nordlys.id, "x")}
    assert actions.choose_networks({("nordlys", "x"), ("other", "x")}, networks, by=local, at=at) == 2
    assert queries.networks_off() == {(nordlys.id, "mastodon")}
    assert verbs() == ["network.off", "network.off", "network.on"] or sorted(verbs()) == sorted(
        ["network.off", "network.off", "network.on"]
    )
    assert (other.id, "x") not in queries.networks_off()


def test_mail_is_tested_by_a_letter_that_arrived(unit, at):
    root = make_root()
    with pytest.raises(Refused):
        actions.confirm_mail(by=root, at=at)
    letter = actions.send_test(by=root, at=at)
    with pytest.raises(Refused):
        actions.confirm_mail(by=root, at=at)
    letter.state, letter.sent_at = LetterState.SENT, at
    actions.confirm_mail(by=root, at=at)
    actions.confirm_mail(by=root, at=at)
    assert queries.setup_step("mail").done_by == root.id
    assert verbs() == ["mail.test", "mail.arrived", "mail.arrived"]


def test_send_test_needs_an_address(unit, at):
    with pytest.raises(Refused):
        actions.send_test(by=make_root(email=None), at=at)


def test_tick_takes_only_what_the_machine_cannot_see(unit, at):
    root = make_root()
    actions.tick("backup", by=root, at=at)
    assert queries.setup_step("backup").done_at == at
    with pytest.raises(Missing):
        actions.tick("mail", by=root, at=at)


def test_note_export_tells_how_many_lines(unit, at):
    actions.note_export(12, by=make_root(), at=at)
    assert db.session.scalar(sa.select(AuditLine)).details == {"lines": 12}


def test_personal_data(unit, at):
    root = make_root()
    actions.tick("backup", by=root, at=at)
    assert personal_data.export(root)["setup_steps_done"][0]["step"] == "backup"
    personal_data.erase(root, by=root, at=at)
    assert db.session.execute(sa.select(SetupStep.step, SetupStep.done_by)).all() == [("backup", None)]
