"""The small interface that each network's module answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from advocacy.errors import Reason
from advocacy.sharing.networks.abilities import Abilities as Abilities
from advocacy.sharing.networks.outcome import Expired as Expired
from advocacy.sharing.networks.outcome import Lost as Lost
from advocacy.sharing.networks.outcome import NeedsReconnecting as NeedsReconnecting
from advocacy.sharing.networks.outcome import Outcome as Outcome
from advocacy.sharing.networks.outcome import Permanent as Permanent
from advocacy.sharing.networks.outcome import Temporary as Temporary

if TYPE_CHECKING:
    from advocacy.http import Outbound


class Visibility(StrEnum):
    """Who sees a post; a network without such a choice takes `public` alone."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "private"


@dataclass(frozen=True)
class Client:
    """Our application at a network, as the operator's settings name it; "" where there is none.

    `website` is our own address; `trusts_duplicates` lets a duplicate's refusal stand for the answer that was lost.
    """

    id: str = ""
    secret: str = field(default="", repr=False)
    website: str = ""
    trusts_duplicates: bool = False


@dataclass(frozen=True)
class Registration:
    """This product's own account with one server of a network (`client_secret` is to be sealed at rest)."""

    server: str
    redirect_uri: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tokens:
    """What a network gave us to act for a person; `expires_at` is None where tokens do not end."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What else the module needs at each call (a proof key, an issuer); sealed with the tokens."""


@dataclass(frozen=True)
class Departure:
    """Where a person is sent to allow us to post, and what the module wants back then (sealed meanwhile)."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """Whose account it is: `remote_id` is the network's stable id, `handle` what people call it.

    `server` is where its posts are made, where that is another one than its tokens came from.
    """

    remote_id: str
    handle: str
    display_name: str
    url: str
    server: str = ""


@dataclass(frozen=True)
class Limits:
    """What a server takes: lengths in the network's own units, sizes in bytes, 0 meaning that no limit is known."""

    characters: int
    url_length: int = 0
    text_bytes: int = 0
    images: int = 0
    image_bytes: int = 0
    alt_characters: int = 0
    media_types: tuple[str, ...] = ()
    idempotent_seconds: int = 0


@dataclass(frozen=True)
class Count:
    """A text's length as the network counts it; `warn` from nine tenths of what is allowed."""

    used: int
    allowed: int
    warn: bool

    @property
    def left(self) -> int:
        """How much may still be written; negative when there is too much."""
        return self.allowed - self.used


@dataclass(frozen=True)
class Image:
    """A picture to be posted, with its description for those who do not see it."""

    data: bytes = field(repr=False)
    media_type: str
    alt: str = ""


@dataclass(frozen=True)
class Card:
    """How a link is shown beneath a post; `thumbnail` is a picture of ours."""

    url: str
    title: str
    description: str = ""
    thumbnail: Image | None = None


@dataclass(frozen=True)
class Post:
    """What a person wants to say: the words as typed, their language (BCP 47), pictures, and who sees it.

    `card` is for networks that make none by themselves; `reshare_of` is the network's id of a post to pass on.
    """

    text: str
    language: str
    images: Sequence[Image] = ()
    visibility: Visibility = Visibility.PUBLIC
    card: Card | None = None
    reshare_of: str = ""
    is_paid: bool = False


@dataclass(frozen=True)
class Turn:
    """One turn at posting: `key` and `first_at` are the same at every turn of a post.

    `is_repeat` says that the answer of an earlier turn was lost, so that the post may be there already.
    """

    key: str
    first_at: datetime
    is_repeat: bool = False


@dataclass(frozen=True)
class Sought:
    """A post of ours to be looked for among a person's own: its words, and the short link that only it carries."""

    text: str
    link: str
    since: datetime


@dataclass(frozen=True)
class Figures:
    """What others did with a post; None where the network does not tell."""

    views: int | None = None
    reactions: int | None = None
    replies: int | None = None
    reshares: int | None = None


@dataclass(frozen=True)
class Posted:
    """A post that stands on the network."""

    remote_id: str
    url: str


class Preview(Protocol):
    """What a page needs to show a post as a network will show it; needs no connection."""

    slug: str
    name: str
    icon: str

    def count(self, text: str, limits: Limits) -> Count:
        """The text's length by this network's own rule."""
        ...

    def problems(self, text: str, images: Sequence[Image], limits: Limits) -> list[Reason]:
        """Everything for which the network would refuse this post."""
        ...

    def fold(self, text: str, language: str) -> int:
        """How many leading characters of the text stand before "read more": text[:fold] is seen at once."""
        ...


class Network(Preview, Protocol):
    """A network on which a person's own account can be connected; every verb raises an `Outcome` when it fails.

    `server` is where the account lives (`https://host`); a network with one server alone takes its own address.
    Only `publish` can end `Lost`.
    """

    can: Abilities
    is_ready: bool
    """Whether the operator has set what it needs."""

    def server_address(self, outbound: Outbound, typed: str) -> str:
        """The server that a person means by what she typed; raises Permanent if it cannot be one."""
        ...

    def default_limits(self) -> Limits:
        """The limits to go by as long as the server was not asked."""
        ...

    def limits(self, outbound: Outbound, server: str) -> Limits:
        """The server's own limits, or the network's defaults where it does not say; never raises."""
        ...

    def repeat_seconds(self, told: int) -> int:
        """For how many seconds a repeat under one key is harmless now; `told` is what its limits said at connecting."""
        ...

    def register(
        self, outbound: Outbound, server: str, redirect_uri: str, app_name: str, website: str
    ) -> Registration:
        """Introduces this product to a server; to be kept for each (server, redirect_uri)."""
        ...

    def depart(
        self,
        outbound: Outbound,
        registration: Registration,
        state: str,
        *,
        typed: str = "",
        again: bool = False,
        reading: bool = False,
    ) -> Departure:
        """Where the person allows us to post.

        `typed` is what she typed of herself, `again` asks her to sign in although she is, `reading` asks for her
        own posts too.
        """
        ...

    def issuer(self, registration: Registration, secret: str) -> str:
        """Who has to have sent her back, where the answer names an issuer (RFC 9207); `secret` is `depart`'s."""
        ...

    def exchange(self, outbound: Outbound, registration: Registration, code: str, secret: str) -> Tokens:
        """Trades the callback's code for tokens; `secret` is what `depart` gave."""
        ...

    def renew(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> Tokens:
        """New tokens for old; raises NeedsReconnecting only where the network says that these are dead."""
        ...

    def revoke(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> None:
        """Gives the tokens back; a token that is dead already is no error."""
        ...

    def identity(self, outbound: Outbound, server: str, tokens: Tokens) -> Identity:
        """Whose account the tokens open."""
        ...

    def publish(self, outbound: Outbound, server: str, tokens: Tokens, post: Post, turn: Turn) -> Posted:
        """Posts, pictures first; only here can an answer be `Lost`."""
        ...

    def find(self, outbound: Outbound, server: str, tokens: Tokens, sought: Sought) -> Posted | None:
        """The person's own post that is sought, if reading was allowed and it is there."""
        ...

    def delete(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str) -> None:
        """Takes a post down; one that is gone already is no error."""
        ...

    def figures(
        self, outbound: Outbound, server: str, tokens: Tokens, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """What others did with her posts, by id; posts that are gone are left out."""
        ...
