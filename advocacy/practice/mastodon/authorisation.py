"""The OAuth 2 authorisation server: Authlib's, with PKCE S256 demanded of every client."""

from __future__ import annotations

import hmac
import secrets
from typing import Any, ClassVar

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, InvalidScopeError, OAuth2Request, grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask
from sqlalchemy import select, update

from advocacy.practice.mastodon import rules
from advocacy.practice.mastodon.models import App, Code, Token
from advocacy.practice.models import Account
from advocacy.practice.store import digest, practice
from advocacy.practice.wire import note


class Client(ClientMixin):
    """A registered app, in the words of Authlib."""

    def __init__(self, app: App) -> None:
        self.app = app

    def get_client_id(self) -> str:
        """Its public name."""
        return self.app.client_id

    def get_default_redirect_uri(self) -> None:
        """Never a default: the address must be said."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scopes asked for, or None when one was not registered."""
        return rules.subset(scope, self.app.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exactly one of the registered addresses."""
        return redirect_uri in self.app.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether the secret is the one told at registration."""
        return hmac.compare_digest(self.app.secret_digest, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Only confidential clients."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Only codes."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Codes and the app's own token; Mastodon gives no refresh tokens."""
        return grant_type in ("authorization_code", "client_credentials")


class Grant:
    """An authorisation code, in the words of Authlib."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.code_challenge, self.code_challenge_method = code.challenge, "S256"

    def get_redirect_uri(self) -> str:
        """Where the code was sent."""
        return self.code.redirect_uri

    def get_scope(self) -> str:
        """What the person allowed."""
        return self.code.scope


class WrongChallengeMethod(InvalidRequestError):
    """Any method but S256."""

    error = "invalid_code_challenge_method"
    description = "The code_challenge_method must be S256."


class DemandedChallenge(CodeChallenge):
    """PKCE that nobody may leave out, since Authlib would bind public clients only."""

    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar[list[str]] = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse an authorisation without an S256 challenge."""
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            raise InvalidRequestError("Missing required parameter: code_challenge.")
        if data.get("code_challenge_method") != "S256":
            raise WrongChallengeMethod()
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: Any, result: Any) -> None:
        """Refuse a code without its verifier."""
        if not grant.request.form.get("code_verifier"):
            raise InvalidRequestError("Missing required parameter: code_verifier.")
        super().validate_code_verifier(grant, result)


class CodeGrant(grants.AuthorizationCodeGrant):
    """Codes that live ten minutes and work once; a second use revokes what the first one gave."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic", "client_secret_post"]

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Keep a code until it is exchanged."""
        data, here = request.payload.data, practice()
        row = Code(
            digest=digest(code),
            app_id=request.client.app.id,
            account_id=request.user.id,
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            challenge=data["code_challenge"],
            expires_at=here.clock() + rules.CODE_LIFE,
        )
        with here.store.writing() as session:
            session.add(row)

    def query_authorization_code(self, code: str, client: Client) -> Grant | None:
        """The code, if it is this client's, fresh and unused."""
        here = practice()
        own = Code.digest == digest(code), Code.app_id == client.app.id
        with here.store.reading() as session:
            row = session.scalar(select(Code).where(*own))
        if row is None or row.expires_at <= here.clock():
            return None
        if row.used_at is None:
            return Grant(row)
        self._reused(row)
        return None

    def authenticate_user(self, authorization_code: Grant) -> Account | None:
        """Use the code up, in one statement, and say whose it is."""
        here, row = practice(), authorization_code.code
        unused = Code.id == row.id, Code.used_at.is_(None)
        with here.store.writing() as session:
            claim = update(Code).where(*unused).values(used_at=here.clock()).returning(Code.id)
            claimed = session.scalar(claim) is not None
            account = session.get(Account, row.account_id)
        if claimed:
            return account
        self._reused(row)
        return None

    def _reused(self, row: Code) -> None:
        at = practice().clock()
        with practice().store.writing() as session:
            session.execute(update(Code).where(Code.id == row.id).values(reused_at=at))
            session.execute(update(Token).where(Token.code_id == row.id).values(revoked_at=at))

    def delete_authorization_code(self, authorization_code: Grant) -> None:
        """Keep it: a used code must be known when it comes back."""


class AppGrant(grants.ClientCredentialsGrant):
    """An app's own token, that stands for nobody."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic", "client_secret_post"]

    def validate_requested_scope(self) -> None:
        """Only scopes that the app registered."""
        if self.request.client.get_allowed_scope(self.request.payload.scope) is None:
            raise InvalidScopeError()


class Revocation(RevocationEndpoint):
    """POST /oauth/revoke (RFC 7009)."""

    CLIENT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic", "client_secret_post"]

    def query_token(self, token_string: str, token_type_hint: str | None) -> Any:
        """The token, whosever it is."""
        with practice().store.reading() as session:
            token = session.scalar(select(Token).where(Token.digest == digest(token_string)))
        return None if token is None else Issued(token)

    def revoke_token(self, token: Issued, request: OAuth2Request) -> None:
        """End a token."""
        kept = token.token
        note().app, note().account = kept.app.name, kept.username
        with practice().store.writing() as session:
            session.execute(update(Token).where(Token.id == kept.id).values(revoked_at=practice().clock()))


class Issued:
    """An access token, in the words of Authlib."""

    def __init__(self, token: Token) -> None:
        self.token = token

    def check_client(self, client: Client) -> bool:
        """Whether it was issued to this client."""
        return self.token.app_id == client.app.id


def find_client(client_id: str) -> Client | None:
    """The client of this public name."""
    with practice().store.reading() as session:
        app = session.scalar(select(App).where(App.client_id == client_id))
    return None if app is None else Client(app)


def new_token(client: Client, scope: str | None = None, **_: Any) -> dict[str, Any]:
    """A token as Mastodon answers it: without end, without a refresh token."""
    created = int(practice().clock().timestamp())
    allowed = client.get_allowed_scope(scope)
    return {
        "access_token": secrets.token_urlsafe(32),
        "token_type": "Bearer",
        "scope": allowed,
        "created_at": created,
    }


def save_token(token: dict[str, Any], request: OAuth2Request) -> None:
    """Keep a token's digest, tied to the code it came from."""
    grant: Grant | None = getattr(request, "authorization_code", None)
    account: Account | None = request.user
    app = request.client.app
    note().app, note().account = app.name, account.username if account else None
    at = practice().clock()
    row = Token(digest=digest(token["access_token"]), app_id=app.id, scope=token["scope"], created_at=at)
    row.account_id = account.id if account else None
    with practice().store.writing() as session:
        if grant is not None:
            row.code_id = grant.code.id
            row.revoked_at = session.scalar(select(Code.reused_at).where(Code.id == grant.code.id))
        session.add(row)


def authorisation_server(app: Flask) -> AuthorizationServer:
    """The server, ready for an app."""
    server = AuthorizationServer(app, query_client=find_client, save_token=save_token)
    server.register_token_generator("default", new_token)
    server.register_grant(CodeGrant, [DemandedChallenge()])
    server.register_grant(AppGrant)
    server.register_endpoint(Revocation)
    return server
