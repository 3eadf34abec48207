"""What one look at the composer knows: the kit, the accounts, what may be chosen, and the posts that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from flask import request, url_for
from flask_babel import gettext as _

from advocacy import web
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content import stories
from advocacy.content.models import Kit, KitAsset, Variant
from advocacy.errors import N_, Reason
from advocacy.sharing import composing, connected, offering, queries
from advocacy.sharing.composing import Composed, OwnPost, Place
from advocacy.sharing.forms import ComposerForm, ticked
from advocacy.sharing.models import Connection
from advocacy.sharing.networks.counting import plain
from advocacy.sharing.phrases import mended, refused_phrases

ANY = "any"
"""Stands for all networks."""
MOST_ALT = 1_500
MOST_OFFERED = 3
EXAMPLE = N_("your-link")
"""Stands for a short link's code in the preview; as long as a real one in each language, so that the count is right."""
NOT_AGREED = N_("“%(wording)s” is not among the wordings agreed for your company. Choose one of those here.")


@dataclass
class Panel:
    """The words for one network, or (`any`) for all of them, and what one can begin with."""

    slug: str
    words: str
    caption: str
    captions: list[Variant]
    errors: list[str]

    @property
    def field(self) -> str:
        """What the field of the words is called."""
        return "words" if self.slug == ANY else f"words-{self.slug}"

    @property
    def caption_field(self) -> str:
        """What the field is called that holds the suggestion which the words began as."""
        return "caption" if self.slug == ANY else f"caption-{self.slug}"


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
    """What is to be said on one network in other words than on all, by network."""
    other_captions: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    """What is wrong with the words for one network, by network."""

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
        return {tag: queries.disclosures(self.person, tag, paid=self.kit.is_paid) for tag in self.languages}

    @cached_property
    def lent(self) -> set[str]:
        """The languages in which the company has no wording, so that its English one is used."""
        return {tag for tag in self.languages if queries.is_english_lent(self.person, tag)}

    @cached_property
    def usable(self) -> list[Connection]:
        """The accounts that can be posted to now."""
        return [one for one in self.accounts if one.is_active and one.network not in self.off]

    @cached_property
    def left_out(self) -> dict[str, Reason]:
        return connected.left_out(self.usable, self.kit, self.person.language)

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

    def foreign_wording(self) -> Reason | None:
        """Why the wording that was sent is refused, if it is: it stands on none of the company's lists."""
        sent = self.form.disclosure.data
        if not sent or any(sent in wordings for wordings in self.wordings.values()):
            return None
        return NOT_AGREED, {"wording": sent[:80]}

    def pictures(self) -> list[KitAsset]:
        """The pictures that are ticked."""
        chosen = ticked(self.form.pictures, [one.code for one in self.kit.pictures])
        return [one for one in self.kit.pictures if one.code in chosen]

    def variant_at(self, place: Place) -> Variant | None:
        """The suggestion that the words for this place began as."""
        slug = place.network.slug
        code = self.other_captions.get(slug) if slug in self.others() else self.form.caption.data
        return next((one for one in self.kit.captions if one.code == code), None)

    def suggestion_in(self, words: str) -> str:
        """The code of the suggestion that these words began as; "" when they are all her own."""
        return next((one.code for one in self.kit.captions if one.text[:25] in words), "")

    def places(self) -> list[Place]:
        """Where the post goes: by hand if she said so, else the accounts that are ticked."""
        if self.form.by_hand.data:
            return [composing.by_hand(self.form.by_hand.data)]
        codes = ticked(self.form.accounts, [one.code for one in self.usable])
        return [composing.place_of(one) for one in self.usable if one.code in codes]

    def words_for(self, place: Place) -> str:
        """Her words, or the other ones that she wrote for this network."""
        return self.others().get(place.network.slug) or self.form.words.data or ""

    def others(self) -> dict[str, str]:
        """The other words that she wrote, by network; what is the same as for all of them is none."""
        known, common = {one.network for one in self.accounts}, plain(self.form.words.data or "").strip()
        return {
            slug: text
            for slug, text in self.other_words.items()
            if slug in known and plain(text).strip() not in ("", common)
        }

    def typed(self) -> dict[str, str]:
        """All that she typed, by network ("" where it is the same as for all); `any` is for all of them."""
        others = self.others()
        return {ANY: self.form.words.data or "", **{slug: others.get(slug, "") for slug in self.other_words}}

    def composed(self, new_code: Callable[[], str]) -> list[Composed]:
        """The post at each place; every place has a short link of its own."""
        language = self.language()
        return [
            composing.compose(
                self.words_for(place),
                place,
                wording=self.wording(),
                allowed=queries.disclosures(self.person, language, paid=self.kit.is_paid),
                link=web.absolute(f"/l/{new_code()}") if self.kit.link_url else "",
                language=language,
                pictures=self.pictures(),
                alts=self.alts,
                address=self.kit.link_url,
                passing_on=self.passing_on(place),
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
        shown = list({one.place.network.slug: one for one in reversed(posts)}.values())[::-1]
        return [replace(one, alike=queries.alike(one, self.person, at=self.at)) for one in shown]

    def own_post(self, place: Place) -> OwnPost | None:
        """What the company itself posted there, as it can be taken up."""
        said = self.kit.own_posts.get(place.network.slug)
        return composing.own_post(said, place) if said else None

    def passing_on(self, place: Place) -> OwnPost | None:
        """What the company itself posted there, if she wants to pass it on."""
        return self.own_post(place) if place.network.slug in (self.form.passing_on.data or []) else None

    def offered_on(self, panel: str) -> list[tuple[str, OwnPost]]:
        """What the company itself posted on the network of a panel; beside the words for all, where no others are."""
        places = [composing.place_of(one) for one in self.usable] or self.places()
        found = {one.network.slug: own for one in places if (own := self.own_post(one)) is not None}
        return [(slug, own) for slug, own in found.items() if slug == panel or not self.networks]

    @cached_property
    def alts(self) -> dict[str, str]:
        """Her own descriptions of the pictures, by their codes."""
        sent = request.form if request.method == "POST" else queries.alts_of(self.person, self.kit)
        typed = {one.code: sent.get(f"alt-{one.code}", "").strip() for one in self.kit.pictures}
        given = {one.code: content.alt_in(one, self.language()) for one in self.kit.pictures}
        return {code: text[:MOST_ALT] for code, text in typed.items() if text and text != given[code]}

    def picture_rows(self, post: Composed) -> list[dict[str, object]]:
        """The pictures of a post as the preview shows them."""
        return [
            {
                "url": url_for("kits.picture", code=one.code, size="small"),
                "alt": alt,
                "width": one.width,
                "height": one.height,
            }
            for one, alt in zip(post.pictures, post.alts, strict=True)
        ]

    @property
    def networks(self) -> list[str]:
        """The networks that have words of their own to write: those of the accounts, where there are several."""
        slugs = list(dict.fromkeys(one.network for one in self.usable))
        return slugs if len(slugs) > 1 or self.others() else []

    def panels(self) -> list[Panel]:
        """The words for all networks, then those for each."""
        others, form = self.others(), self.form
        first = self.networks or [one.network for one in self.usable[:1]]
        for_all = self._captions(*first) if len(first) < 2 else self._captions()
        panels = [Panel(ANY, form.words.data or "", form.caption.data or "", for_all, [*form.words.errors])]
        for slug in self.networks:
            words, caption = others.get(slug, ""), self.other_captions.get(slug, "")
            panels.append(
                Panel(slug, words, caption if words else "", self._captions(slug), self.errors.get(slug, []))
            )
        return panels

    def _captions(self, *networks: str) -> list[Variant]:
        """What may be begun with there: what was written for this network first, and what is for all."""
        fitting = [one for one in self.captions if one.network in (ANY, *networks)] or self.captions
        return sorted(fitting, key=lambda one: one.network not in networks)

    def put_right(self, mend: str, tag: str) -> None:
        """Do what a button beside the words says ("panel|what"): mend a phrase, or add a hashtag."""
        for said, change in ((mend, self._mended), (tag, _with_tag)):
            panel, bar, what = said.partition("|")
            words = self.form.words.data if panel == ANY else self.others().get(panel, self.form.words.data)
            if bar and panel == ANY:
                self.form.words.data = change(words or "", what)
            elif bar:
                self.other_words[panel] = change(words or "", what)

    def _mended(self, words: str, what: str) -> str:
        found = refused_phrases(plain(words), wording=self.wording(), address=self.kit.link_url)
        phrase = next((one for one in found if plain(words)[one.start : one.end] == what), None)
        return mended(plain(words), phrase) if phrase else words

    def refuse(self, post: Composed, sentence: str) -> None:
        """Put a reason beside the words of a post."""
        panel, name = self.panel_of(post), post.place.network.name
        if panel == ANY:
            self.form.refuse("words", sentence)
        else:
            self.errors.setdefault(panel, []).append(sentence)
            self.form.form_errors.append(sentence if name in sentence else f"{name}: {sentence}")

    def panel_of(self, post: Composed) -> str:
        """The panel in which the words of a post stand."""
        return post.network if post.network in self.others() else ANY

    def hashtags(self) -> list[str]:
        """Hashtags to offer."""
        language = self.language()
        spoken = language.split("-")[0]
        captions = [one.text for one in self.captions if one.language.split("-")[0] == spoken]
        names = stories.topic_names(language, self.at)
        topics = [names.get(slug, slug) for slug in self.kit.topic_slugs]
        return offering.hashtags(captions, topics, queries.disclosures(self.person, language))

    def fresher(self, post: Composed) -> list[Variant]:
        """Other suggestions for a post whose words were used lately: those that were used least come first."""
        used = queries.uses_of_captions(self.kit, post.network)
        spoken = post.language.split("-")[0]
        fitting = [one for one in self._captions(post.network) if one.language.split("-")[0] == spoken]
        unlike = [one for one in fitting if one.text.strip() != plain(self.words_for(post.place)).strip()]
        return sorted(unlike, key=lambda one: used.get(one.id, 0))[:MOST_OFFERED]


def _with_tag(words: str, tag: str) -> str:
    return f"{words.rstrip()} {tag}".lstrip() if tag not in words.split() else words
