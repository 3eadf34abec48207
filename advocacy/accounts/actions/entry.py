"""The ways in: one-time links, invitations, passwords, and the very first administrator."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries, reach, rules, sessions
from advocacy.accounts.actions.people import about, add_person, end_links, grant
from advocacy.accounts.models import (
    Entity,
    LinkRequest,
    Person,
    SetupLink,
    SignInLink,
)
from advocacy.audit import actions as audit
from advocacy.errors import N_, Missing, Refused
from advocacy.mail import actions as mail
from advocacy.permissions import Role


def invite(
    email: str,
    name: str,
    *,
    by: Person | None,
    at: datetime,
    entity: Entity | None = None,
    language: str = "en",
) -> Person:
    """Write to someone with a link to choose a password, writing her down first if she is new.

    Whom `by` may not see gets no letter, and `by` is not told. Raises Refused for what is no address, and for someone
    who is suspended.
    """
    if not rules.is_email(rules.tidy_email(email) or ""):
        raise Refused(N_("This is not an e-mail address, such as ada@example.com."), field="email")
    if by is not None:
        reach.check_place(entity, by)
    person = queries.with_email(email)
    if person is None:
        person = _written_down(email, name, entity, language, by=by, at=at)
    elif by is not None and not reach.reaches(person, by, "person.edit"):
        return person
    if not person.is_active:
        raise Refused(
            N_("This account is suspended. Let this person in again first, then invite."), field="email"
        )
    send_link(person, purpose=rules.INVITATION, at=at)
    audit.record("person.invite", by=by, at=at, about=about(person))
    return person


def _written_down(
    email: str, name: str, entity: Entity | None, language: str, *, by: Person | None, at: datetime
) -> Person:
    person = add_person(
        name=name or email.strip().partition("@")[0],
        email=email,
        entity=entity,
        country=entity.country if entity else "",  # as loading does: what is not said is her company's
        time_zone=entity.time_zone if entity else "UTC",
        language=language,
        by=by,
        at=at,
    )
    db.session.flush()
    return person


def ask_for_link(address: str, *, onward: str = "/", at: datetime) -> None:
    """Note that a link is asked for; who stands behind the address is looked up later, so that no answer tells."""
    db.session.add(LinkRequest(address=address[:320], onward=onward, asked_at=at))


def answer_next_request(*, at: datetime) -> bool:
    """Write the letter that was asked for first, if the address is someone's; False when nobody waits."""
    first = sa.select(LinkRequest).order_by(LinkRequest.id).limit(1).with_for_update(skip_locked=True)
    request = db.session.scalars(first).first()
    if request is None:
        return False
    person = queries.with_email(request.address)
    if person is not None and at < request.asked_at + rules.link_life(rules.SIGN_IN):
        send_link(person, onward=request.onward, at=at)
    db.session.delete(request)
    return True


def send_link(person: Person, *, at: datetime, purpose: str = rules.SIGN_IN, onward: str = "/") -> None:
    """Write someone a letter with a link that signs her in once."""
    if not person.is_active or not person.email:
        return
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignInLink(
            key_hash=sessions.hashed(secret),
            person_id=person.id,
            purpose=purpose,
            created_at=at,
            expires_at=at + rules.link_life(purpose),
        )
    )
    kind = "invitation" if purpose == rules.INVITATION else "sign_in_link"
    mail.write(person, kind=kind, values={"next": onward}, sealed={"secret": secret}, at=at)


def use_link(link: SignInLink, *, at: datetime) -> Person:
    """Use a one-time link, and with it every other one that waits for this person; raises Missing the second time."""
    used = db.session.execute(
        sa.update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.expires_at > at)
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise Missing(N_("This link was used or ended before, or its time has passed. Ask for a new one."))
    end_links(link.person_id, at=at)
    return link.person


def accept_invitation(link: SignInLink, password_hash: str, *, at: datetime) -> Person:
    """Use an invitation by choosing a password."""
    person = use_link(link, at=at)
    set_password(person, password_hash, by=person, at=at)
    return person


def make_setup_link(*, at: datetime) -> str:
    """Make the one-time link that creates the first administrator, and return its secret; older ones end.

    One of this very moment stays: of two servers that start together only one gets the port, perhaps the other one.
    """
    older = SetupLink.created_at < at - rules.STARTING
    db.session.execute(sa.delete(SetupLink).where(SetupLink.used_at.is_(None), older))
    secret = secrets.token_urlsafe(32)
    db.session.add(SetupLink(key_hash=sessions.hashed(secret), created_at=at))
    db.session.flush()
    return secret


def invite_first_administrator(
    link: SetupLink, *, name: str, email: str, password_hash: str, language: str = "en", at: datetime
) -> Person:
    """Create the first administrator by a setup link, which ends all of them; raises Missing when there is one."""
    # in one order, so that of two who use two links at once one waits for the other, and then finds none
    unused = sa.select(SetupLink.id).where(SetupLink.used_at.is_(None)).order_by(SetupLink.id)
    waiting = db.session.scalars(unused.with_for_update()).all()
    if link.id not in waiting or queries.has_administrator():
        raise Missing(N_("This link was used before."))
    db.session.execute(
        sa.update(SetupLink)
        .where(SetupLink.id.in_(waiting))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    person = queries.with_email(email) or add_person(
        name=name, email=email, language=language, by=None, at=at
    )
    person.password_hash, person.disabled_at = password_hash, None
    db.session.flush()
    end_links(person.id, at=at)
    grant(person, Role.ADMIN, by=None, at=at)
    return person


def set_password(
    person: Person, password_hash: str, *, by: Person | None, at: datetime, keep: str | None = None
) -> None:
    """Keep the hash of someone's new password; her sessions end, save the one with the code `keep`, and her links."""
    person.password_hash = password_hash
    sessions.end_all(person, at=at, but=keep)
    end_links(person.id, at=at)
    audit.record("person.password", by=by, at=at, about=about(person))
