"""The one recurring job: noting what went live."""

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.audit.models import AuditLine
from advocacy.content import jobs
from tests.makers.content import make_kit


@pytest.mark.usefixtures("database")
def test_publish_next_notes_each_kit_once() -> None:
    with db.unit_of_work():
        make_kit("one")
        make_kit("two")
    assert [jobs.publish_next() for _ in range(3)] == [1, 1, 0]
    with db.unit_of_work(write=False):
        about = db.session.scalars(sa.select(AuditLine.about).where(AuditLine.verb == "kit.publish")).all()
    assert sorted(about) == ["kit:one", "kit:two"]
