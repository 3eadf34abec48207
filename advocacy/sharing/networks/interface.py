"""The small interface that each network's module answers, and the ways in which a call to a network can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from advocacy.errors import Reason, Refused

if TYPE_CHECKING:
    from advocacy.http import Outbound


class Visibility(StrEnum):
    """Who sees a post; a network without such a choice takes `public` alone."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "private"


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


@dataclass(frozen=True)
class Identity:
    """Whose account it is: `remote_id` is the network's stable id, `handle` what people call it."""

    remote_id: str
    handle: str
    display_name: str
    url: str


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
class Post:
    """What a person wants to say: the words as typed, their language (BCP 47), pictures, and who sees it."""

    text: str
    language: str
    images: Sequence[Image] = ()
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True)
class Posted:
    """A post that stands on the network."""

    remote_id: str
    url: str


class Outcome(Refused):
    """A call to a network that did not do what was asked; `reason` says why, in words with what to do."""

    retry_after: int | None = None
    retry_at: datetime | None = None
    status_code: int | None = None
    """What the network answered by HTTP, if it answered."""


class Temporary(Outcome):
    """Nothing was posted and trying again is safe: after `retry_after` seconds or at `retry_at`, if it said."""

    def __init__(
        self, reason: Reason, *, retry_after: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(reason[0], **reason[1])
        self.retry_after, self.retry_at = retry_after, retry_at


class Permanent(Outcome):
    """Nothing was posted and trying again will not help."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason[0], **reason[1])


class NeedsReconnecting(Permanent):
    """Nothing was posted: the network no longer takes our token, so the person has to connect the account again."""


class Lost(Outcome):
    """The request went out and its answer was lost: it may have been posted; never repeat it on a guess."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason[0], **reason[1])


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
    """A network on which a person's own account can be connected; every verb raises an `Outcome` when it fails."""

    idempotent_seconds: int
    """How long a repeat under the same key is known to be harmless, at best; `Limits` says it of one server."""
    readable: bool
    """Whether own posts can be looked up, if the person allowed reading."""
    can_delete: bool
    needs_server: bool
    """Whether the person has to name a server first."""

    def server_address(self, outbound: Outbound, typed: str) -> str:
        """The server's address, `https://host`, from what a person typed; raises Permanent if it cannot be one."""
        ...

    def default_limits(self) -> Limits:
        """The limits to go by as long as the server was not asked."""
        ...

    def limits(self, outbound: Outbound, server: str) -> Limits:
        """The server's own limits, or the network's defaults where it does not say; never raises."""
        ...

    def register(
        self, outbound: Outbound, server: str, redirect_uri: str, app_name: str, website: str
    ) -> Registration:
        """Introduces this product to a server; to be kept for each (server, redirect_uri)."""
        ...

    def authorise_url(
        self,
        registration: Registration,
        redirect_uri: str,
        state: str,
        verifier: str,
        *,
        force_login: bool = False,
        reading: bool = False,
    ) -> str:
        """Where the person allows us to post; `reading` asks for her own posts too (no outside call is made)."""
        ...

    def exchange(
        self, outbound: Outbound, registration: Registration, redirect_uri: str, code: str, verifier: str
    ) -> Tokens:
        """Trades the callback's code for tokens."""
        ...

    def revoke(self, outbound: Outbound, registration: Registration, tokens: Tokens) -> None:
        """Gives the tokens back; a token that is dead already is no error."""
        ...

    def identity(self, outbound: Outbound, server: str, tokens: Tokens) -> Identity:
        """Whose account the tokens open."""
        ...

    def upload_media(self, outbound: Outbound, server: str, tokens: Tokens, image: Image) -> str:
        """Hands a picture over and returns its media id, once it is ready to be attached."""
        ...

    def publish(
        self, outbound: Outbound, server: str, tokens: Tokens, post: Post, idempotency_key: str
    ) -> Posted:
        """Posts, pictures first; only here can an answer be `Lost`."""
        ...

    def delete(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str) -> None:
        """Takes a post down; one that is gone already is no error."""
        ...

    def find(
        self, outbound: Outbound, server: str, tokens: Tokens, text: str, since: datetime
    ) -> Posted | None:
        """The person's own post with these words made at or after `since`, if reading was allowed and it is there."""
        ...
