"""A table is matched, mended and shortened, and then read like any file."""

import pytest

from feedback.domain.errors import RosterNote, RosterRefused
from feedback.domain.roster.files import RosterRecord, roster_records
from feedback.domain.roster.mending import found_columns, is_matched, layout_of, matched, mended, shown_cells
from feedback.domain.roster.rows import RosterTable, read_table

ADA = "Ada,Ito,ada@example.com,mentor,Lyon"


def table(text: str) -> RosterTable:
    return RosterTable(RosterNote("Read"), tuple(roster_records(text)))


def plain(text: str, **fields: str) -> RosterTable:
    """A table whose columns are matched by their headers, or as `fields` say by the letter of their place."""
    one = table(text)
    layout = layout_of(one)
    found = {ord(letter) - ord("a"): field for letter, field in fields.items()}
    return matched(one, layout, found or {column.place: column.field for column in found_columns(layout)})


def fields_in(text: str) -> list[str]:
    return [column.field for column in found_columns(layout_of(table(text)))]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Nom,Courriel,Rôle\nAda,ada@example.com,mentor", ["name", "email", "role"]),
        ("Who,Contact,Part,Site\nAda,ada@example.com,mentor,Lyon", ["", "email", "role", ""]),
        ("Ada,ada@example.com,mentor", ["", "email", "role"]),
        ("name,name,email\nAda,Ada,ada@example.com", ["name", "", "email"]),
        ("name,email,deputy\nAda,ada@example.com,bo@example.com", ["name", "email", ""]),
    ],
)
def test_columns_are_known_by_their_headers_and_else_by_what_cannot_be_mistaken(text: str, fields: list[str]) -> None:
    assert fields_in(text) == fields


@pytest.mark.parametrize(
    ("text", "has_headers", "known"),
    [
        ("name,email,role\n" + ADA, True, True),
        ("Roster 2027\nname,email,role\n" + ADA, True, True),
        ("name,email,role,Site\n" + ADA, True, False),
        ("Who,Contact\n" + ADA, True, False),
        ("Ada,ada@example.com,mentor\nBo,bo@example.com,mentee", False, False),
    ],
)
def test_a_first_row_is_one_of_headers_unless_it_is_a_person(text: str, *, has_headers: bool, known: bool) -> None:
    layout = layout_of(table(text))
    assert (layout.has_headers, is_matched(layout)) == (has_headers, known)


def test_what_is_left_out_is_gone_and_lines_keep_their_numbers() -> None:
    made = plain("Who,Contact,Part,Staff\nAda,ada@example.com,mentor,40113\n", a="name", b="email", c="role")
    assert "40113" not in repr(made)
    (row,) = read_table(made).rows
    assert (row.line, row.name) == (2, "Ada")


def test_people_without_headers_are_all_read() -> None:
    made = plain("Ada,ada@example.com,mentor\nBo,bo@example.com,mentee", a="name", b="email", c="role")
    assert [(row.line, row.name) for row in read_table(made).rows] == [(1, "Ada"), (2, "Bo")]


def test_a_short_row_lacks_cells_and_a_long_one_stays_wrong() -> None:
    made = plain("name,email,role\nAda,ada@example.com\nBo,bo@example.com,mentee,x\n")
    with pytest.raises(RosterRefused) as refused:
        read_table(made)
    assert [(one.line, one.field) for one in refused.value.problems] == [(2, "role"), (3, "")]


def test_cells_are_mended_where_they_stand() -> None:
    made = plain("last name,first name,email,role\nIto,Ada,ada@,mentor\nNote\n")
    better = mended(made, {(2, "email"): "ada@example.com", (2, "name"): "Ada Itō"}, {3})
    (row,) = read_table(better).rows
    assert (row.name, row.email) == ("Ada Itō", "ada@example.com")
    assert dict(shown_cells(made, {2})) == {2: {"name": "Ada Ito", "email": "ada@", "role": "mentor"}}


def test_a_row_that_cannot_be_read_shows_no_cells_and_can_go() -> None:
    broken = RosterRecord(3, problem=RosterNote("a quotation mark does not match").at(3))
    made = plain("name,email,role\nAda,ada@example.com,mentor")
    made = RosterTable(made.source, (*made.records, broken))
    assert dict(shown_cells(made, {3})) == {3: {}}
    assert len(read_table(mended(made, {(3, "name"): "Bo"}, {3})).rows) == 1


def test_a_finding_says_its_place_first_and_remembers_what_it_is_made_of() -> None:
    found = RosterNote("%(text)s is wrong", text="“x”").at(4, "role")
    assert (found, found.said, found.values, found.line, found.field) == (
        "Line 4, role: “x” is wrong",
        "%(text)s is wrong",
        {"text": "“x”"},
        4,
        "role",
    )
