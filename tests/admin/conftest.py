"""Administrators of the group and of one company, signed in."""

import pytest

from advocacy import db
from advocacy.accounts.models import Entity, Grant
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_entity, make_person


def made(make, *args, **values):
    with db.unit_of_work():
        return make(*args, **values)


@pytest.fixture
def root(client):
    person = made(make_person, "Root", roles=[Role.ADMIN])
    client.sign_in(person)
    return person


@pytest.fixture
def nordlys(root):
    return made(make_entity, "nordlys", name="Nordlys")


@pytest.fixture
def local(client, root, nordlys):
    """Signed in as an administrator of Nordlys alone."""
    with db.unit_of_work():
        person = make_person("Local")
        person.grants = [Grant(role=Role.ADMIN, entity=db.session.get(Entity, nordlys.id), granted_at=AT)]
    client.sign_in(person)
    return person
