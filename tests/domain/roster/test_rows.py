"""The roster file: every ordinary spreadsheet is read, and every wrong field is named with its mend."""

import csv
import io
import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import RosterRefused
from feedback.domain.roster.rows import MAX_ROWS, RosterRow, read_roster
from feedback.domain.survey.questionnaires import Role
from feedback.resources import rosters_folder
from tests.roster_cases import case

HEADERS = ("name", "email", "role", "cohort", "language")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252")
LATIN = "abcXYZ019 =-+'\"@,;éžŽ€’ñüß"


def file_of(*lines: str, headers: str = "name,email,role,cohort,language") -> bytes:
    return "\n".join((headers, *lines)).encode()


def rows_of(data: bytes, encoding: str | None = None) -> tuple[RosterRow, ...]:
    return read_roster(data, encoding).rows


def problems_of(data: bytes) -> tuple[str, ...]:
    with pytest.raises(RosterRefused) as refused:
        read_roster(data)
    return refused.value.problems


def written(rows: list[RosterRow], encoding: str, delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(HEADERS)
    writer.writerows((row.name, row.email, row.role.value, row.cohort, row.language) for row in rows)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return mark + out.getvalue().encode(encoding)


def problems_in(data: bytes, encoding: str | None = None) -> tuple[str, ...]:
    try:
        read_roster(data, encoding)
    except RosterRefused as refused:
        return refused.problems
    return ()


def names(alphabet: str | None) -> st.SearchStrategy[str]:
    letters = (
        st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffd")
        if alphabet is None
        else st.sampled_from(alphabet)
    )
    text = st.text(letters, min_size=1, max_size=12)
    return text.map(lambda name: " ".join(unicodedata.normalize("NFC", name).split())).filter(bool)


@st.composite
def rosters(draw: st.DrawFn, alphabet: str | None) -> list[RosterRow]:
    """Valid rows, each on one line, beginning with one whose é no UTF-8 reader mistakes for its own."""
    people = draw(st.lists(st.tuples(names(alphabet), names(alphabet), st.sampled_from(Role)), max_size=8))
    first = RosterRow(2, "José", "jose@example.com", Role.MENTOR, "Spring", "pt-BR")
    others = (
        RosterRow(line, name, f"p{line}@example.com", role, f"C{cohort}", "en")
        for line, (name, cohort, role) in enumerate(people, start=3)
    )
    return [first, *others]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@given(st.data(), st.sampled_from(ENCODINGS), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_reads_back_equal(data: st.DataObject, encoding: str, delimiter: str) -> None:
    rows = data.draw(rosters(LATIN if encoding == "cp1252" else None))
    named = encoding.removesuffix("-be")
    assert rows_of(written(rows, encoding, delimiter), named) == tuple(rows)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    assert all(problem.endswith(".") or "--encoding" in problem for problem in problems_in(data))


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_arbitrary_fields_are_read_or_named(name: str, email: str, role: str, language: str) -> None:
    cells = ",".join(quoted(text.replace("\x00", "")) for text in (name, email, role, "Spring", language))
    assert all(problem.startswith("Line 2") for problem in problems_in(file_of(cells), "utf-8"))


@given(st.from_regex(r"[a-zé’.+_'!-]{1,66}@[a-zü.-]{1,20}\.(com|org)", fullmatch=True))
def test_an_address_is_accepted_exactly_when_email_validator_accepts_it(email: str) -> None:
    try:
        validate_email(email, check_deliverability=False, strict=True, allow_smtputf8=False)
        valid = True
    except EmailNotValidError:
        valid = False
    assert valid == (problems_in(file_of(f"Ana,{email},mentor,,")) == ())


def test_fields_are_tidied() -> None:
    (row,) = rows_of(file_of("  Ana   Lu\u0301cia ,ANA@Bücher.example.COM, Mentors ,  Spring  1 ,PT_br"))
    assert row == RosterRow(2, "Ana Lúcia", "ana@xn--bcher-kva.example.com", Role.MENTOR, "Spring 1", "pt-BR")


@pytest.mark.parametrize(
    "headers", ["Role,E-mail address,Full name", "ROLE,E-Mail,NAME", '"role","Mail","full_name"', "Role, email ,Name,,"]
)
def test_headers_come_in_any_order_case_and_common_variant(headers: str) -> None:
    (row,) = rows_of(file_of("mentee,ana@example.com,Ana", headers=headers))
    assert (row.role, row.email, row.name) == (Role.MENTEE, "ana@example.com", "Ana")
    assert (row.cohort, row.language) == ("", "")


def test_group_and_lang_name_cohort_and_language() -> None:
    (row,) = rows_of(file_of("Ana,ana@example.com,mentor,Autumn,fr", headers="Name,Mail,Role,Group,Lang"))
    assert (row.cohort, row.language) == ("Autumn", "fr")


def test_the_line_that_names_the_separator_is_honoured_and_counted() -> None:
    (row,) = rows_of(b"sep=;\r\nname;email;role\r\n\r\nAna, Dr;ana@example.com;mentor\r\n")
    assert (row.name, row.line) == ("Ana, Dr", 4)


def test_commas_inside_quoted_headers_do_not_mislead() -> None:
    data = b'"name";"email";"role";"a,b,c,d"\nAna;ana@example.com;mentor;\n'
    assert "the header “a,b,c,d” is not known" in problems_of(data)[0]


def test_a_field_over_two_lines_keeps_the_line_numbers_true() -> None:
    data = file_of('"Ana\r\nLima",ana@example.com,mentor,,', ";,,,", "Bo,bo@,mentee,,")
    assert problems_of(data)[-1].startswith("Line 5, email: “bo@” is not an e-mail address")


def test_windows_1252_letters_are_read() -> None:
    data = "Name;Email;Role\r\nDžoni O’Hara €;ana@example.com;mentor".encode("cp1252")
    assert rows_of(data, "cp1252")[0].name == "Džoni O’Hara €"


def test_a_name_that_looks_like_a_formula_is_a_name() -> None:
    (row,) = rows_of(file_of('"=HYPERLINK(""x"")",ana@example.com,mentor,,'))
    assert row.name == '=HYPERLINK("x")'


def test_names_of_scripts_that_need_joiners_are_kept() -> None:
    (row,) = rows_of(file_of("علی\u200cرضا,ali@example.com,mentor,,"))
    assert row.name == "علی\u200cرضا"


def test_one_address_may_be_mentor_and_mentee() -> None:
    rows = rows_of(file_of("Ana,ana@example.com,mentor,,", "Ana,Ana@example.com,mentee,,"))
    assert [row.role for row in rows] == [Role.MENTOR, Role.MENTEE]


@pytest.mark.parametrize(("name", "sign"), [("smartapos", "’"), ("utf8", "é"), ("arabic", "ا")])
def test_an_address_to_which_no_mail_is_sure_to_arrive_is_refused_with_its_sign(name: str, sign: str) -> None:
    (problem,) = problems_of(case(f"address-forms/{name}.csv"))
    assert problem.startswith("Line 2, email: ")
    assert f"has “{sign}” before its @" in problem


def test_an_apostrophe_of_a_keyboard_is_part_of_an_address() -> None:
    assert rows_of(case("address-forms/apostrophe.csv"))[0].email == "ada.o'brien@example.com"


def test_the_same_address_twice_in_a_role_names_both_lines() -> None:
    data = file_of("Ana,ana@example.com,mentor,,", "", "Ann,ANA@example.com,Mentor,,")
    assert problems_of(data) == ("Line 4, email: “ana@example.com” is already a mentor on line 2; remove one of them.",)


def test_every_wrong_field_of_every_line_is_named_in_order() -> None:
    data = file_of("Ana,ana@,mentor,,", ",bo@example.com,coach,,english", "Cy,cy@example.com,mentor,,")
    starts = [problem.split(":")[0] for problem in problems_of(data)]
    assert starts == ["Line 2, email", "Line 3, name", "Line 3, role", "Line 3, language"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ana,ana@,mentor,,", "Line 2, email: “ana@” is not an e-mail address; write it like name@example.com."),
        ("Ana,a@b.test,mentor,,", "Line 2, email: “a@b.test” is not an e-mail address"),
        ("Ana,,mentor,,", "Line 2, email: the field is empty; write an address like name@example.com."),
        ("\u200d,a@example.com,mentor,,", "Line 2, name: the field is empty"),
        ("A\u202ena,a@example.com,mentor,,", "Line 2, name: “A�na” holds an invisible character"),
        ("A\u0007na,a@example.com,mentor,,", "Line 2, name: “A�na” holds an invisible character"),
        ("x" * 201 + ",a@example.com,mentor,,", "Line 2, name: the text has 201 characters; shorten it to 200."),
        ("Ana,a@example.com,coach,,", "Line 2, role: “coach” is not a role; write mentor or mentee."),
        ("Ana,a@example.com,mentor,,english", "Line 2, language: “english” is not a language code"),
        ("Ana,a@example.com,mentor,", "Line 2: the row has 4 of 5 columns; add what is missing."),
        ("Ana,a@example.com,mentor,,,x", "Line 2: the row has 6 columns, the headers have 5; remove"),
        ('"Ana,a@example.com,mentor,,', "Line 2: a quotation mark does not match; close it"),
        ('"Ana"x,a@example.com,mentor,,', "Line 2: a quotation mark does not match; close it"),
    ],
)
def test_a_wrong_row_is_named_with_its_mend(row: str, problem: str) -> None:
    assert problems_of(file_of(row))[0].startswith(problem)


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ("name,role", "Line 1: there is no header email; add a column email."),
        ("name,email,role,Shoe size", "Line 1: the header “Shoe size” is not known; use name,"),
        ("name,Email,role,E-mail", "Line 1: the header “E-mail” is a second email; keep only one column for it."),
        ("name,email,,role", "Line 1: column 3 has no header; name it or remove it."),
        ("Ana,ana@example.com,mentor", "Line 1 names no known column; write the headers name, email, role"),
        ('"name,email,role', "Line 1: a quotation mark does not match"),
    ],
)
def test_a_wrong_header_is_named_with_its_mend(headers: str, problem: str) -> None:
    assert problems_of(file_of(headers=headers))[0].startswith(problem)


