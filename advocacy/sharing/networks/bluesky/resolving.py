"""From a handle, a DID or a server's address to an account and to who grants access to it (https://atproto.com/specs/oauth#identity-authentication)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

from advocacy.errors import N_, Reason
from advocacy.http import Outbound, OutboundError
from advocacy.sharing.networks import instance
from advocacy.sharing.networks.calls import call, clean, host_of, table, unanswered, web_address
from advocacy.sharing.networks.interface import Outcome, Permanent, Temporary

MOST_BYTES = 100_000
UNKNOWN = N_("There is no Bluesky account called %(name)s. Please check how it is written.")
STRANGE = N_("%(server)s does not answer like a Bluesky server. Please check the address.")
HANDLE = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
DID = re.compile(r"did:plc:[a-z2-7]{24}|did:web:[a-z0-9.-]{1,253}(?:%3A\d{1,5})?")
PROFILE = re.compile(r"(?:https?://[^/]+/profile/|at://)([^/?#]+)", re.IGNORECASE)
UNSEEN = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True)
class Account:
    """Whose it is, for ever; what people call it ("" unless it is true both ways); and the server that keeps it."""

    did: str
    handle: str
    pds: str


@dataclass(frozen=True)
class Grantor:
    """An authorisation server, and where it is asked for what."""

    issuer: str
    push: str
    authorise: str
    token: str
    revoke: str


@dataclass(frozen=True)
class Meant:
    """What a person meant: her account, or only a server at which to sign in."""

    server: str
    account: Account | None = None


def tidied(typed: str) -> str:
    """A handle, DID or address without what people and programs put around it: an @, a profile's page, marks unseen."""
    name = UNSEEN.sub("", typed)
    found = PROFILE.match(name)
    return (unquote(found[1]) if found else name).removeprefix("@")


def meant(outbound: Outbound, addresses: Mapping[str, str], typed: str) -> Meant:
    """The account that a person names, or else the server; raises Permanent if it is neither."""
    name = tidied(typed)
    if name.lower().startswith("did:"):
        found = account(outbound, addresses, name)
        return Meant(found.pds, found)
    handle = name.lower()
    did = did_of(outbound, addresses, handle) if HANDLE.fullmatch(handle) else ""
    if did:
        found = account(outbound, addresses, did, handle)
        return Meant(found.pds, found)
    return Meant(_server(outbound, name))


def _server(outbound: Outbound, name: str) -> str:
    try:
        server = instance.address(outbound, name)
        grantor(outbound, server)
    except Temporary as wrong:
        if "://" in name or ":" in name:
            raise
        raise Permanent(_unknown(name)) from wrong
    except Permanent as wrong:
        raise Permanent(_unknown(name)) from wrong
    return server


def did_of(outbound: Outbound, addresses: Mapping[str, str], handle: str) -> str:
    """The DID of a handle by a public resolver, else by its own site; "" if it has none (atproto.com/specs/handle)."""
    trouble: Temporary | None = None
    try:
        if found := resolved(outbound, addresses, handle):
            return found
    except Temporary as wrong:
        trouble = wrong
    found = said_at(outbound, f"https://{handle}")
    if not found and trouble is not None:
        raise trouble
    return found


def resolved(
    outbound: Outbound, addresses: Mapping[str, str], handle: str, *, total: float | None = None
) -> str:
    """What the public resolver says of a handle (com.atproto.identity.resolveHandle); raises Temporary."""
    url = f"{addresses['resolver']}?{urlencode({'handle': handle})}"
    try:
        said = table(call(outbound, "GET", url, max_bytes=MOST_BYTES, total=total)).get("did")
    except Permanent:
        return ""  # it knows no such handle
    return said if isinstance(said, str) and DID.fullmatch(said) else ""


def said_at(outbound: Outbound, site: str) -> str:
    """Whose name a site says that it is, "" if it says nothing."""
    try:
        answer = call(outbound, "GET", f"{site}/.well-known/atproto-did", max_bytes=MOST_BYTES)
    except Outcome:
        return ""
    said = answer.body[:300].decode("ascii", "replace").strip()
    return said if DID.fullmatch(said) else ""


