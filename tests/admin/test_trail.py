"""The audit trail on its page and as a file."""

import csv
import html
import io
import re

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.audit import actions as audit
from advocacy.audit.models import AuditLine
from tests.makers.accounts import AT, make_person, make_team
from tests.makers.content import make_kit
from tests.makers.guidelines import make_guideline
from tests.makers.training import make_course


def one(select):
    with db.unit_of_work(write=False):
        return db.session.scalar(select)


@pytest.fixture
def lines(root, nordlys):
    with db.unit_of_work():
        carl = make_person("=Carl")
        make_kit("open-day", title="Open <day>")
        make_guideline("conduct", title="Kind words")
        make_course("first", "First steps")
        make_team(nordlys, "care", name="Care")
        db.session.execute(sa.delete(AuditLine))
        for verb, about, by, details in (
            ("kit.approve", "kit:open-day", carl, {}),
            ("kit.edit", "kit:open-day", carl, {"parts": ["title-fr", "pictures", "odd"]}),
            ("kit.edit", "kit:thrown-away", carl, {}),
            ("kit.create", "kit:old-news", carl, {}),
            ("kit.discard", "kit:old-news", carl, {"title": "Old news"}),
            ("role.grant", f"person:{carl.code}", root, {"role": "hr", "entity": ""}),
            ("person.edit", f"person:{carl.code}", root, {"changed": ["email", "team"]}),
            ("network.off", "entity:nordlys", None, {"network": "mastodon"}),
            ("entity.disclosures", "entity:nordlys", root, {"wordings": [["en", "#AtNordlys"]]}),
            ("entity.help_contact", "entity:nordlys", root, {"kind": "press"}),
            ("course.publish", "course:first", root, {"version": 2}),
            ("guideline.publish", "guideline:conduct", root, {"version": 1, "asks_again": True}),
            ("guideline.readers", "guideline:conduct", root, {"due_days": None, "readers": "champions"}),
            (
                "reading.look",
                "reading:people",
                root,
                {"entity": "nordlys", "team": "care", "state": "due", "page": 1},
            ),
            (
                "organisation.load",
                "organisation",
                None,
                {"people": {"created": 3, "updated": 2, "unchanged": 9}},
            ),
            ("person.password", f"person:{carl.code}", carl, {}),
            ("person.password", f"person:{carl.code}", None, {}),
            ("odd.thing", "odd", root, {"a_b": "x", "empty": ""}),
            ("kit.recall", "kit:open-day", Gone(), {"reason": "Wrong"}),
            ("share.make", "share:1", carl, {}),
        ):
            audit.record(verb, by=by, at=AT, about=about, details=details)
    return carl


class Gone:
    """Whoever was erased, as erasing leaves her in the trail."""

    id, name = 1_000_000, "person:0123456789abcdef"


SENTENCES = (
    "=Carl approved a kit: Open <day>",
    "=Carl edited a kit: Open <day> (changed: Title (French), Pictures, odd)",
    "=Carl edited a kit: a kit that is gone",
    "=Carl began a kit: Old news",
    "=Carl threw a draft kit away: Old news",
    "Root granted a role: =Carl (role: HR; for the whole group)",
    "Root changed a person: =Carl (changed: E-mail address, Team)",
    "The system switched a network off: Nordlys (network: Mastodon)",
    "Root changed the wordings of a company: Nordlys (wordings: #AtNordlys)",
    "Root changed whom people reach for help: Nordlys (when: The press asks me)",
    "Root published a course: First steps (version 2)",
    "Root published a guideline: Kind words (version 1; everyone is asked to read it again)",
    "Root changed whom a guideline is for: Kind words (for: champions)",
    "Root looked at the compliance overview by name (company: Nordlys; team: Care; state: Due; page 1)",
    "The system loaded the organisation from its folder (people: 3 new, 2 changed)",
    "=Carl chose a password",
    "The system chose a password: =Carl",
    "Root odd thing (a b: x)",
    "Someone who is no longer known here recalled a kit: Open <day> (reason: Wrong)",
)


def test_audit_says_every_line_as_a_sentence(client, lines):
    page = client.get("/admin/audit").text
    said = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.partition("<tbody>")[2])))
    for sentence in SENTENCES:
        told, _bracket, beside = sentence.removesuffix(")").partition(" (")
        assert told + beside in said, sentence
    assert '<a href="/kits/open-day" dir="auto">Open &lt;day&gt;</a>' in page
    assert f'<a href="/people/{lines.code}" dir="auto">=Carl</a>' in page
    assert "/kits/old-news" not in page, "no link to what is gone"
    for code in ("share:1", "reading:people", "asks again", "open-day<", "share make"):
        assert code not in page, code


