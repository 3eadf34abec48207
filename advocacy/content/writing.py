"""Writing what a kit holds into its rows; what champions may have used is retired, never deleted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Team, Topic
from advocacy.content.models import Kit, KitAsset, KitAssetText, KitAudience, KitText, KitTopic, Variant
from advocacy.content.rules import Audience
from advocacy.content.shape import KitData, Picture
from advocacy.errors import N_, Refused


def write(kit: Kit, data: KitData, at: datetime) -> None:
    """Make the kit hold `data`; raises Refused for a topic, entity or team that is not there."""
    kit.link_url, kit.publish_at, kit.expires_at = data.link_url, data.publish_at, data.expires_at
    kit.is_paid = data.is_paid
    kit.own_posts = dict(data.own_posts)
    _write_texts(kit, data)
    _write_pictures(kit, data, at)
    _write_captions(kit, data, at)
    _write_topics(kit, data)
    _write_audience(kit, data.audience)


def _write_texts(kit: Kit, data: KitData) -> None:
    held = {text.language: text for text in kit.texts}
    for language, text in data.texts.items():
        if language not in held:
            held[language] = KitText(language=language)
            kit.texts.append(held[language])
        held[language].title, held[language].story = text.title, text.story
    for language in held.keys() - data.texts.keys():
        kit.texts.remove(held[language])


def _write_pictures(kit: Kit, data: KitData, at: datetime) -> None:
    held = {asset.digest: asset for asset in kit.assets}
    for position, picture in enumerate(data.pictures):
        asset = held.pop(picture.digest, None) or _hang(kit, picture)
        asset.position, asset.name, asset.retired_at = position, picture.name[:200], None
        _write_alt(asset, picture)
    for asset in held.values():
        if kit.approved_at is None:
            kit.assets.remove(asset)
        else:
            asset.retired_at = asset.retired_at or at


def _hang(kit: Kit, picture: Picture) -> KitAsset:
    asset = KitAsset(
        digest=picture.digest,
        small_digest=picture.small,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        size=picture.size,
    )
    kit.assets.append(asset)
    return asset


def _write_alt(asset: KitAsset, picture: Picture) -> None:
    held = {text.language: text for text in asset.texts}
    for language, alt in picture.alt.items():
        if language not in held:
            held[language] = KitAssetText(language=language)
            asset.texts.append(held[language])
        held[language].alt = alt
    for language in held.keys() - picture.alt.keys():
        asset.texts.remove(held[language])


def _write_captions(kit: Kit, data: KitData, at: datetime) -> None:
    """A reworded caption is another one, so that the figures of each stay its own."""
    held = {(one.network, one.language, one.text): one for one in kit.variants}
    for position, caption in enumerate(data.captions):
        variant = held.pop((caption.network, caption.language, caption.text), None)
        if variant is None:
            variant = Variant(network=caption.network, language=caption.language, text=caption.text)
            kit.variants.append(variant)
        variant.position, variant.retired_at = position, None
    for variant in held.values():
        if kit.approved_at is None:
            kit.variants.remove(variant)
        else:
            variant.retired_at = variant.retired_at or at


def _write_topics(kit: Kit, data: KitData) -> None:
    known = _known(Topic, data.topics, N_("There is no topic “%(slug)s”."), "topics")
    held = {line.topic_id: line for line in kit.topics}
    for topic_id in known.values():
        if topic_id not in held:
            kit.topics.append(KitTopic(topic_id=topic_id))
    for topic_id in held.keys() - set(known.values()):
        kit.topics.remove(held[topic_id])


def _write_audience(kit: Kit, audience: Audience) -> None:
    _known(Entity, audience.entities, N_("There is no entity “%(slug)s”."), "entities")
    _known(Team, audience.teams, N_("There is no team “%(slug)s”."), "teams")
    _known(Topic, audience.topics, N_("There is no topic “%(slug)s”."), "topics")
    wanted = set(audience.lines())
    for line in [line for line in kit.audience if (line.kind, line.value) not in wanted]:
        kit.audience.remove(line)
    for kind, value in sorted(wanted - {(line.kind, line.value) for line in kit.audience}):
        kit.audience.append(KitAudience(kind=kind, value=value))


def _known(
    record: type[Entity] | type[Team] | type[Topic], slugs: tuple[str, ...], unknown: str, field: str
) -> dict[str, int]:
    """The keys of these slugs; raises Refused naming the first that is not there."""
    if not slugs:
        return {}
    rows = db.session.execute(sa.select(record.slug, record.id).where(record.slug.in_(slugs)))
    keys = {str(slug): int(key) for slug, key in rows}
    for slug in slugs:
        if slug not in keys:
            raise Refused(unknown, field=field, slug=slug)
    return keys
