"""Connecting a Bluesky account by an app password, against the practice network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.practice.bluesky import rules as there
from advocacy.sharing import connecting, jobs, tokens
from advocacy.sharing.models import Connection, DeliveryState, Revocation
from tests.makers.accounts import make_person
from tests.makers.sharing import make_sharer
from tests.practice.network import PASSWORD, Network
from tests.sharing.anywhere import LEASE, OUT, Anywhere, Watch, anywhere, row

PAGE = "/connections/bluesky/password"
WORD = there.app_password_of("ada")
HANDLE = "ada.practice.test"


@pytest.fixture
def bluesky(app: Any, modes: dict[str, Network]) -> Iterator[Anywhere]:
    with anywhere("bluesky", modes, app, Watch()) as found:
        yield found


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    return ada


def account() -> Connection | None:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Connection)).one_or_none()


def test_an_app_password_connects_is_renewed_posts_and_is_given_back(
    client: Any, ada: Person, bluesky: Anywhere
) -> None:
    page = client.get(f"{PAGE}?back_to=/shares/").text
    assert "Never give us or anyone your own" in page and 'type="password"' in page
    assert page.count("btn-primary") == 1 and PAGE in client.get("/connections/").text
    sent = {"server": HANDLE, "word": WORD, "may_read": "y", "back_to": "/shares/"}
    answer = client.post(PAGE, data=sent)
    assert answer.status_code == 303 and answer.headers["Location"] == "/shares/"
    made = account()
    assert made is not None and made.account == f"@{HANDLE}" and made.may_read and made.sealed_tokens
    assert WORD not in made.sealed_tokens and made.expires_at is None
    with db.unit_of_work(write=False):
        opened = connecting.unseal(made.code, made.sealed_tokens)
    assert WORD not in opened.as_text() and opened.refresh
    assert tokens.fresh(made.code, OUT, at=clock.now(), spent=opened.access).access != opened.access
    one = bluesky.share(made.id)
    bluesky.work()
    assert row(one).state is DeliveryState.SENT and bluesky.made() == 1
    client.post(f"/connections/{made.code}/disconnection")
    jobs.revoke_next(OUT, most=5, lease=LEASE)
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Revocation)).one().state == "done"
    assert bluesky.there.ledger("delete_session") or bluesky.there.ledger()


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"server": "", "word": "x"}, "server", "Type your handle"),
        ({"server": HANDLE, "word": ""}, "word", "Paste the app password"),
        ({"server": HANDLE, "word": "abcd-efgh-ijkl-mnop"}, "word", "does not know this password"),
        ({"server": HANDLE, "word": PASSWORD}, "word", "your account&#39;s own password"),
        ({"server": "nobody.practice.test", "word": WORD}, "server", ""),
    ],
)
def test_a_wrong_one_is_refused_beside_its_field_and_not_shown_again(
    client: Any, ada: Person, bluesky: Anywhere, sent: dict[str, str], field: str, words: str
) -> None:
    answer = client.post(PAGE, data=sent)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and words in answer.text
    assert not sent["word"] or f'value="{sent["word"]}"' not in answer.text
    assert account() is None


def test_only_champions_and_only_where_there_are_such_passwords(client: Any, bluesky: Anywhere) -> None:
    with db.unit_of_work():
        olga = make_person(created_at=clock.now())
    client.sign_in(olga)
    assert client.post(PAGE, data={"server": HANDLE, "word": WORD}).status_code == 403
    for network in ("linkedin", "mastodon", "nowhere"):
        assert client.get(f"/connections/{network}/password").status_code == 404
    assert account() is None


def test_the_account_of_a_colleague_is_refused_by_this_door_too(
    client: Any, new_client: Any, ada: Person, bluesky: Anywhere
) -> None:
    client.post(PAGE, data={"server": HANDLE, "word": WORD})
    with db.unit_of_work():
        olga = make_sharer()
    answer = new_client().sign_in(olga).post(PAGE, data={"server": HANDLE, "word": WORD})
    assert answer.status_code == 409 and "colleague already" in answer.text
    made = account()
    assert made is not None and made.person_id == ada.id
