"""What happens in Bluesky's mode: repositories are opened, records written and deleted, files uploaded."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.cids import RAW, NotData, cid, plain, record_cid
from advocacy.practice.bluesky.lexicon import Invalid, blobs, check_record
from advocacy.practice.bluesky.models import AppPassword, Blob, Entry, Grant, Repo
from advocacy.practice.bluesky.pictures import accept
from advocacy.practice.bluesky.rules import Refusal, invalid
from advocacy.practice.models import Account
from advocacy.practice.store import Store


@dataclass(frozen=True)
class Draft:
    """A record that is to be written: `swap` is what must stand there, and not being sent is no demand."""

    collection: str
    rkey: str
    value: dict[str, Any]
    cid: str
    status: str | None
    swaps: bool = False
    swap: str | None = None
    swap_commit: str | None = None


@dataclass(frozen=True)
class Written:
    """What a write came to; without a commit when nothing had to change."""

    uri: str
    cid: str
    commit: dict[str, str] | None
    status: str | None = None
    created: bool = False

    def shape(self) -> dict[str, Any]:
        """The answer's body (com.atproto.repo.putRecord#output)."""
        commit = {"commit": self.commit} if self.commit else {}
        status = {"validationStatus": self.status} if self.status else {}
        return {"uri": self.uri, "cid": self.cid} | commit | status


def open_repos(store: Store, *, at: datetime) -> None:
    """Give everybody who has none an identity, an empty repository and a first app password."""
    with store.reading() as session:
        missing = list(session.scalars(select(Account).where(Account.id.not_in(select(Repo.account_id)))))
    with store.writing() as session:
        for one in missing:
            name, password = one.username, rules.app_password_of(one.username)
            repo = Repo(
                account_id=one.id, did=rules.did_of(name), handle=rules.handle_of(name), rev="", head=""
            )
            _commit(repo, "", at)
            own = AppPassword(account_id=one.id, name="First", password=password, created_at=at)
            session.add_all([repo, own])


def draft(sent: dict[str, Any], rkey: str) -> Draft:
    """A record as it was sent, checked against its lexicon (com.atproto.repo.putRecord)."""
    collection, value = sent["collection"], sent["record"]
    if collection in _TID_KEYED and not rules.TID.fullmatch(rkey):
        raise invalid(f'Invalid record key for {collection}: Invalid TID string (got "{rkey}") at $')
    value = {"$type": collection} | plain(value)
    if value["$type"] != collection:
        raise invalid(f"Invalid $type: expected {collection}, got {value['$type']}")
    try:
        address = record_cid(value)
    except NotData as error:
        raise invalid(str(error)) from None
    status = _status(collection, value, sent.get("validate"))
    swap, swap_commit = sent.get("swapRecord"), sent.get("swapCommit")
    return Draft(collection, rkey, value, address, status, "swapRecord" in sent, swap, swap_commit)


def _status(collection: str, value: dict[str, Any], validate: bool | None) -> str | None:
    """What is said of a record: valid, or unknown; nothing when it was not to be checked."""
    if validate is False:
        return None
    try:
        known = check_record(collection, value)
    except Invalid as error:
        raise invalid(f"Invalid {collection} record: {error}") from None
    if validate and not known:
        raise invalid(f"Lexicon not found: {collection}")
    return "valid" if known else "unknown"


_TID_KEYED = (rules.POST, "app.bsky.feed.like", "app.bsky.feed.repost")


def put(store: Store, grant: Grant, one: Draft, *, at: datetime) -> Written:
    """Write a record, or find it there already: the same one again changes nothing (repo.putRecord)."""
    with store.writing() as session:
        repo, entry = _place(session, grant, one)
        uri = uri_of(repo.did, one.collection, one.rkey)
        if entry is not None and entry.cid == one.cid:
            return Written(uri, one.cid, None, one.status)
        _check_swap(repo, entry, one)
        _check_blobs(session, grant, one)
        created = entry is None
        if entry is None:
            session.add(_entry(grant, one, at))
        else:
            for name, value in _held(one).items():
                setattr(entry, name, value)
        return Written(uri, one.cid, _commit(repo, one.cid, at), one.status, created)


def create(store: Store, grant: Grant, one: Draft, *, at: datetime) -> Written:
    """Write a new record; a key that is taken is no clean conflict but a 500, as at the real one."""
    with store.writing() as session:
        repo, entry = _place(session, grant, one)
        if entry is not None:
            raise Refusal(500, "InternalServerError", "Internal Server Error")
        _check_swap(repo, None, one)
        _check_blobs(session, grant, one)
        session.add(_entry(grant, one, at))
        uri = uri_of(repo.did, one.collection, one.rkey)
        return Written(uri, one.cid, _commit(repo, one.cid, at), one.status, True)


