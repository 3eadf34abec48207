"""What one look at the composer knows: the kit, the accounts, what may be chosen, and the posts that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flask import request, url_for
from flask_babel import gettext as _

from advocacy import web
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitAsset, Variant
from advocacy.errors import N_
from advocacy.sharing import composing, queries
from advocacy.sharing.composing import Composed, Place
from advocacy.sharing.forms import ComposerForm, ticked
from advocacy.sharing.models import Connection

EXAMPLE = N_("your-link")
"""Stands for a short link's code in the preview; as long as a real one in each language, so that the count is right."""


@dataclass
class Composer:
    """All that one look at the composer needs: the kit, the person's accounts, and what may be chosen."""

    person: Person
    kit: Kit
    form: ComposerForm
    accounts: list[Connection]
    off: set[str]
    at: datetime
    other_words: dict[str, str] = field(default_factory=dict)

    @property
    def captions(self) -> list[Variant]:
        """Every suggestion once, those in the language of the post first."""
        chosen = self.form.language.data
        ordered = sorted(self.kit.captions, key=lambda one: (one.language != chosen, one.position))
        return list({(one.language, one.text.strip()): one for one in reversed(ordered)}.values())[::-1]

    @cached_property
    def languages(self) -> list[str]:
        """The languages in which this post can be written: the kit's, and the person's own."""
        tags = [one.language for one in self.kit.captions] + [one.language for one in self.kit.texts]
        own = self.person.language
        known = {tag.split("-")[0] for tag in tags}
        return list(dict.fromkeys([*tags, *([] if own.split("-")[0] in known else [own])]))

    @cached_property
    def wordings(self) -> dict[str, list[str]]:
        """The agreed wordings, by language."""
        return {tag: queries.disclosures(self.person, tag) for tag in self.languages}

    @cached_property
    def lent(self) -> set[str]:
        """The languages in which the company has no wording, so that its English one is used."""
        return {tag for tag in self.languages if queries.is_english_lent(self.person, tag)}

    @cached_property
    def usable(self) -> list[Connection]:
        """The accounts that can be posted to now."""
        return [one for one in self.accounts if one.is_active and one.network not in self.off]

    def language(self) -> str:
        """The language chosen, if it may be."""
        chosen = self.form.language.data
        return (
            chosen if chosen in self.languages else content.text_in(self.kit, self.person.language).language
        )

    def wording(self) -> str:
        """The wording chosen, if it belongs to the language; else that language's first."""
        allowed = self.wordings[self.language()]
        return self.form.disclosure.data if self.form.disclosure.data in allowed else allowed[0]

    def pictures(self) -> list[KitAsset]:
        """The pictures that are ticked."""
        chosen = ticked(self.form.pictures, [one.code for one in self.kit.pictures])
        return [one for one in self.kit.pictures if one.code in chosen]

    def variant(self) -> Variant | None:
        """The suggestion that the words began as."""
        return next((one for one in self.kit.captions if one.code == self.form.caption.data), None)

    def suggestion_in(self, words: str) -> str:
        """The code of the suggestion that these words began as; "" when they are all her own."""
        begun = (one.code for one in self.kit.captions if one.text[:25] in words)
        return next(begun, "")

    def places(self) -> list[Place]:
        """Where the post goes: by hand if she said so, else the accounts that are ticked."""
        if self.form.by_hand.data:
            return [composing.by_hand(self.form.by_hand.data)]
        codes = ticked(self.form.accounts, [one.code for one in self.usable])
        return [composing.place_of(one) for one in self.usable if one.code in codes]

    def words_for(self, place: Place) -> str:
        """Her words, or the other ones that she wrote for this network."""
        return self.others().get(place.network.slug, "").strip() or self.form.words.data or ""

    def others(self) -> dict[str, str]:
        """The other words that she wrote, by network."""
        prefix = "words-"
        sent = {name[len(prefix) :]: text for name, text in request.form.items() if name.startswith(prefix)}
        known = {one.network for one in self.accounts}
        return {slug: text for slug, text in (sent or self.other_words).items() if slug in known}

    def typed(self) -> dict[str, str]:
        """All that she typed, by network; "" for the words that are for all of them."""
        return {"": self.form.words.data or "", **self.others()}

    def composed(self, new_code: Callable[[], str]) -> list[Composed]:
        """The post at each place; every place has a short link of its own."""
        language = self.language()
        return [
            composing.compose(
                self.words_for(place),
                place,
                wording=self.wording(),
                allowed=queries.disclosures(self.person, language),
                link=web.absolute(f"/l/{new_code()}") if self.kit.link_url else "",
                language=language,
                pictures=self.pictures(),
            )
            for place in self.places()
        ]

    def shown(self) -> list[Composed]:
        """The previews: one for each network, else what the post would be by hand."""
        posts = self.composed(lambda: _(EXAMPLE))
        dialogs = composing.networks_by_hand(self.off)
        if not posts and not self.usable and dialogs:  # an entity may have switched every network off
            self.form.by_hand.data = dialogs[0].slug
            posts = self.composed(lambda: _(EXAMPLE))
        return list({one.place.network.slug: one for one in reversed(posts)}.values())[::-1]

    def picture_rows(self, post: Composed) -> list[dict[str, object]]:
        """The pictures of a post as the preview shows them."""
        return [
            {
                "url": url_for("kits.picture", code=one.code, size="small"),
                "alt": content.alt_in(one, post.language),
                "width": one.width,
                "height": one.height,
            }
            for one in post.pictures
        ]