def account(outbound: Outbound, addresses: Mapping[str, str], did: str, handle: str = "") -> Account:
    """The account with this DID, by its own document (atproto.com/specs/did); `handle` is how it was found."""
    if not DID.fullmatch(did):
        raise Permanent(_unknown(did))
    url = _document_address(outbound, addresses, did)
    document = _read(outbound, url)
    endpoint = _endpoint(document.get("service"), did)
    if document.get("id") != did or not endpoint:
        raise Permanent(_unknown(handle or did))
    claimed = _claimed(document.get("alsoKnownAs"))
    if handle:
        return Account(did, handle if handle in claimed else "", instance.address(outbound, endpoint))
    shown = claimed[0] if claimed and _leads_to(outbound, addresses, claimed[0], did) else ""
    return Account(did, shown, instance.address(outbound, endpoint))


def _document_address(outbound: Outbound, addresses: Mapping[str, str], did: str) -> str:
    if did.startswith("did:plc:"):
        return f"{addresses['directory']}/{quote(did, safe=':')}"
    return instance.address(outbound, unquote(did.removeprefix("did:web:"))) + "/.well-known/did.json"


def _leads_to(outbound: Outbound, addresses: Mapping[str, str], handle: str, did: str) -> bool:
    try:
        return did_of(outbound, addresses, handle) == did
    except Outcome:
        return False


def _claimed(names: Any) -> list[str]:
    known = [one for one in names if isinstance(one, str)] if isinstance(names, list) else []
    handles = [one.removeprefix("at://").lower() for one in known if one.startswith("at://")]
    return [one for one in handles if HANDLE.fullmatch(one)]


def _endpoint(kept: Any, did: str) -> str:
    for one in kept if isinstance(kept, list) else []:
        if isinstance(one, dict) and one.get("id") in ("#atproto_pds", f"{did}#atproto_pds"):
            return web_address(one.get("serviceEndpoint"))
    return ""


def grantor(outbound: Outbound, server: str) -> Grantor:
    """Who grants access to what a server keeps (RFC 9728, RFC 8414); a server may itself be who grants."""
    try:
        kept = _read(outbound, f"{server}/.well-known/oauth-protected-resource")
    except Permanent as wrong:
        if (wrong.status_code or 0) < 400:
            raise
        kept = {"authorization_servers": [server]}  # an entrance for several servers keeps nothing itself
    named = kept.get("authorization_servers")
    issuer = web_address(named[0]) if isinstance(named, list) and len(named) == 1 else ""
    if not issuer or str(kept.get("resource", server)).rstrip("/") != server:
        raise Permanent(strange(server))
    issuer = issuer.rstrip("/")
    return _grantor(_read(outbound, f"{issuer}/.well-known/oauth-authorization-server"), issuer)


def _grantor(said: dict[str, Any], issuer: str) -> Grantor:
    scopes = said.get("scopes_supported")
    push, authorise, token = (
        web_address(said.get(name))
        for name in ("pushed_authorization_request_endpoint", "authorization_endpoint", "token_endpoint")
    )
    speaks = isinstance(scopes, list) and "atproto" in scopes
    if said.get("issuer") != issuer or not (push and authorise and token and speaks):
        raise Permanent(strange(issuer))
    return Grantor(issuer, push, authorise, token, web_address(said.get("revocation_endpoint")))


def _read(outbound: Outbound, url: str) -> dict[str, Any]:
    """A JSON document from this very host: one that lives elsewhere says nothing of it."""
    answer = call(outbound, "GET", url, max_bytes=MOST_BYTES)
    if answer.host.lower() != host_of(url).lower():
        raise Permanent(strange(url))
    try:
        answer.json()
    except OutboundError as wrong:
        outcome = unanswered(wrong, url)
        raise Permanent(strange(url)) from outcome
    return table(answer)


def strange(url: str) -> Reason:
    """That a server speaks another language."""
    return STRANGE, {"server": host_of(url)}


def _unknown(name: str) -> Reason:
    return UNKNOWN, {"name": clean(name)[:100]}
