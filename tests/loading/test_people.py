"""The staff's file as spreadsheets write it, and what each kind of mistake says, with its line and cell."""

import pytest

from advocacy.loading.rules import people
from advocacy.loading.rules.known import EntityFacts, Known, Staff, TeamFacts
from advocacy.loading.rules.people import Roster
from advocacy.loading.rules.problems import Problems
from advocacy.permissions import Role
from tests.makers.loading import HEADING, people_csv


def known() -> Known:
    return Known(
        entities={
            "norge": EntityFacts("Norge", "NO", "nb", "Europe/Oslo"),
            "ireland": EntityFacts("Ireland", "IE", "en", "Europe/Dublin"),
        },
        topics={"product"},
        teams={"platform": TeamFacts("Plattform og drift", "norge")},
        staff={"N-9": Staff()},
        addresses={"old@demo.example": "N-9", "setup@demo.example": ""},
    )


def read(content: str | bytes) -> tuple[Roster, list[str]]:
    problems = Problems()
    data = content.encode() if isinstance(content, str) else content
    roster = people.read(data, "people.csv", known(), problems)
    return roster, [str(one) for one in problems]


def complaints(*rows: str) -> list[str]:
    return read(people_csv(*rows))[1]


GOOD = "N-1,ada@demo.example,Ada,ireland,,,,,,"


def test_what_is_empty_comes_from_the_entity() -> None:
    [row] = read(people_csv(GOOD))[0].rows
    assert (row.country, row.language, row.time_zone) == ("IE", "en", "Europe/Dublin")
    assert (row.team, row.roles, row.topics) == (None, frozenset(), ())


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_is_read_as_excel_writes_it(mark: bytes, delimiter: str, line_end: str) -> None:
    rows = [["staff_id", "Name", "ENTITY", "team"], ["N-1", 'Ada "the" Ny, str; öm', "ireland", "Repair"]]
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    content = line_end.join(delimiter.join(row) for row in quoted) + line_end
    roster, problems = read(mark + content.encode())
    assert problems == []
    assert [row.name for row in roster.rows] == ['Ada "the" Ny, str; öm']
    assert [team.slug for team in roster.teams] == ["repair"]


def test_lines_are_counted_through_quoted_line_breaks_and_empty_rows() -> None:
    content = (
        f'{HEADING}\r\nN-1,,"Ada\r\nof Cork",ireland,,,,,,\r\n\r\n,,,,,,,,,\r\nN-2,,Bo,nowhere,,,,,,\r\n'
    )
    assert read(content)[1] == [
        "people.csv:2:3: name: holds a line break; write it on one line",
        "people.csv:6:4: entity: there is no entity “nowhere”",
    ]


def test_every_mistake_is_reported_at_once() -> None:
    found = complaints(
        "N-1,nobody,,ireland,XK,no,Mars/Base,platform,boss|comms@nowhere,poetry",
        "N 2,ada@demo.example,Ada,ireland,,,,,,",
        "N-3,ADA@demo.example,Bo,ireland,,,,,,",
        "N-3,,Cy,ireland,,,,,,,more",
        "N-3,,Di,ireland",
        ",,Ed,ireland",
    )
    assert found == [
        "people.csv:2:2: email: “nobody” is not an e-mail address",
        "people.csv:2:5: country: “XK” is not a country; write its ISO 3166 code in capitals, such as NO or FR",
        "people.csv:2:6: language: “no” is not one language; write nb (bokmål) or nn (nynorsk)",
        "people.csv:2:7: time_zone: “Mars/Base” is not a time zone; write its IANA name, such as Europe/Oslo",
        "people.csv:2:8: team: “platform” is a team of norge",
        "people.csv:2:9: roles: “boss” is not a role; roles are comms, hr, admin, each alone or as comms@entity",
        "people.csv:2:10: topics: there is no topic “poetry”",
        "people.csv:2:3: name: this cell is empty",
        "people.csv:3:1: staff_id: “N 2” holds a space",
        "people.csv:4:2: email: “ada@demo.example” is the address of the person on line 3",
        "people.csv:5:11: this row has 11 cells, but there are 10 headings",
        "people.csv:6:1: staff_id: “N-3” stands on line 4 already",
        "people.csv:7:1: staff_id: this cell is empty",
    ]


def test_good_rows_stay_good_beside_bad_ones() -> None:
    roster, problems = read(people_csv("N-1,x,Ada,ireland", GOOD.replace("N-1", "N-2")))
    assert [row.staff_id for row in roster.rows] == ["N-2"]
    assert len(problems) == 1


