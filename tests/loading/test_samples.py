"""The sample organisation: its people can sign in, its past is alive, and who is shown is ready for what is shown."""

import shutil
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from advocacy import db, storage
from advocacy.accounts import passwords, queries
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitState
from advocacy.guidelines import queries as guidelines
from advocacy.leaderboards.models import BoardChoice, Points
from advocacy.links.models import Click, ClickDay
from advocacy.loading import command, samples
from advocacy.loading.samples.studio import REMARK
from advocacy.mail.models import Letter, LetterState
from advocacy.sharing import queries as sharing
from advocacy.sharing.models import Delivery, DeliveryState, Share
from advocacy.training.models import Certificate, QuizTry
from tests.yardstick import yardstick

SAMPLES = Path(__file__).parents[2] / "samples"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def person(name: str) -> Person:
    found = queries.with_email(f"{name}@demo.example")
    assert found is not None
    return found


def rows() -> dict[str, int]:
    return {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for name, table in db.Model.metadata.tables.items()
    }


@pytest.fixture
def files(tmp_path: Path) -> Iterator[None]:
    before = storage._folder
    storage.configure(tmp_path / "files")
    yield
    storage._folder = before


@pytest.fixture
def demo(database: str, files: None) -> float:
    """A demo's first start; how long this process worked on it, in yardsticks."""
    before, began = yardstick(), time.process_time()
    samples.load(SAMPLES, password="advocacy-demo", at=NOW, base_url="http://localhost:8000")
    took = time.process_time() - began
    return took / statistics.mean([before, yardstick()])


def test_the_first_start_is_alive_and_in_order(demo: float) -> None:
    # Fifteen as a rule, which is five seconds on a quick machine: a slow one makes no slow product.
    assert demo < 40
    with db.unit_of_work(write=False):
        _check_people()
        _check_ada()
        _check_studio()
        _check_posts()
        _check_times()
    _check_loading_over_it()


def _check_people() -> None:
    with_password = sa.select(sa.func.count(Person.id)).where(Person.password_hash.is_not(None))
    assert db.session.scalar(with_password) == 6
    assert passwords.matches(person("olga").password_hash, "advocacy-demo")
    joined = sa.select(sa.func.count(Person.id)).where(Person.joined_at.is_not(None))
    assert 85 <= (db.session.scalar(joined) or 0) <= 96
    assert db.session.scalar(sa.select(sa.func.count(Person.id)).where(Person.left_at.is_not(None))) == 1
    assert db.session.scalar(sa.select(sa.func.count(Person.id)).where(Person.not_now_at.is_not(None)))
    for name in ("olga", "hana", "carl", "ines"):
        assert person(name).joined_at is None


def _check_ada() -> None:
    """She can share at once: three clicks from home."""
    ada = person("ada")
    assert not sharing.before_sharing(ada, at=NOW)
    assert sharing.connections_of(ada) is not None
    overdue = [
        one
        for one in db.session.scalars(sa.select(Person))
        if any(reading.due_at and reading.due_at < NOW for reading in guidelines.to_read(one, NOW))
    ]
    assert 10 <= len(overdue) <= 60
    assert ada not in overdue
    assert person("olga") not in overdue


def _check_studio() -> None:
    states = Counter(db.session.scalars(sa.select(Kit.state)))
    assert states == {KitState.APPROVED: 7, KitState.IN_REVIEW: 1, KitState.DRAFT: 1}
    carl, ines = person("carl"), person("ines")
    waiting = db.session.scalars(sa.select(Kit).where(Kit.state == KitState.IN_REVIEW)).one()
    assert waiting.author == ines
    assert waiting.open_review is not None
    draft = db.session.scalars(sa.select(Kit).where(Kit.state == KitState.DRAFT)).one()
    assert draft.author == carl
    for kit in db.session.scalars(sa.select(Kit).where(Kit.state == KitState.APPROVED)):
        assert kit.announced_at == kit.publish_at
        assert all(review.decider != kit.author for review in kit.reviews)
    remarks = [review.remark for kit in db.session.scalars(sa.select(Kit)) for review in kit.reviews]
    assert REMARK in remarks


def _check_posts() -> None:
    states = Counter(db.session.scalars(sa.select(Delivery.state)))
    assert states[DeliveryState.POSTED] > 100
    assert DeliveryState.SENT not in states, "no network was called, so nothing was sent"
    for delivery in db.session.scalars(sa.select(Delivery)):
        assert delivery.connection_id is None
        assert delivery.disclosure in delivery.text
        assert delivery.link is None or f"http://localhost:8000/l/{delivery.link.code}" in delivery.text
    assert db.session.scalar(sa.select(sa.func.sum(ClickDay.clicks)))
    assert db.session.scalar(sa.select(sa.func.count(Click.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Certificate.id)))
    assert False in set(db.session.scalars(sa.select(QuizTry.passed)))
    assert len(set(db.session.scalars(sa.select(BoardChoice.appearance)))) == 2
    assert set(db.session.scalars(sa.select(Letter.state))) == {LetterState.SENT}


def _check_times() -> None:
    """All of it lies in the past, and the last days are not empty."""
    for moment in (Points.earned_at, Share.created_at, Delivery.ended_at, Letter.sent_at):
        latest = db.session.scalar(sa.select(sa.func.max(moment)))
        assert latest is not None
        assert latest <= NOW
    latest = db.session.scalar(sa.select(sa.func.max(Share.created_at)))
    assert latest is not None
    assert latest > NOW - timedelta(days=4)
    weeks = {(NOW - at).days // 7 for at in db.session.scalars(sa.select(Points.earned_at))}
    assert weeks >= set(range(8))


def _check_loading_over_it() -> None:
    """A second load changes nothing, save that the kit that waits for its reviewer has one in the folder."""
    with db.unit_of_work(write=False):
        before = rows()
    for _ in range(2):
        assert command.load(SAMPLES, dry_run=False, skip_bad=False, at=NOW + timedelta(days=1)) == 0
    with db.unit_of_work(write=False):
        after = rows()
        assert {name for name in after if after[name] != before[name]} <= {"audit_lines"}
        assert KitState.IN_REVIEW not in set(db.session.scalars(sa.select(Kit.state)))


def test_the_same_seed_plays_the_same_past(database: str, files: None, tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLES, tmp_path / "samples")
    told = (folder / "sample.toml").read_text("utf-8")
    told = told.replace("weeks = 8", "weeks = 2").replace("champions = 96", "champions = 8")
    (folder / "sample.toml").write_text(told, "utf-8")

    def play() -> tuple[dict[str, int], list[object]]:
        samples.load(folder, password="advocacy-demo", at=NOW)
        with db.unit_of_work(write=False):
            return rows(), list(db.session.scalars(sa.select(Share.created_at).order_by(Share.id)))

    first = play()
    assert first[1]
    with db.unit_of_work():
        for table in reversed(db.Model.metadata.sorted_tables):
            db.session.execute(sa.delete(table))
    assert play() == first


def test_a_sample_folder_that_is_not_in_order_says_so(database: str, tmp_path: Path) -> None:
    (tmp_path / "sample.toml").write_text('password = "x"\nsign_inn = []\n')
    with pytest.raises(ValueError, match=r"sample.toml:2:1: sign_inn: this key is not known here"):
        samples.load(tmp_path, password="x", at=NOW)
