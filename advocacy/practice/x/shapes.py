"""How users and posts look in X's JSON (x-api/fundamentals/data-dictionary)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.practice.models import Account
from advocacy.practice.x import rules
from advocacy.practice.x.models import Post
from advocacy.practice.x.troubles import not_for_you

#: What can be asked for; what is known to X but not held here is left out of answers, as X does with what is empty.
USER_FIELDS = (
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics "
    "receives_your_dm subscription subscription_type url username verified verified_followers_count verified_type "
    "withheld"
)
POST_FIELDS = (
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "media_metadata non_public_metrics note_tweet organic_metrics paid_partnership possibly_sensitive "
    "promoted_metrics public_metrics referenced_tweets reply_settings scopes source suggested_source_links text "
    "withheld made_with_ai"
)
PRIVATE = ("non_public_metrics", "organic_metrics", "promoted_metrics")
ALWAYS = ("id", "text", "edit_history_tweet_ids")


@dataclass(frozen=True)
class User:
    """A user: a person's account, or the company."""

    id: str
    username: str
    name: str
    created_at: datetime


def person(account: Account) -> User:
    """A person as a user."""
    return User(str(account.id), account.username, account.display_name, account.created_at)


def user(one: User, fields: list[str], public_url: str) -> dict[str, Any]:
    """A user with these fields more."""
    known = {
        "created_at": rules.told(one.created_at),
        "description": "",
        "profile_image_url": f"{public_url}/avatars/{one.username}.svg",
        "protected": False,
        "subscription_type": "None",
        "verified": False,
        "verified_type": "none",
    }
    asked = {name: known[name] for name in fields if name in known}
    return {"id": one.id, "name": one.name, "username": one.username, **asked}


def post(
    session: Session, one: Post, fields: list[str], viewer: str, at: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A post with these fields more, and what the viewer may not see of it."""
    known: dict[str, Any] = {"id": str(one.id), "text": one.text, "edit_history_tweet_ids": [str(one.id)]}
    known |= {
        "author_id": one.author_id,
        "conversation_id": str(one.id),
        "created_at": rules.told(one.created_at),
        "lang": "und",
        "reply_settings": one.reply_settings,
        "possibly_sensitive": False,
        "paid_partnership": one.paid,
        "made_with_ai": one.with_ai,
        "public_metrics": _figures(session, one),
    }
    if one.entities["urls"]:
        known["entities"] = one.entities
    if one.media:
        known["attachments"] = {"media_keys": [f"3_{number}" for number in one.media]}
    if one.quoted is not None:
        known["referenced_tweets"] = [{"type": "quoted", "id": str(one.quoted)}]
    own = one.author_id == viewer and one.created_at > at - rules.PRIVATE_METRICS_LIFE
    hidden = [name for name in fields if name in PRIVATE and (not own or name == "promoted_metrics")]
    if own:
        known |= _private_figures(known["public_metrics"])
    asked = {name: known[name] for name in (*ALWAYS, *fields) if name in known and name not in hidden}
    return asked, [not_for_you(str(one.id), name) for name in hidden]


def _figures(session: Session, one: Post) -> dict[str, int]:
    """A post's public figures: who quoted it here, and how often its page was opened."""
    quotes = select(func.count()).where(Post.quoted == one.id, Post.deleted_at.is_(None))
    counts = dict.fromkeys(("retweet_count", "reply_count", "like_count", "bookmark_count"), 0)
    return {**counts, "quote_count": session.scalar(quotes) or 0, "impression_count": one.views}


def _private_figures(public: dict[str, int]) -> dict[str, dict[str, int]]:
    shared = {"impression_count": public["impression_count"], "url_link_clicks": 0, "user_profile_clicks": 0}
    counts = {name: public[name] for name in ("retweet_count", "reply_count", "like_count")}
    return {"non_public_metrics": {**shared, "engagements": 0}, "organic_metrics": {**shared, **counts}}
