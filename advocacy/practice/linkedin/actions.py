"""What happens in LinkedIn's mode: posting, editing, deleting, uploading, and a company's own posts."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.practice.linkedin import pictures, rules
from advocacy.practice.linkedin.drafts import Draft, check_commentary
from advocacy.practice.linkedin.models import Fingerprint, Image, Member, Post, Refresh, Token
from advocacy.practice.linkedin.rules import Refusal
from advocacy.practice.linkedin.troubles import forbidden, wrong_input
from advocacy.practice.models import Account
from advocacy.practice.store import Store, digest


class Duplicate(Exception):
    """The same was posted before, under this URN."""

    def __init__(self, urn: str) -> None:
        super().__init__(urn)
        self.urn = urn


def publish(store: Store, token: Token, draft: Draft, *, at: datetime, again: bool = False) -> Post:
    """Publish a post; raises Duplicate when the same author sent just that lately, unless `again` lets it."""
    with store.writing() as session:
        _check_images(session, draft, at)
        if draft.parent is not None:
            _check_parent(session, draft.parent)
        mark = Fingerprint(author=draft.author, digest=digest(draft.whole), created_at=at)
        kept = session.get(Fingerprint, (mark.author, mark.digest))
        if kept is not None and kept.created_at > at - rules.DUPLICATE_LIFE and not again:
            raise Duplicate(kept.urn)
        post = _post(draft, token, at)
        mark.urn = post.urn
        session.add(post)
        session.merge(mark)
    return post


def _post(draft: Draft, token: Token, at: datetime) -> Post:
    number = rules.number_at(at)
    kind = "ugcPost" if "multiImage" in draft.content else "share"
    return Post(
        id=number,
        urn=f"urn:li:{kind}:{number}",
        author=draft.author,
        account_id=token.member.account_id,
        app=token.app,
        commentary=draft.commentary,
        visibility=draft.visibility,
        content=draft.content,
        parent=draft.parent,
        closed=draft.closed,
        created_at=at,
    )


def _check_images(session: Session, draft: Draft, at: datetime) -> None:
    for urn in draft.images:
        image = session.get(Image, urn.removeprefix("urn:li:image:"))
        if image is None or image.urn != urn:
            raise wrong_input(422, "INVALID_URN", f"{urn} is not an image")
        if image.owner != draft.author:
            raise forbidden(f"{draft.author} does not own {urn}")
        if image.content_type is None:
            raise wrong_input(422, "MEDIA_ASSET_WAITING_UPLOAD", f"{urn} was not uploaded")
        if image.ready_at is None or image.ready_at > at:
            raise wrong_input(422, "MEDIA_ASSET_PROCESSING", f"{urn} is still being processed")


def _check_parent(session: Session, urn: str) -> None:
    parent = session.scalar(select(Post).where(Post.urn == urn, Post.deleted_at.is_(None)))
    if parent is None:
        raise wrong_input(422, "INVALID_URN", f"The parent {urn} of the reshare was not found")
    if parent.closed or parent.visibility != "PUBLIC":
        raise wrong_input(422, "RESHARE_NOT_ALLOWED", f"{urn} cannot be reshared")


def latest(session: Session, author: str, *, at: datetime) -> Post | None:
    """An author's latest post by then, deleted or not."""
    theirs = Post.author == author, Post.created_at <= at
    return session.scalar(select(Post).where(*theirs).order_by(Post.id.desc()).limit(1))


def own_post(session: Session, urn: str, author: str) -> Post:
    """The author's post of this URN, deleted or not; raises Refusal 404 or 403."""
    post = session.scalar(select(Post).where(Post.urn == urn))
    if post is None:
        raise Refusal(404, f"Post {urn} was not found", code="RESOURCE_NOT_FOUND", serviceErrorCode=0)
    if post.author != author:
        raise forbidden(f"{author} may not change {urn}")
    return post


def edit(store: Store, urn: str, author: str, commentary: str, *, at: datetime) -> Post:
    """Give an own post another text."""
    with store.writing() as session:
        post = own_post(session, urn, author)
        if post.deleted_at is not None:
            raise Refusal(404, f"Post {urn} was deleted", code="RESOURCE_NOT_FOUND", serviceErrorCode=0)
        check_commentary(commentary, alone=not post.content and post.parent is None)
        post.commentary, post.edited_at = commentary, at
    return post


def delete(store: Store, urn: str, author: str, *, at: datetime) -> None:
    """Delete an own post; the second time nothing happens."""
    with store.writing() as session:
        post = own_post(session, urn, author)
        post.deleted_at = post.deleted_at or at


def delete_by_hand(store: Store, urn: str, account: Account, *, at: datetime) -> None:
    """Delete an own post on its page, whichever app made it; raises Refusal 404."""
    mine = Post.urn == urn, Post.account_id == account.id, Post.deleted_at.is_(None)
    with store.writing() as session:
        if session.scalar(update(Post).where(*mine).values(deleted_at=at).returning(Post.id)) is None:
            raise Refusal(404, "Not found")


def expect_upload(store: Store, owner: str, *, at: datetime) -> Image:
    """An image that may be uploaded, once its ticket is shown."""
    image = Image(
        id="C4E" + secrets.token_hex(8).upper(),
        owner=owner,
        ticket=secrets.token_urlsafe(24),
        expires_at=at + rules.UPLOAD_LIFE,
    )
    with store.writing() as session:
        session.add(image)
    return image


def upload(
    store: Store, image_id: str, ticket: str, owner: str, data: bytes, *, at: datetime, wait: float
) -> None:
    """Keep an image's file, ready after `wait` seconds; raises Refusal."""
    with store.reading() as session:
        image = session.get(Image, image_id)
    if image is None or not secrets.compare_digest(image.ticket, ticket):
        raise Refusal(404, "Upload not found")
    if image.owner != owner:
        raise forbidden(f"{owner} does not own {image.urn}")
    if image.expires_at <= at:
        raise Refusal(400, "The upload URL has expired")
    values = {**vars(pictures.accept(data)), "ready_at": at + timedelta(seconds=wait)}
    with store.writing() as session:
        session.execute(update(Image).where(Image.id == image_id).values(values))


def forget_app(store: Store, account: Account, client_id: str, *, at: datetime) -> None:
    """Take back everything an application may do for an account."""
    known = select(Member.subject).where(Member.account_id == account.id, Member.client_id == client_id)
    with store.writing() as session:
        revoke(session, known, at)


def revoke(session: Session, subjects: object, at: datetime) -> None:
    """Revoke all tokens that stand for these members."""
    for kind in (Token, Refresh):
        theirs = kind.subject.in_(subjects), kind.revoked_at.is_(None)  # type: ignore[arg-type]
        session.execute(update(kind).where(*theirs).values(revoked_at=at))


def open_company_page(store: Store) -> None:
    """Put the company's own posts there, unless they are."""
    page = rules.COMPANY
    with store.writing() as session:
        for number, commentary, source, title in page.posts:
            if session.get(Post, number) is None:
                post = Post(id=number, urn=f"urn:li:share:{number}", author=page.urn, commentary=commentary)
                post.content = {"article": {"source": source, "title": title}}
                post.visibility, post.closed, post.created_at = "PUBLIC", False, rules.moment_of(number)
                session.add(post)
