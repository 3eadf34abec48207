"""What stands beneath the words of a LinkedIn post: a post that is passed on, pictures, or a link's card."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from advocacy.sharing.networks.calls import clean, table
from advocacy.sharing.networks.facts import Facts
from advocacy.sharing.networks.grant import unreadable
from advocacy.sharing.networks.interface import Card, Image, Post
from advocacy.sharing.networks.linkedin.restli import Access

UPLOAD_SECONDS = 60.0


@dataclass(frozen=True)
class Attached:
    """Hands pictures over for one post of `author`, and lets them be prepared for `settles` seconds."""

    access: Access
    author: str
    facts: Facts
    settles: float

    def beneath(self, post: Post) -> dict[str, Any]:
        """The part of a post for what is beneath its words; LinkedIn shows one thing there (Posts API, "Schema")."""
        if post.reshare_of:
            return {"reshareContext": {"parent": post.reshare_of}}  # [M]
        if post.images:
            return {"content": self._pictures(post)}
        return {"content": {"article": self._article(post.card)}} if post.card else {}

    def _pictures(self, post: Post) -> dict[str, Any]:
        """One picture as `media`, several as `multiImage` (MultiImage API)."""
        images = [self._picture(image) for image in post.images]
        time.sleep(self.settles)
        return {"media": images[0]} if len(images) == 1 else {"multiImage": {"images": images}}

    def _picture(self, image: Image) -> dict[str, str]:
        urn = self._upload(image)
        return {"id": urn, "altText": image.alt} if image.alt else {"id": urn}

    def _article(self, card: Card) -> dict[str, str]:
        """A link's card (Posts API, "Article"): LinkedIn fetches nothing by itself, and wants a title. [M]"""
        title = clean(card.title) or urlsplit(card.url).netloc
        article = {"source": card.url, "title": title[: self.facts.card_title or None]}
        if card.description:
            article["description"] = clean(card.description)[: self.facts.card_description or None]
        if card.thumbnail:
            article["thumbnail"] = self._upload(card.thumbnail)
            time.sleep(self.settles)
        return article

    def _upload(self, image: Image) -> str:
        """Hands a picture over and returns its URN (Images API, "Initialize Image Upload", "Upload the Image")."""
        url = self.facts.addresses["images"]
        asked = {"initializeUploadRequest": {"owner": self.author}}
        value = table(self.access.rest("POST", f"{url}?action=initializeUpload", json=asked)).get("value")
        given = value if isinstance(value, dict) else {}
        urn, place = given.get("image"), given.get("uploadUrl")
        if not (isinstance(urn, str) and urn.startswith("urn:li:image:") and isinstance(place, str)):
            raise unreadable(url)
        kind = {"Content-Type": "application/octet-stream"}
        self.access.ask("PUT", place, data=image.data, headers=kind, total=UPLOAD_SECONDS)
        return urn
