"""Whose words were nearly these already; the answer is a figure, never a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.errors import N_, Reason
from advocacy.leaderboards import queries as leaderboards
from advocacy.sharing import likeness
from advocacy.sharing.models import Connection, Delivery, DeliveryState, Share

MOST_COMPARED = 10_000
"""So many of the newest posts on a network are compared."""
READ_WHOLE = 5
"""So many of those that come nearest by their marks are compared in full."""
ALIKE = N_(
    "These words are %(percent)s%% the same as another recent post. %(network)s forbids nearly the same post on"
    " several accounts, so from %(most)s%% on it does not go out. Say it in words of your own."
)
RESEMBLING = N_(
    "These words are %(percent)s%% the same as what colleagues posted on %(network)s lately; we say so from"
    " %(most)s%% on. Words of your own reach more people."
)
_OUT = (DeliveryState.SENT, DeliveryState.POSTED)
_UNDER_WAY = (DeliveryState.SENDING, DeliveryState.UNKNOWN)


@dataclass(frozen=True)
class Terms:
    """From how many per cent posts are alike, how many days count, and which networks refuse such posts."""

    percent: int = 80
    days: int = 14
    refuses: Callable[[str], bool] = lambda _network: False


@dataclass(frozen=True)
class Likeness:
    """How much (per cent) the words for a network are those of another post, out of how much they may be."""

    network: str
    percent: int
    most: int
    is_refused: bool

    @property
    def reason(self) -> Reason:
        """What is said of it."""
        name = leaderboards.network_names().get(self.network, self.network)
        values = {"network": name, "percent": self.percent, "most": self.most}
        return (ALIKE if self.is_refused else RESEMBLING), values


class Worded(Protocol):
    """A post that is to go out, or that has."""

    @property
    def network(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def disclosure(self) -> str: ...
    @property
    def connection(self) -> Connection | None: ...


_terms = [Terms()]


def configure(terms: Terms | None = None) -> None:
    """Go by these terms."""
    _terms[:] = [terms or Terms()]


def refuses_alike(network: str) -> bool:
    """Whether this network's rules forbid nearly the same words on several accounts."""
    return _terms[0].refuses(network)


class Recent:
    """What went out on one network lately, to be compared with what a person wants to say.

    Of colleagues alone; where the network refuses posts that are alike, on her own other accounts too.
    """

    def __init__(self, network: str, person: Person, connection: Connection | None, at: datetime) -> None:
        self.network, self.terms = network, _terms[0]
        self.is_strict = self.terms.refuses(network)
        rows = db.session.execute(self._chosen(person, connection, at)).all()
        self.marks = [(row.id, int.from_bytes(row.shingles or b"", "big")) for row in rows]

    def _chosen(
        self, person: Person, connection: Connection | None, at: datetime
    ) -> sa.Select[int, bytes | None]:
        since = at - timedelta(days=self.terms.days)
        hers = Share.person_id == person.id
        if self.is_strict:
            hers = sa.and_(hers, Delivery.connection_id.is_not_distinct_from(connection and connection.id))
        lately = sa.or_(
            sa.and_(Delivery.state.in_(_OUT), Delivery.sent_at > since),
            sa.and_(Delivery.state.in_(_UNDER_WAY), Delivery.first_tried_at > since),
        )
        rows = sa.select(Delivery.id, Delivery.shingles).join(Share).order_by(Delivery.id.desc())
        chosen = (Delivery.network == self.network, Delivery.shingles.is_not(None), ~hers, lately)
        return rows.where(*chosen).limit(MOST_COMPARED)

    def closest(self, words: str) -> Likeness | None:
        """How alike the nearest post is, if that is worth a word; takes what `likeness.own_words` gives."""
        bits = likeness.mark(words)
        if bits is None:
            return None
        mine = int.from_bytes(bits, "big")
        least = self.terms.percent / 100 - likeness.MARGIN
        near = [(how, key) for key, other in self.marks if (how := likeness.nearness(mine, other)) >= least]
        keys = [key for _how, key in sorted(near, reverse=True)[:READ_WHOLE]]
        rows = db.session.execute(sa.select(Delivery.text, Delivery.disclosure).where(Delivery.id.in_(keys)))
        most = max(
            (likeness.likeness(words, likeness.own_words(text, said)) for text, said in rows), default=0
        )
        return self.verdict(most)

    def verdict(self, share: float) -> Likeness | None:
        """What follows from a likeness (0 to 1) of two posts."""
        percent = likeness.per_cent(share)
        if percent < self.terms.percent:
            return None
        return Likeness(self.network, percent, self.terms.percent, self.is_strict)


def alike(post: Worded, person: Person, *, at: datetime) -> Likeness | None:
    """How alike a person's post is to what went out on its network lately, if that is worth a word."""
    recent = Recent(post.network, person, post.connection, at)
    return recent.closest(likeness.own_words(post.text, post.disclosure))


def refused_as_alike(posts: Iterable[Worded], person: Person, *, at: datetime) -> list[Reason]:
    """Why posts cannot go out that are nearly those of others, or of one another, where their network refuses that."""
    found, said = [], dict[str, list[str]]()
    for post in posts:
        if not refuses_alike(post.network):
            continue
        recent = Recent(post.network, person, post.connection, at)
        words = likeness.own_words(post.text, post.disclosure)
        among = max((likeness.likeness(words, one) for one in said.get(post.network, [])), default=0)
        found.append(recent.closest(words) or recent.verdict(among))
        said.setdefault(post.network, []).append(words)
    reasons = [one.reason for one in found if one is not None]
    return [one for number, one in enumerate(reasons) if one not in reasons[:number]]
