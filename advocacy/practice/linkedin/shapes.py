"""How a member looks in LinkedIn's JSON."""

from __future__ import annotations

from typing import Any

from advocacy.practice.models import Account

CLAIMS = ("name", "given_name", "family_name", "picture", "locale", "email", "email_verified")


def claims(scope: str, subject: str, account: Account, public_url: str) -> dict[str, Any]:
    """What these scopes tell of a member (sign-in-with-linkedin-v2#userinfo)."""
    given, _, family = account.display_name.partition(" ")
    told: dict[str, Any] = {"sub": subject}
    if "profile" in scope.split():
        told |= {"name": account.display_name, "given_name": given, "family_name": family}
        told |= {"picture": f"{public_url}/avatars/{account.username}.svg", "locale": "en-US"}
    if "email" in scope.split():
        told |= {"email": f"{account.username}@demo.example", "email_verified": True}
    return told
