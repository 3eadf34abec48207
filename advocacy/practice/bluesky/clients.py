"""Who may ask: the localhost client, whose address is its own metadata (atproto.com/specs/oauth)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from advocacy.practice.bluesky.rules import Refusal

ORIGIN = "http://localhost"
DEFAULT_SCOPE = "atproto"
DEFAULT_REDIRECTS = ("http://127.0.0.1/", "http://[::1]/")


@dataclass(frozen=True)
class Client:
    """A public client on the person's own computer."""

    client_id: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]

    @property
    def name(self) -> str:
        """What people are told: it has no name of its own, and could say any."""
        return f"App at {urlsplit(self.redirect_uris[0]).netloc}"

    def may_return_to(self, uri: str) -> bool:
        """Whether an address is one of its own; one that names no port is good at any (RFC 8252 section 7.3)."""
        return any(uri == own or _same_but_port(own, uri) for own in self.redirect_uris)


def localhost_client(client_id: str) -> Client:
    """The client that an address describes; raises Refusal for all that would have to be fetched."""
    if client_id.startswith("https:"):
        words = "the practice network calls nobody: use the localhost client"
        raise Refusal(
            400, "invalid_client_metadata", f'Unable to obtain client metadata for "{client_id}": {words}'
        )
    wrong = Refusal(400, "invalid_client_metadata", f'Invalid client ID "{client_id}"')
    rest = client_id.removeprefix(ORIGIN)
    query = rest.removeprefix("/").removeprefix("?")
    if not client_id.startswith(ORIGIN) or "#" in rest or rest not in ("", "/", f"?{query}", f"/?{query}"):
        raise wrong
    told: dict[str, list[str]] = {"scope": [], "redirect_uri": []}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in told:
            raise wrong
        told[name].append(value)
    scopes, uris = told["scope"] or [DEFAULT_SCOPE], told["redirect_uri"] or list(DEFAULT_REDIRECTS)
    if len(scopes) > 1 or "atproto" not in scopes[0].split(" ") or not all(_is_loopback(uri) for uri in uris):
        raise wrong
    return Client(client_id, tuple(scopes[0].split(" ")), tuple(uris))


def _is_loopback(uri: str) -> bool:
    """An address of this computer by number; `localhost` by name is refused (RFC 8252 section 8.3)."""
    try:
        parts = urlsplit(uri)
        good = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.username is None and not parts.fragment
    return good and plain and parts.hostname in ("127.0.0.1", "::1")


def _same_but_port(own: str, uri: str) -> bool:
    if not _is_loopback(uri) or urlsplit(own).port is not None:
        return False
    return _without_port(urlsplit(own)) == _without_port(urlsplit(uri))


def _without_port(parts: SplitResult) -> tuple[str | None, ...]:
    return parts.scheme, parts.hostname, parts.path, parts.query
