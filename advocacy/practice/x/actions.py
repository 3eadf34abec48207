"""What happens in X's mode: posting, deleting, uploading, taking permissions back, and a company's own posts."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.practice.models import Account
from advocacy.practice.store import Store
from advocacy.practice.x import counting, pictures, rules
from advocacy.practice.x.drafts import Draft
from advocacy.practice.x.models import Family, Post, Upload
from advocacy.practice.x.rules import Refusal
from advocacy.practice.x.troubles import PROBLEMS, duplicate, invalid

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def publish(store: Store, family: Family, draft: Draft, *, at: datetime) -> Post:
    """Publish a post; raises Refusal, also when the same author sent just that text lately."""
    with store.writing() as session:
        _check_media(session, draft, family.account_id, at)
        if draft.quoted is not None and living(session, draft.quoted) is None:
            raise invalid("The post to be quoted does not exist.", quote_tweet_id=draft.quoted)
        theirs = Post.account_id == family.account_id, Post.created_at > at - rules.DUPLICATE_LIFE
        same = select(Post.id).where(*theirs, Post.sent == draft.text, Post.deleted_at.is_(None))
        if draft.text.strip() and session.scalar(same.limit(1)) is not None:
            raise duplicate()
        post = _post(draft, str(family.account_id), family.account.username, at)
        post.account_id, post.app = family.account_id, family.app
        session.add(post)
    return post


def _post(draft: Draft, author_id: str, username: str, at: datetime, number: int | None = None) -> Post:
    number = number or rules.number_at(at)
    text, urls = shortened(draft.text)
    for address, shown, more in _attached(draft, username, number):
        link = short_link()
        text = f"{text} {link}" if text else link
        start = len(text) - len(link)
        urls.append(entity(link, address, shown, start) | more)
    return Post(
        id=number,
        author_id=author_id,
        sent=draft.text,
        text=text,
        entities={"urls": urls},
        media=list(draft.media),
        quoted=None if draft.quoted is None else int(draft.quoted),
        reply_settings=draft.reply_settings,
        paid=draft.paid,
        with_ai=draft.with_ai,
        created_at=at,
    )


def _attached(draft: Draft, username: str, number: int) -> list[tuple[str, str, dict[str, str]]]:
    """The links that X itself adds to a text: one for the pictures, or one for what is quoted."""
    if draft.media:
        address, shown = f"https://x.com/{username}/status/{number}/photo/1", f"pic.x.com/{_chance(10)}"
        return [(address, shown, {"media_key": f"3_{one}"}) for one in draft.media[:1]]
    if draft.quoted is not None:
        address = f"https://x.com/i/web/status/{draft.quoted}"
        return [(address, counting.display(address), {})]
    return []


def _chance(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def short_link() -> str:
    """A new t.co link, 23 characters long."""
    return f"https://t.co/{_chance(10)}"


def escaped(text: str) -> str:
    """A text as the API tells it: with &amp;, &lt; and &gt;."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str) -> tuple[str, list[dict[str, Any]]]:
    """A text as X keeps it: every link a t.co link, and what each of them stands for."""
    kept, urls = "", []
    for piece in counting.pieces(text):
        if piece.kind == "link":
            link = short_link()
            urls.append(entity(link, piece.address, counting.display(piece.address), len(kept)))
            kept += link
        else:
            kept += escaped(piece.text)
    return kept, urls


def entity(link: str, address: str, shown: str, start: int) -> dict[str, Any]:
    """What a t.co link stands for, and where it is in the text (x-api/fundamentals/data-dictionary)."""
    where = {"start": start, "end": start + len(link)}
    return {**where, "url": link, "expanded_url": address, "display_url": shown}


def _check_media(session: Session, draft: Draft, owner: int, at: datetime) -> None:
    found = session.scalars(select(Upload).where(Upload.id.in_([int(one) for one in draft.media])))
    usable = {str(one.id) for one in found if one.account_id == owner and one.expires_at > at}
    if not usable.issuperset(draft.media):
        raise invalid("Your media IDs are invalid.", **{"media.media_ids": list(draft.media)})


def living(session: Session, number: str | int) -> Post | None:
    """A post that was not deleted."""
    return session.scalar(select(Post).where(Post.id == int(number), Post.deleted_at.is_(None)))


def delete(store: Store, number: str, owner: int, *, at: datetime) -> None:
    """Delete an own post; raises Refusal 404, or 403 for somebody else's."""
    with store.writing() as session:
        post = living(session, number)
        if post is None:
            detail = f"Could not find tweet with id: [{number}]."
            raise Refusal(404, detail, "Not Found Error", PROBLEMS + "resource-not-found")
        if post.account_id != owner:
            raise Refusal(403, "You are not authorized to delete this Tweet.")
        post.deleted_at = at


def upload(store: Store, owner: int, data: bytes, media_type: str | None, *, at: datetime) -> Upload:
    """Keep a picture for a day."""
    picture = pictures.accept(data, media_type)
    media = Upload(id=rules.number_at(at), account_id=owner, alt_text="", expires_at=at + rules.MEDIA_LIFE)
    for name, value in vars(picture).items():
        setattr(media, name, value)
    with store.writing() as session:
        session.add(media)
    return media


def describe(store: Store, number: str, owner: int, text: str, *, at: datetime) -> None:
    """Give an own picture the words that stand for it; raises Refusal 400."""
    mine = Upload.id == int(number), Upload.account_id == owner, Upload.expires_at > at
    with store.writing() as session:
        changed = update(Upload).where(*mine).values(alt_text=text).returning(Upload.id)
        if session.scalar(changed) is None:
            raise invalid("Your media IDs are invalid.", **{"$.id": number})


def see(store: Store, number: int) -> None:
    """Count that somebody looked at a post."""
    with store.writing() as session:
        session.execute(update(Post).where(Post.id == number).values(views=Post.views + 1))


def end_family(session: Session, family_id: str, at: datetime) -> None:
    """End a family: every token in it."""
    theirs = Family.id == family_id, Family.revoked_at.is_(None)
    session.execute(update(Family).where(*theirs).values(revoked_at=at))


def forget_app(store: Store, account: Account, client_id: str, *, at: datetime) -> None:
    """Take back everything an application may do for an account."""
    theirs = Family.account_id == account.id, Family.client_id == client_id, Family.revoked_at.is_(None)
    with store.writing() as session:
        session.execute(update(Family).where(*theirs).values(revoked_at=at))


def open_company(store: Store) -> None:
    """Put the company's own posts there, unless they are."""
    company = rules.COMPANY
    with store.writing() as session:
        for number, text in company.posts:
            if session.get(Post, number) is None:
                at = rules.moment_of(number)
                session.add(_post(Draft(text), company.id, company.username, at, number))