def test_roles_are_for_the_group_or_an_entity() -> None:
    [row] = read(people_csv("N-1,,Ada,ireland,,,,,comms | hr@norge|admin@ireland,"))[0].rows
    assert row.roles == {(Role.COMMS, None), (Role.HR, "norge"), (Role.ADMIN, "ireland")}


def test_a_team_is_known_by_its_slug_or_name_and_else_made_once() -> None:
    roster, problems = read(
        people_csv(
            "N-1,,A,norge,,,,platform,,",
            "N-2,,B,norge,,,,plattform OG drift,,",
            "N-3,,C,norge,,,,Lag Ø,,",
            "N-4,,D,norge,,,,lag ø,,",
            "N-5,,E,ireland,,,,Plattform og drift,,",
        )
    )
    assert problems == []
    assert [row.team for row in roster.rows] == [
        "platform",
        "platform",
        "lag-o",
        "lag-o",
        "plattform-og-drift",
    ]
    assert [(team.slug, team.name, team.entity) for team in roster.teams] == [
        ("lag-o", "Lag Ø", "norge"),
        ("plattform-og-drift", "Plattform og drift", "ireland"),
    ]


def test_an_address_of_another_person_is_refused_unless_she_gives_it_up() -> None:
    taken = "N-1,old@demo.example,Ada,ireland"
    assert complaints(taken) == [
        "people.csv:2:2: email: “old@demo.example” is the address of the person with staff_id N-9"
    ]
    assert complaints(taken, "N-9,new@demo.example,Old,ireland") == []
    assert complaints(taken, "N-9,,Old,ireland") == []
    assert complaints("N-1,setup@demo.example,Ada,ireland") == []


def test_who_cannot_move_keeps_her_address() -> None:
    found = complaints(
        "N-1,old@demo.example,Ada,ireland", "N-9,bad,Old,ireland", "N-8,ada@demo.example,Eve,ireland"
    )
    assert found == [
        "people.csv:3:2: email: “bad” is not an e-mail address",
        "people.csv:2:2: email: “old@demo.example” is the address of the person with staff_id N-9",
    ]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("staff_id,name", ["people.csv:1:1: the column entity is missing"]),
        ("staff_id,name,entity,name", ["people.csv:1:4: the column name is given twice"]),
        ("staff_id,name,entity,shoe", ["people.csv:1:4: “shoe” is not a known column; known are"]),
    ],
)
def test_headings_that_do_not_serve(heading: str, said: list[str]) -> None:
    roster, problems = read(people_csv("1,2,3,4", heading=heading))
    assert roster.rows == []
    assert [one.partition(" staff_id, email")[0] for one in problems] == said


def test_an_empty_file_lacks_its_heading() -> None:
    for empty in ("", "\ufeff", "\n\n"):
        assert read(empty)[1] == [
            f"people.csv:1:1: the file is empty; its first row names the columns: {HEADING}"
        ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (f"{HEADING}\n{GOOD}".encode("utf-16"), "UTF-16 text"),
        (f"{HEADING}\n{GOOD}".encode("utf-16-be"), "UTF-16 text"),
        (b"PK\x03\x04\x14\x00\x06\x00xl/workbook.xml", "a workbook or an archive, not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "not text"),
    ],
)
def test_a_file_that_is_something_else_is_said_to_be_so_once(data: bytes, said: str) -> None:
    assert read(data)[1] == [
        f"people.csv:1:1: this is {said}; save the file as UTF-8 (in Excel: “CSV UTF-8”)"
    ]


def test_another_encoding_is_told_with_its_place() -> None:
    content = f"{HEADING}\nN-1,,Ada Nyström,ireland".encode("latin-1")
    [problem] = read(content)[1]
    assert problem.startswith("people.csv:2:15: this is not UTF-8 text")


def test_an_open_quotation_mark_is_told_where_its_row_begins() -> None:
    roster, problems = read(people_csv(GOOD, 'N-2,,"Bo,ireland', "N-3,,Cy,ireland"))
    assert [row.staff_id for row in roster.rows] == ["N-1"]
    assert problems == [
        (
            "people.csv:3:1: this row cannot be read (unexpected end of data), nor what follows; "
            "is a quotation mark missing?"
        )
    ]


def test_a_row_with_fewer_cells_has_empty_ones_at_its_end() -> None:
    assert complaints("N-1,,Ada,ireland") == []
    assert complaints(GOOD + ",,") == []