def test_wrong_headers_do_not_hide_wrong_fields() -> None:
    problems = problems_of(file_of("Ana,ana@", headers="name,email"))
    assert [problem.split(":")[0] for problem in problems] == ["Line 1", "Line 2, email"]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n ,, \n", b"sep=;\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert problems_of(data)[0].startswith("The file is empty;")


def test_headers_alone_are_refused() -> None:
    assert problems_of(file_of("", ",,,,")) == (
        "The file has headers but no participants; add one line for each participant.",
    )


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1", b"name,\x00", b"\xff\xfea"])
def test_what_is_not_text_asks_for_csv(data: bytes) -> None:
    assert "save it as “CSV UTF-8”" in problems_of(data)[0]


def test_fifty_problems_are_spelled_out_and_the_rest_counted() -> None:
    problems = problems_of(file_of(*["Ana,ana@,mentor,,"] * 362))
    assert len(problems) == 51
    assert problems[-1] == "and 312 more."


def test_a_hundred_thousand_rows_are_read() -> None:
    data = file_of(*(f"Ana {serial},ana{serial}@example.com,mentor,Spring,en" for serial in range(MAX_ROWS)))
    assert len(rows_of(data)) == MAX_ROWS


def test_one_row_too_many_is_refused_in_one_sentence() -> None:
    (problem,) = problems_of(file_of(*["Ana,ana@,mentor,,"] * (MAX_ROWS + 1)))
    assert problem == "The file has more than 100,000 participants; split it into several programmes."


@pytest.mark.parametrize("name", ["roster.csv", "roster-excel-windows-1252.csv"])
def test_the_example_rosters_are_read(name: str) -> None:
    rows = rows_of((rosters_folder() / name).read_bytes())
    assert {row.role for row in rows} == set(Role)
    assert len({row.cohort for row in rows}) == 2
