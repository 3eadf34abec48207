"""The studio's forms: one page on which a kit is written, and the short ones of its review."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Optional

from advocacy import vault, web
from advocacy.content.addresses import OWN_POSTS
from advocacy.content.rules import Audience, instant, local
from advocacy.content.shape import Caption, KitData, Picture, Problem, Text
from advocacy.errors import Reason, Refused

SEALED_FOR = "picture"


def sealed(picture: Picture) -> str:
    """A picture that storage keeps, as a form may carry it."""
    return vault.seal(SEALED_FOR, json.dumps(asdict(picture) | {"alt": {}}))


def unsealed(token: str) -> Picture | None:
    """The picture that a form carries; None for one that was not sealed here."""
    try:
        return Picture(**json.loads(vault.unseal(SEALED_FOR, token)))
    except vault.Unsealable:
        return None


class TextForm(Form):
    """Title and story in one language."""

    language = HiddenField()
    title = StringField(_l("Title"))
    story = TextAreaField(_l("Story"))


class AltForm(Form):
    """What a picture shows, in one language."""

    language = HiddenField()
    alt = StringField()


class PictureForm(Form):
    """A picture of the kit, which storage keeps already."""

    token = HiddenField()
    position = IntegerField(_l("Place"), [Optional()])
    alts = FieldList(FormField(AltForm))
    remove = BooleanField(_l("Remove this picture"))

    @property
    def picture(self) -> Picture | None:
        """The picture itself; None when what the form carries was not sealed here."""
        return unsealed(self.token.data or "")


class CaptionForm(Form):
    """A suggested caption."""

    network = SelectField(_l("Network"), validate_choice=False)
    language = SelectField(_l("Language"), validate_choice=False)
    text = TextAreaField(_l("Caption"))
    remove = BooleanField(_l("Remove this caption"))


class OwnPostForm(Form):
    """What the company itself posted on one network."""

    network = HiddenField()
    said = StringField()


class KitForm(FlaskForm):
    """Everything a kit says, on one page."""

    edition = HiddenField()
    entity = SelectField(_l("Made by"), validate_choice=False)
    texts = FieldList(FormField(TextForm))
    link_url = URLField(_l("Link"), [Optional()])
    is_paid = BooleanField(_l("This story is paid for"))
    own_posts = FieldList(FormField(OwnPostForm))
    pictures = FieldList(FormField(PictureForm))
    upload = FileField(_l("Add a picture"), [Optional()])
    upload_alt = StringField(_l("What it shows"))
    captions = FieldList(FormField(CaptionForm))
    topics = SelectMultipleField(_l("Topics"), [Optional()], validate_choice=False)
    entities = SelectMultipleField(_l("Companies"), [Optional()], validate_choice=False)
    countries = SelectMultipleField(_l("Countries"), [Optional()], validate_choice=False)
    languages = SelectMultipleField(_l("Languages"), [Optional()], validate_choice=False)
    teams = SelectMultipleField(_l("Teams"), [Optional()], validate_choice=False)
    followers_only = BooleanField(_l("Only people who follow one of the story's topics"))
    publish_at = StringField(_l("Publish"), [Optional()])
    expires_at = StringField(_l("End"), [Optional()])

    def show(self, data: KitData, edition: int, zone: str) -> None:
        """Fill the form with what a kit holds."""
        self.edition.data = str(edition)
        self.entity.data = data.entity or ""
        self.link_url.data = data.link_url
        self.is_paid.data = data.is_paid
        for network in OWN_POSTS:
            self.own_posts.append_entry({"network": network, "said": data.own_posts.get(network, "")})
        for language, text in data.texts.items():
            self.texts.append_entry({"language": language, "title": text.title, "story": text.story})
        for picture in data.pictures:
            self.hang(picture)
        for caption in data.captions:
            self.captions.append_entry(asdict(caption))
        self.topics.data = list(data.topics)
        for name in ("entities", "countries", "languages", "teams"):
            self[name].data = list(getattr(data.audience, name))
        self.followers_only.data = bool(data.audience.topics)
        self.publish_at.data, self.expires_at.data = (
            local(data.publish_at, zone),
            local(data.expires_at, zone),
        )

    def offer(self, tags: list[str], captions: int = 1) -> None:
        """Have a place for words in each of these languages, and at least so many captions."""
        self._order(tags)
        for entry in self.pictures:
            held = {alt.form.language.data for alt in entry.form.alts}
            for tag in tags:
                if tag not in held:
                    entry.form.alts.append_entry({"language": tag, "alt": ""})
        while len(self.captions) < captions:
            self.captions.append_entry({"network": "any", "language": tags[0], "text": ""})

    def _order(self, tags: list[str]) -> None:
        held = {entry.form.language.data for entry in self.texts}
        for tag in tags:
            if tag not in held:
                self.texts.append_entry({"language": tag, "title": "", "story": ""})

    def hang(self, picture: Picture) -> None:
        """Put a picture behind the others."""
        alts = [{"language": tag, "alt": alt} for tag, alt in sorted(picture.alt.items())]
        entry = {"token": sealed(picture), "position": len(self.pictures) + 1, "alts": alts}
        self.pictures.append_entry(entry)

    def take_upload(self, language: str) -> None:
        """Keep the picture that came with the form, or say beside the field why not."""
        from advocacy.content import pictures  # Pillow is loaded when the first picture comes in

        file = self.upload.data
        if not file or not getattr(file, "filename", ""):
            return
        try:
            picture = pictures.take(file.read(pictures.MOST_BYTES + 1), file.filename)
        except Refused as refused:
            self.fault(Problem("upload", refused.reason))
            return
        alt = {language: self.upload_alt.data or ""}
        self.hang(replace(picture, alt=alt))
        self.upload_alt.data, self.upload_alt.raw_data = "", [""]

    def kit_data(self, zone: str, held: KitData | None = None) -> KitData:
        """What was typed over what the kit held; what is wrong with a time stands beside it in `problems`."""
        audience = Audience(
            entities=tuple(self.entities.data or ()),
            countries=tuple(self.countries.data or ()),
            languages=tuple(self.languages.data or ()),
            teams=tuple(self.teams.data or ()),
            topics=tuple(self.topics.data or ()) if self.followers_only.data else (),
        )
        return KitData(
            texts={
                one.language.data or "en": Text(one.title.data or "", one.story.data or "")
                for one in _forms(self.texts)
            },
            link_url=self.link_url.data or "",
            own_posts={
                one.network.data: one.said.data or ""
                for one in _forms(self.own_posts)
                if one.network.data in OWN_POSTS
            },
            pictures=tuple(self._pictures()),
            captions=tuple(
                Caption(one.network.data or "any", one.language.data or "en", one.text.data or "")
                for one in self.kept_captions()
            ),
            topics=tuple(self.topics.data or ()),
            audience=audience,
            publish_at=self._moment("publish_at", zone, held.publish_at if held else None),
            expires_at=self._moment("expires_at", zone, held.expires_at if held else None),
            entity=self.entity.data or None,
            is_paid=bool(self.is_paid.data),
        )

    def kept_captions(self) -> list[Any]:
        """The captions that are neither empty nor to be removed, in order."""
        return [one for one in _forms(self.captions) if (one.text.data or "").strip() and not one.remove.data]

    def kept_pictures(self) -> list[Any]:
        """The pictures that stay, by the place that each was given."""
        kept = [one for one in _forms(self.pictures) if not one.remove.data and one.picture]
        return sorted(kept, key=lambda one: one.position.data or len(kept))

    def _pictures(self) -> Iterable[Picture]:
        for one in self.kept_pictures():
            alt = {each.language.data: each.alt.data or "" for each in _forms(one.alts)}
            yield replace(one.picture, alt=alt)

    def _moment(self, name: str, zone: str, held: datetime | None) -> datetime | None:
        if held is not None and (self[name].data or "")[:16] == local(held, zone):
            return held  # a form shows neither seconds nor which of the two hours when clocks go back
        try:
            return instant(self[name].data or "", zone)
        except Refused as refused:
            self.fault(Problem(name, refused.reason))
            return None

    @property
    def problems(self) -> list[tuple[Any, str]]:
        """Each field that something is wrong with, and what."""
        return [(field, str(error)) for field in self._every_field() for error in field.errors]

    def fault(self, problem: Problem) -> None:
        """Put what is wrong beside the field that it is about."""
        field = self._field(problem.field)
        field.errors = [*field.errors, web.say(problem.reason)]

    def _every_field(self) -> Iterable[Field]:
        whole = (field for field in self if not isinstance(field, FieldList))
        rows = (row for fields in (self.texts, self.captions) for form in _forms(fields) for row in form)
        alts = (alt.alt for picture in _forms(self.pictures) for alt in _forms(picture.alts))
        own = (one.said for one in _forms(self.own_posts))
        return itertools.chain(rows, alts, own, whole)

    def _field(self, part: str) -> Any:
        """The field of a part such as "title-fr" or "caption-0"; where a part has none, the nearest."""
        kind, _dash, rest = part.partition("-")
        if kind in {"title", "story"}:
            return next(one[kind] for one in _forms(self.texts) if one.language.data == rest)
        if kind == "own":
            return next(one.said for one in _forms(self.own_posts) if one.network.data == rest)
        if kind == "caption":
            return self.kept_captions()[int(rest)].text
        if kind == "alt":
            number, _dash, language = rest.partition("-")
            alts = _forms(self.kept_pictures()[int(number)].alts)
            return next((one.alt for one in alts if one.language.data == language), alts[0].alt)
        if part in {"texts", "captions"} and len(self[part]):
            first = _forms(self[part])[0]
            return first.title if part == "texts" else first.text
        return self[{"pictures": "upload", "texts": "link_url", "captions": "link_url"}.get(part, part)]


def _forms(fields: FieldList[Any]) -> list[Any]:
    """The forms that a list of them holds."""
    return [entry.form for entry in fields]


class RemarkForm(FlaskForm):
    """Why a kit is sent back."""

    remark = TextAreaField(_l("What should change?"))
    edition = HiddenField()

    def fault(self, reason: Reason) -> None:
        """Put what is wrong beside the remark."""
        self.remark.errors = [*self.remark.errors, web.say(reason)]
