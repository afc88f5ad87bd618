"""Cohorts are compared as people compare them, the first spelling wins, and what was joined is said."""

import pytest

from feedback.domain.errors import RosterRefused
from feedback.domain.roster.cohorts import cohort_key
from feedback.domain.roster.merging import KnownPerson, merged
from feedback.services.roster.read_file import read_file
from tests.roster_cases import case


def taken(data: bytes, *known: str) -> tuple[list[str], str]:
    """The cohorts of a file's people beside those of a roster, and what is said of them."""
    before = [
        KnownPerson(at, f"P {at}", f"known{at}@example.com", "mentor", name, "en", False)  # noqa: FBT003
        for at, name in enumerate(known)
    ]
    merge = merged(before, read_file(data), lambda address: address)
    return [row.cohort for row in merge.new], "\n".join(merge.remarks)


def file_of(*cohorts: str) -> bytes:
    rows = (f'P,p{at}@example.com,mentor,"{cohort}"' for at, cohort in enumerate(cohorts))
    return "\n".join(("name,email,role,cohort", *rows)).encode()


def test_one_cohort_in_six_spellings_is_one() -> None:
    cohorts, said = taken(case("cohorts/variants.csv"))
    assert cohorts == ["London"] * 6
    assert "The cohorts “London” (line 2) and “london” (line 3) are taken for one, “London”." in said


def test_the_check_counts_the_lines_of_each_spelling() -> None:
    cohorts, said = taken(case("cohort-spelling/r.csv"))
    assert set(cohorts) == {"London"}
    assert "“london” (line 3 and 19 more) are taken for one" in said


def test_dashes_of_two_kinds_are_one() -> None:
    cohorts, said = taken(case("cohorts/minus.csv"))
    assert cohorts == ["North – South"] * 2
    assert "“North – South” (line 2) and “North - South” (line 3)" in said


def test_what_says_nothing_is_empty_and_said_so() -> None:
    cohorts, said = taken(case("cohorts/na.csv"))
    assert cohorts == ["", "", ""]
    assert "“N/A” is taken for an empty cohort, 1 time." in said
    assert "“-” is taken for an empty cohort, 1 time." in said


@pytest.mark.parametrize("text", ["n/a", "N.A.", "—", "--", "None", "(blank)", "?", "Ninguno", "−"])
def test_ways_of_saying_nothing(text: str) -> None:
    assert taken(file_of(text, "Lyon"))[0] == ["", "Lyon"]


@pytest.mark.parametrize("text", ["NA", "Nantes", "1-2", "🌟", "C", "N", "None of the above"])
def test_names_of_cohorts(text: str) -> None:
    assert taken(file_of(text))[0] == [text]


def test_a_name_that_may_say_nothing_is_asked_about() -> None:
    assert "The cohort “NA” (line 2 and 1 more) is taken for a name." in taken(file_of("NA", "NA"))[1]


def test_a_month_is_one_however_a_spreadsheet_shows_it() -> None:
    cohorts, said = taken(case("cohorts/dates.csv"))
    assert cohorts == ["2027-03", "2027-03"]
    assert "“2027-03” (line 2) and “Mar-27” (line 3)" in said


@pytest.mark.parametrize("text", ["2-Jan", "Mar-27", "1. févr.", "2027-01-02", "02/01/2027", "2027-01-02 00:00:00"])
def test_what_a_spreadsheet_may_have_made_is_asked_about(text: str) -> None:
    cohorts, said = taken(file_of(text))
    assert cohorts == [text]
    assert "looks like a date that a spreadsheet made of something else" in said


@pytest.mark.parametrize("text", ["1-2", "Spring 2027", "2027-03", "May", "Team 12", "Martha-27"])
def test_what_is_no_date_is_not_asked_about(text: str) -> None:
    assert taken(file_of(text)) == ([text], "")


def test_the_spelling_of_the_roster_comes_first() -> None:
    cohorts, said = taken(file_of("lyon", "LYON", "Oslo"), "Lyon")
    assert cohorts == ["Lyon", "Lyon", "Oslo"]
    assert "“Lyon” (on the roster) and “LYON” (line 3)" in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("North—South", "north - south"),
        ("O’Hara  House", "O'HARA house"),
        ("Straße", "STRASSE"),
        ("ｆｕｌｌ", "full"),
        ("Zu\u0308rich", "Zürich"),
        ("A\u00a0B", "a b"),
        ("03/2027", "March 2027"),
        ("avr.-27", "2027-04"),
        ("2027-04-01 00:00:00", "Apr 27"),
    ],
)
def test_what_people_take_for_one(one: str, other: str) -> None:
    assert cohort_key(one) == cohort_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1-2", "2-1"), ("A1", "A 1"), ("2027-03", "2027-13"), ("North", "North-"), ("juin-27", "juil-27")],
)
def test_what_people_take_for_two(one: str, other: str) -> None:
    assert cohort_key(one) != cohort_key(other)


@pytest.mark.parametrize(
    "error",
    ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#¡VALOR!", "#NV", "#N/D", "#SPILL!", "######", "Err:502"],
)
@pytest.mark.parametrize("row", ["{},p@example.com,mentor,Lyon", "P,{},mentor,Lyon", "P,p@example.com,mentor,{}"])
def test_an_error_of_a_spreadsheet_is_refused_by_name(row: str, error: str) -> None:
    with pytest.raises(RosterRefused, match="is an error of the spreadsheet; mend the cell there"):
        read_file(("name,email,role,cohort\n" + row.format(error)).encode())


@pytest.mark.parametrize("name", ["#MeToo", "#1", "# 12"])
def test_a_hash_alone_is_no_error(name: str) -> None:
    assert taken(file_of(name))[0] == [name]
