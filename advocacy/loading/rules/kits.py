"""A kit's files: its story in each language, its captions, whom it is for, and the pictures it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from advocacy.content.addresses import OWN_POSTS
from advocacy.content.rules import Audience
from advocacy.content.shape import LONGEST_ALT, LONGEST_CAPTION, LONGEST_STORY, MOST_PICTURES, Caption, Text
from advocacy.loading.rules import front, values
from advocacy.loading.rules.guidelines import body
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.nodes import Table
from advocacy.loading.rules.problems import Place, Problems
from advocacy.loading.rules.values import Moment
from advocacy.sharing.rules import paid_wording

NETWORKS = ("any", "mastodon", "linkedin", "x", "bluesky")
# Network, language and words of a post; says what the network would have against it.
Weigh = Callable[[str, str], list[str]]


@dataclass(frozen=True)
class PictureRow:
    """A picture beside kit.md and what it shows, by language."""

    path: Path
    alt: dict[str, str]
    place: Place


@dataclass(frozen=True)
class KitRow:
    """A kit as its files say; people by staff number."""

    slug: str
    texts: dict[str, Text]
    link: str
    topics: tuple[str, ...]
    entity: str | None
    audience: Audience
    author: str
    approver: str | None
    publish_at: Moment | None
    expires_at: Moment | None
    pictures: tuple[PictureRow, ...]
    captions: tuple[Caption, ...]
    own_posts: dict[str, str]
    place: Place
    is_paid: bool = False


@dataclass
class _Kit:
    """What reading one kit needs to know."""

    table: Table
    known: Known
    pictures: Mapping[str, Path]
    name: Callable[[Path], str]
    weigh: Weigh
    at: datetime

    def known_as(self, kind: str, key: str, slugs: list[tuple[Place, str]]) -> tuple[str, ...]:
        """Those slugs that are known; the others are problems."""
        there = {
            "topic": self.known.topics,
            "entity": self.known.entities,
            "team": self.known.teams,
        }[kind]
        for place, slug in slugs:
            if slug not in there:
                self.table.problems.add(place, f"{key}: {self.known.why_not(kind, slug)}")
        return tuple(slug for _, slug in slugs if slug in there)


def read(
    slug: str,
    files: Mapping[str, Path],
    pictures: Mapping[str, Path],
    name: Callable[[Path], str],
    *,
    known: Known,
    weigh: Weigh,
    at: datetime,
    problems: Problems,
    loose: list[PictureRow],
) -> KitRow | None:
    """The kit in these files (by language); None, and problems, when something is wrong.

    The pictures of a kit that is refused are `loose`: they are looked at all the same, so that all is said at once.
    """
    before = len(problems)
    if "en" not in files:
        return None
    texts = {}
    english = front.read(files["en"].read_bytes(), name(files["en"]), problems)
    row = None
    if english is not None:
        texts["en"] = _text(english)
        row = _row(slug, texts, _Kit(english.table, known, pictures, name, weigh, at))
    for tag in sorted(files.keys() - {"en"}):
        found = front.read(files[tag].read_bytes(), name(files[tag]), problems)
        if found is not None:
            texts[tag] = _text(found)
            found.table.close()
    if row is not None and len(problems) > before:
        loose += row.pictures
        return None
    return row


def _text(found: front.Front) -> Text:
    return Text(found.table.need("title", values.text(160)) or "", body(found, LONGEST_STORY))


def _row(slug: str, texts: dict[str, Text], kit: _Kit) -> KitRow:
    table = kit.table
    topics = kit.known_as("topic", "topics", table.several("topics", values.slug))
    entities = [(table.place("entity"), one) for one in [table.take("entity", values.slug, "")] if one]
    entity = next(iter(kit.known_as("entity", "entity", entities)), None)
    author, approver = _people(kit, entity)
    publish_at, expires_at = _times(kit, approver)
    link = table.take("link", values.link, "")
    paid = table.take("paid", values.boolean, False)
    row = KitRow(
        slug=slug,
        texts=texts,
        link=link,
        topics=topics,
        entity=entity,
        audience=_audience(kit, topics),
        author=author,
        approver=approver,
        publish_at=publish_at,
        expires_at=expires_at,
        pictures=_pictures(kit),
        captions=_captions(kit, link, entity, paid=paid),
        own_posts=_own_posts(table),
        place=table.at,
        is_paid=paid,
    )
    table.close()
    return row


def _own_posts(table: Table) -> dict[str, str]:
    """What the company itself posted, by network."""
    inner = table.table("own_posts")
    if inner is None:
        return {}
    found = {network: inner.take(network, values.own_post, "") for network in OWN_POSTS}
    inner.close()
    return {network: said for network, said in found.items() if said}


def _people(kit: _Kit, entity: str | None) -> tuple[str, str | None]:
    table = kit.table
    author = table.need("author", values.text(64)) or ""
    approver = table.take("approver", values.text(64), "")
    if author:
        _check_person(kit, "author", author, "kit.edit", entity, "write kits")
    if approver and approver == author:
        table.complain("approver", "the author cannot approve; name someone else")
    elif approver:
        _check_person(kit, "approver", approver, "kit.approve", entity, "approve kits")
    return author, approver or None


def _check_person(kit: _Kit, key: str, staff_id: str, permission: str, entity: str | None, what: str) -> None:
    person = kit.known.staff.get(staff_id)
    if person is None:
        kit.table.complain(key, kit.known.why_not("person", staff_id))
    elif not person.may(permission, entity):
        where = f"for {entity}" if entity else "for the whole group"
        kit.table.complain(key, f"{staff_id} may not {what} {where}; the role comms is needed")


def _times(kit: _Kit, approver: str | None) -> tuple[Moment | None, Moment | None]:
    table = kit.table
    convert: Callable[[str], Moment | None] = values.moment(kit.at)
    publish_at = table.take("publish_at", convert, None)
    expires_at = table.take("expires_at", convert, None)
    if publish_at and not approver:
        table.complain(
            "publish_at", "without an approver the kit is a draft, which has no time to be published"
        )
    if expires_at and expires_at.at <= (publish_at.at if publish_at else kit.at):
        table.complain("expires_at", "the kit would end before it is published")
    return publish_at, expires_at


def _audience(kit: _Kit, topics: tuple[str, ...]) -> Audience:
    table = kit.table.table("audience")
    if table is None:
        return Audience()
    inner = _Kit(table, kit.known, kit.pictures, kit.name, kit.weigh, kit.at)
    followers = table.take("for_followers_only", values.boolean, False)
    if followers and not topics:
        table.complain("for_followers_only", "the kit names no topics that anyone could follow")
    found = Audience(
        entities=inner.known_as("entity", "entities", table.several("entities", values.slug)),
        countries=tuple(one for _, one in table.several("countries", values.country)),
        languages=tuple(one for _, one in table.several("languages", values.language)),
        teams=inner.known_as("team", "teams", table.several("teams", values.slug)),
        topics=topics if followers else (),
    )
    table.close()
    return found


def _pictures(kit: _Kit) -> tuple[PictureRow, ...]:
    tables, found = kit.table.tables("images"), []
    if len(tables) > MOST_PICTURES:
        kit.table.complain("images", f"there are {len(tables)} pictures; {MOST_PICTURES} is the most")
    named: set[str] = set()
    for table in tables:
        file = table.need("file", values.text())
        alt = {"en": table.need("alt", values.words(LONGEST_ALT)) or ""}
        for key in [key for key in table.left() if key.startswith("alt_")]:
            alt[_tag(table, key)] = table.take(key, values.words(LONGEST_ALT), "")
        table.close()
        path = _picture(kit, table, file, named) if file else None
        if path is not None:
            found.append(
                PictureRow(path, {tag: words for tag, words in alt.items() if words}, table.place("file"))
            )
    for name in sorted(set(kit.pictures) - named):
        kit.table.problems.add(
            Place(kit.name(kit.pictures[name])), "kit.md does not name this picture under images"
        )
    return tuple(found)


def _picture(kit: _Kit, table: Table, file: str, named: set[str]) -> Path | None:
    if "/" in file or "\\" in file:
        table.complain("file", f"“{file}” leaves the kit's folder; put the picture beside kit.md")
    elif file not in kit.pictures:
        table.complain("file", f"there is no picture “{file}” beside kit.md")
    elif file in named:
        table.complain("file", f"“{file}” is named twice")
    else:
        named.add(file)
        return kit.pictures[file]
    return None


def _tag(table: Table, key: str) -> str:
    try:
        return values.language(key.partition("_")[2].replace("_", "-"))
    except values.Wrong as wrong:
        table.complain(key, str(wrong))
        return ""


def _captions(kit: _Kit, link: str, entity: str | None, *, paid: bool) -> tuple[Caption, ...]:
    tables = kit.table.tables("variants")
    found: list[Caption] = []
    for table in tables:
        before = len(table.problems)
        network = table.take("network", values.one_of(*NETWORKS), "any")
        is_known = len(table.problems) == before  # else nobody knows which network's limits it is to keep
        language = table.take("language", values.language, "en")
        text = table.need("text", values.words(LONGEST_CAPTION))
        table.close()
        if not text or not is_known:
            continue
        _check_caption(kit, table, Caption(network, language, text), link, entity, paid=paid)
        if any(text == other.text for other in found):
            table.complain("text", "the same text stands twice in this kit")
        found.append(Caption(network, language, text))
    if not tables:
        kit.table.complain("variants", "at least one suggested caption is needed")
    return tuple(found)


def _check_caption(
    kit: _Kit, table: Table, caption: Caption, link: str, entity: str | None, *, paid: bool
) -> None:
    own = kit.known.wordings.get(entity or "")
    wordings = [own] if own is not None else list(kit.known.wordings.values())
    taken = {wording for one in wordings for said in one.values() for wording in said}
    if link and link in caption.text:
        table.complain("text", "leave the link out; the product adds it")
    for wording in sorted(taken):
        if wording in caption.text:
            table.complain("text", f"leave “{wording}” out; the product adds the disclosure")
    said = [wording for one in wordings for wording in one.get(caption.language, one.get("en", ()))]
    longest = max(said, key=len, default="")
    longest = paid_wording(longest, caption.language) if paid else longest
    for reason in kit.weigh(caption.network, "\n\n".join((longest, caption.text, _short(link))).strip()):
        table.complain("text", f"with disclosure and link, {reason}")


def _short(link: str) -> str:
    """As long as a short link of ours is likely to be."""
    return "https://advocacy.example.com/l/abcdefghj" if link else ""