def remove(store: Store, account: Account, sent: dict[str, Any], *, at: datetime) -> dict[str, str] | None:
    """Delete a record; one that is not there is deleted already (repo.deleteRecord)."""
    with store.writing() as session:
        repo = session.get_one(Repo, account.id)
        entry = find(session, account.id, sent["collection"], sent["rkey"])
        if entry is None:
            return None
        if sent.get("swapRecord") not in (None, entry.cid):
            raise invalid(f"Record was at {entry.cid}", "InvalidSwap")
        session.delete(entry)
        return _commit(repo, "", at)


def new_key(at: datetime) -> str:
    """A key for a record that came without one."""
    return rules.tid(int(at.timestamp() * 1_000_000) << 10 | secrets.randbits(10))


def find(session: Session, account_id: int, collection: str, rkey: str) -> Entry | None:
    """The record at a key."""
    here = Entry.account_id == account_id, Entry.collection == collection, Entry.rkey == rkey
    return session.scalar(select(Entry).where(*here))


def uri_of(did: str, collection: str, rkey: str) -> str:
    """A record's address (specs/at-uri-scheme)."""
    return f"at://{did}/{collection}/{rkey}"


def _place(session: Session, grant: Grant, one: Draft) -> tuple[Repo, Entry | None]:
    return session.get_one(Repo, grant.account_id), find(session, grant.account_id, one.collection, one.rkey)


def _entry(grant: Grant, one: Draft, at: datetime) -> Entry:
    where = {"account_id": grant.account_id, "collection": one.collection, "rkey": one.rkey}
    return Entry(**where, **_held(one), app=grant.name, indexed_at=at)


def _held(one: Draft) -> dict[str, Any]:
    return {"cid": one.cid, "value": one.value, "valid": one.status == "valid"}


def _check_swap(repo: Repo, entry: Entry | None, one: Draft) -> None:
    if one.swap_commit not in (None, repo.head):
        raise invalid(f"Commit was at {repo.head}", "InvalidSwap")
    there = entry.cid if entry else None
    if one.swaps and one.swap != there:
        raise invalid(f"Record was at {there or 'null'}", "InvalidSwap")


def _check_blobs(session: Session, grant: Grant, one: Draft) -> None:
    """Every file a record shows was uploaded by the same person, and is what the record says."""
    for said in blobs(one.value):
        blob = session.get(Blob, (grant.account_id, said["ref"]["$link"]))
        if blob is None:
            raise invalid(f"Could not find blob: {said['ref']['$link']}", "BlobNotFound")
        if blob.mime != said["mimeType"]:
            words = f"Expected: {blob.mime}, Got: {said['mimeType']}"
            raise invalid(f"Referenced Mimetype does not match stored blob. {words}", "InvalidMimeType")
        if blob.size != said["size"]:
            words = f"Expected: {blob.size}, Got: {said['size']}"
            raise invalid(f"Referenced size does not match stored blob. {words}", "InvalidSize")


def _commit(repo: Repo, data: str, at: datetime) -> dict[str, str]:
    """A new revision: later than the last whatever the clock says, with an address of its own."""
    number = int(at.timestamp() * 1_000_000) << 10
    repo.rev = rules.tid(max(number, rules.tid_number(repo.rev) + 1 if repo.rev else 0))
    repo.head = record_cid({"did": repo.did, "version": 3, "rev": repo.rev, "prev": None, "data": data})
    return {"cid": repo.head, "rev": repo.rev}


def upload(store: Store, account: Account, data: bytes, mime: str, *, at: datetime) -> Blob:
    """Keep a file under the name that its content gives it (repo.uploadBlob)."""
    if not data:
        raise invalid("The file is empty")
    file = accept(data, mime)
    blob = Blob(account_id=account.id, cid=cid(data, RAW), created_at=at, **vars(file))
    with store.writing() as session:
        session.merge(blob)
    return blob


def end_grant(store: Store, account: Account, grant_id: int, *, at: datetime) -> None:
    """Take back what an app may do."""
    own = Grant.id == grant_id, Grant.account_id == account.id
    with store.writing() as session:
        session.execute(update(Grant).where(*own).values(ended_at=at))


def make_app_password(store: Store, account: Account, name: str, *, at: datetime) -> None:
    """Make a further app password (server.createAppPassword)."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    password = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
    with store.writing() as session:
        session.add(AppPassword(account_id=account.id, name=name, password=password, created_at=at))


def revoke_app_password(store: Store, account: Account, number: int, *, at: datetime) -> None:
    """Forget an app password, and end the sessions that it began (server.revokeAppPassword)."""
    own = AppPassword.id == number, AppPassword.account_id == account.id
    with store.writing() as session:
        session.execute(delete(AppPassword).where(*own))
        begun = Grant.app_password_id == number, Grant.account_id == account.id, Grant.ended_at.is_(None)
        session.execute(update(Grant).where(*begun).values(ended_at=at))
