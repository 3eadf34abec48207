"""What the practice network says about itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from advocacy.practice.mastodon import rules
from advocacy.practice.mastodon.guard import guard
from advocacy.practice.store import practice

bp = Blueprint("instance", __name__)
guard(bp)

TITLE = "Practice network"
ABOUT = "A social network to practise on. Nothing here leaves this computer."
VERSION = "4.5.0+practice"


def configuration() -> dict[str, Any]:
    """The limits, as both versions of the instance entity tell them."""
    return {
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "statuses": {
            "max_characters": rules.MAX_CHARACTERS,
            "max_media_attachments": rules.MAX_MEDIA,
            "characters_reserved_per_url": rules.CHARACTERS_PER_URL,
        },
        "media_attachments": {
            "description_limit": rules.MAX_DESCRIPTION,
            "supported_mime_types": list(rules.IMAGE_TYPES.values()),
            "image_size_limit": rules.IMAGE_SIZE_LIMIT,
            "image_matrix_limit": rules.IMAGE_MATRIX_LIMIT,
            "video_size_limit": 0,
            "video_frame_rate_limit": 0,
            "video_matrix_limit": 0,
        },
        "polls": {"max_options": 0, "max_characters_per_option": 0, "min_expiration": 0, "max_expiration": 0},
    }


def _domain() -> str:
    return practice().public_url.split("://", 1)[1]


@bp.get("/api/v2/instance")
def show() -> Response:
    """The instance (methods/instance/#v2)."""
    url = practice().url
    more = {"urls": {"streaming": ""}, "vapid": {"public_key": ""}, "translation": {"enabled": False}}
    signup = {"enabled": False, "approval_required": False, "reason_required": False, "message": None}
    return jsonify(
        domain=_domain(),
        title=TITLE,
        version=VERSION,
        source_url=practice().public_url,
        description=ABOUT,
        usage={"users": {"active_month": 0}},
        thumbnail={"url": url("/static/header.svg"), "blurhash": None, "versions": {}},
        icon=[],
        languages=["en"],
        configuration=configuration() | more,
        registrations=signup | {"url": None, "min_age": None},
        api_versions={"mastodon": 7},
        contact={"email": "", "account": None},
        rules=[],
    )


@bp.get("/api/v1/instance")
def show_first_version() -> Response:
    """The instance as older clients ask for it (methods/instance/#v1)."""
    return jsonify(
        uri=_domain(),
        title=TITLE,
        short_description=ABOUT,
        description=ABOUT,
        email="",
        version=VERSION,
        urls={"streaming_api": ""},
        stats={"user_count": 0, "status_count": 0, "domain_count": 0},
        thumbnail=practice().url("/static/header.svg"),
        languages=["en"],
        registrations=False,
        approval_required=False,
        invites_enabled=False,
        configuration=configuration(),
        contact_account=None,
        rules=[],
    )


@bp.get("/.well-known/oauth-authorization-server")
def discover() -> Response:
    """The authorisation server's metadata (RFC 8414; methods/oauth/#authorization-server-metadata)."""
    url = practice().url
    return jsonify(
        issuer=url("/"),
        service_documentation="https://docs.joinmastodon.org/",
        authorization_endpoint=url("/oauth/authorize"),
        token_endpoint=url("/oauth/token"),
        app_registration_endpoint=url("/api/v1/apps"),
        revocation_endpoint=url("/oauth/revoke"),
        userinfo_endpoint=url("/oauth/userinfo"),
        scopes_supported=list(rules.SCOPE_WORDS),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "client_credentials"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        code_challenge_methods_supported=["S256"],
    )