def test_export_has_the_sentence_beside_the_codes(client, lines):
    table = csv.DictReader(io.StringIO(client.get("/admin/audit.csv").data.decode("utf-8-sig")))
    rows = list(table)
    assert {row["sentence"].removeprefix("'") for row in rows} == set(SENTENCES)
    assert {row["at"] for row in rows} == {"2026-11-02T09:00:00+00:00"}


def test_audit_reads_in_the_readers_language(client, root, lines):
    with db.unit_of_work():
        db.session.merge(root).language = "fr"
    page = client.get("/admin/audit").text
    assert "a validé un kit" in page
    assert "version 1\u00a0; " in page, "French sets a no-break space before a semicolon"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=carl", {"approved a kit"}),
        ("verb=role.grant", {"granted a role"}),
        ("about=carl", {"granted a role"}),
        ("about=open-day", {"approved a kit"}),
        ("day=2026-11-02&who=carl", {"approved a kit"}),
        ("day=2026-11-03", set()),
        ("verb=share.make", set()),
    ],
)
def test_audit_is_filtered(client, lines, asked, found):
    page = client.get(f"/admin/audit?{asked}").text
    table = page.partition("<tbody>")[2]
    for words in ("approved a kit", "granted a role"):
        assert (words in table) is (words in found)
    assert ("Nothing like that" in page) is (not found)


@pytest.mark.parametrize("day", ["tomorrow", "9999-12-31", "0001-01-01"])
def test_audit_takes_no_day_that_is_none(client, lines, day):
    page = client.get(f"/admin/audit?day={day}&verb=kit.approve").text
    assert f"“{day}” is no day, so all days stand here." in page
    assert "approved a kit" in page and "granted a role" not in page.partition("<tbody>")[2]
    assert "is no day" not in client.get("/admin/audit").text


@pytest.mark.parametrize("part", ["day=abc", "day=2026-13-45", "day=0001-01-01", "verb=nope"])
def test_no_file_of_the_trail_is_made_of_what_means_nothing(client, lines, part):
    """Whoever opens the file takes every line in it for what she asked for."""
    answer = client.get(f"/admin/audit.csv?who=carl&{part}")
    assert answer.status_code == 400 and answer.mimetype == "text/html"
    assert f"{part}, which means nothing here, so no file was made." in answer.text
    assert one(sa.select(AuditLine).where(AuditLine.verb == "audit.export")) is None
    assert "so all days stand" not in client.get("/admin/entities").text, "nothing is left for another page"


@pytest.mark.parametrize("part", ["day=abc", "verb=nope"])
def test_the_file_of_the_page_has_the_filters_in_force(client, lines, part):
    page = client.get(f"/admin/audit?{part}&who=carl&about=open-day&page=1&odd=1").text
    assert "is no day, so all days stand here" in page or f"{part}, which means nothing here. It was" in page
    assert 'href="/admin/audit.csv?who=carl&amp;about=open-day"' in page
    page = client.get("/admin/audit?day=2026-11-02&verb=kit.approve").text
    assert 'href="/admin/audit.csv?verb=kit.approve&amp;day=2026-11-02"' in page


def test_a_verb_that_nobody_did_yet_is_known(client, root):
    page = client.get("/admin/audit?verb=kit.approve").text
    assert "Nothing like that" in page and "passed over" not in page


def test_audit_begins_empty(client, root):
    assert "Nothing yet" in client.get("/admin/audit").text


def test_export_is_free_of_formulas_and_noted(client, lines):
    answer = client.get("/admin/audit.csv?verb=kit.approve")
    table = answer.data.decode("utf-8-sig").splitlines()
    assert len(table) == 2 and "Open <day>,'=Carl,kit.approve,kit:open-day," in table[1]
    noted = one(sa.select(AuditLine).where(AuditLine.verb == "audit.export"))
    assert noted.details == {"lines": 1}


def test_audit_is_for_the_whole_group(client, local):
    assert client.get("/admin/audit").status_code == 403
    assert client.get("/admin/audit.csv").status_code == 403
    assert "/admin/audit" not in client.get("/admin/entities").text
