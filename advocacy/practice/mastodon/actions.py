"""What happens in Mastodon's mode: registering, posting, deleting, uploading."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlalchemy.orm import Session

from advocacy.practice.mastodon import pictures, rules
from advocacy.practice.mastodon.models import App, IdempotencyKey, Media, Status, Token
from advocacy.practice.mastodon.rules import Refusal
from advocacy.practice.models import Account
from advocacy.practice.store import Store, digest
from advocacy.practice.text import graphemes


def register_app(
    store: Store, name: str, uris: list[str], scopes: str, website: str | None, *, at: datetime
) -> tuple[App, str]:
    """Register a client and return it with its secret, which is told only once."""
    _check_app(name, uris, scopes, website)
    secret = secrets.token_urlsafe(32)
    app = App(
        name=name,
        website=website or None,
        scopes=scopes,
        redirect_uris=uris,
        client_id=secrets.token_urlsafe(32),
        secret_digest=digest(secret),
        created_at=at,
    )
    with store.writing() as session:
        session.add(app)
    return app, secret


def _check_app(name: str, uris: list[str], scopes: str, website: str | None) -> None:
    if not name.strip():
        raise Refusal(422, "Validation failed: Application name can't be blank")
    if not uris or not all(_absolute(uri) for uri in uris):
        raise Refusal(422, "Validation failed: Redirect URI must be an absolute URI.")
    if any("#" in uri for uri in uris):
        raise Refusal(422, "Validation failed: Redirect URI cannot contain a fragment.")
    if not set(scopes.split()) <= set(rules.SCOPE_WORDS):
        raise Refusal(422, "Validation failed: Scopes doesn't match configured on the server.")
    if website and urlsplit(website).scheme not in ("http", "https"):
        raise Refusal(422, "Validation failed: Website must be a valid URL")


def _absolute(uri: str) -> bool:
    parts = urlsplit(uri)
    return uri == rules.OUT_OF_BAND or bool(parts.scheme and parts.netloc)


def upload(
    store: Store, account: Account, data: bytes, description: str | None, *, at: datetime, wait: float
) -> Media:
    """Keep a picture, ready after `wait` seconds of processing."""
    _check_description(description)
    picture = pictures.accept(data)
    media = Media(
        account_id=account.id,
        description=description,
        created_at=at,
        ready_at=at + timedelta(seconds=wait),
        **vars(picture),
    )
    with store.writing() as session:
        session.add(media)
    return media


def describe(store: Store, account: Account, media_id: int, description: str | None) -> Media:
    """Change the words that stand for a picture not yet attached."""
    _check_description(description)
    with store.writing() as session:
        media = loose_media(session, account, media_id)
        media.description = description
    return media


def _check_description(description: str | None) -> None:
    if graphemes(description or "") > rules.MAX_DESCRIPTION:
        limit = rules.MAX_DESCRIPTION
        raise Refusal(422, f"Validation failed: Description character limit of {limit} exceeded")


def loose_media(session: Session, account: Account, media_id: int) -> Media:
    """The account's own picture that no post holds yet; raises Refusal 404."""
    media = session.get(Media, media_id)
    if media is None or media.account_id != account.id or media.status_id is not None:
        raise Refusal(404, "Record not found")
    return media


def publish(
    store: Store, token: Token, draft: Status, media_ids: list[str], key: str | None, *, at: datetime
) -> tuple[Status, bool]:
    """Publish a post; the same Idempotency-Key within an hour gives the same post back, and False."""
    account = token.account
    assert account is not None
    with store.writing() as session:
        kept = session.get(IdempotencyKey, (account.id, key)) if key else None
        if kept is not None and kept.created_at > at - rules.IDEMPOTENCY_LIFE:
            return own_status(session, account, kept.status_id), False
        media = _attachable(session, account, media_ids, at=at)
        _check_draft(draft, media)
        draft.account_id, draft.app_id, draft.created_at = account.id, token.app_id, at
        session.add(draft)
        session.flush()
        for position, item in enumerate(media):
            item.status_id, item.position = draft.id, position
        if key:
            values = {"account_id": account.id, "key": key, "status_id": draft.id, "created_at": at}
            session.merge(IdempotencyKey(**values))
        session.flush()
        session.refresh(draft)
    return draft, True


def _check_draft(draft: Status, media: list[Media]) -> None:
    if not draft.text.strip() and not media:
        raise Refusal(422, "Validation failed: Text can't be blank")
    if rules.length(draft.text) + graphemes(draft.spoiler_text) > rules.MAX_CHARACTERS:
        raise Refusal(422, f"Validation failed: Text character limit of {rules.MAX_CHARACTERS} exceeded")
    if draft.visibility not in rules.VISIBILITIES:
        raise Refusal(422, "Validation failed: Visibility is not included in the list")


def _attachable(session: Session, account: Account, ids: list[str], *, at: datetime) -> list[Media]:
    if len(ids) > rules.MAX_MEDIA:
        raise Refusal(422, f"Cannot attach more than {rules.MAX_MEDIA} files")
    numbers = [int(i) for i in dict.fromkeys(ids) if i.isdecimal()]
    found = [m for m in (session.get(Media, n) for n in numbers) if m and m.account_id == account.id]
    loose = [m for m in found if m.status_id is None]
    missing = set(ids) - {str(m.id) for m in loose}
    if missing:
        raise Refusal(
            422, f"Media {', '.join(sorted(missing))} not found or already attached to another post"
        )
    if any(m.ready_at > at for m in loose):
        raise Refusal(422, "Cannot attach files that have not finished processing. Try again in a moment!")
    return loose


def own_status(session: Session, account: Account, status_id: int) -> Status:
    """The account's own post; raises Refusal 404."""
    status = session.get(Status, status_id)
    if status is None or status.account_id != account.id:
        raise Refusal(404, "Record not found")
    return status


def delete(store: Store, account: Account, status_id: int) -> Status:
    """Delete an own post; its pictures are loose again, so that it can be redrafted."""
    with store.writing() as session:
        status = own_status(session, account, status_id)
        session.delete(status)
        session.flush()
    return status


def forget_app(store: Store, account: Account, app_id: int, *, at: datetime) -> None:
    """Take back everything an app may do for an account."""
    own = Token.account_id == account.id, Token.app_id == app_id, Token.revoked_at.is_(None)
    with store.writing() as session:
        session.execute(update(Token).where(*own).values(revoked_at=at))
