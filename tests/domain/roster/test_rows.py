"""The roster file: every ordinary spreadsheet is read, and every wrong field is named with its mend."""

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import RosterRefused
from feedback.domain.roster import rows
from feedback.domain.roster.rows import MAX_ROWS, RosterRow
from feedback.domain.survey.questionnaires import Role
from feedback.resources import rosters_folder
from feedback.services.roster.read_file import read_file
from tests.databases import LARGE
from tests.roster_cases import FOLDER, case

HEADERS = ("name", "email", "role", "cohort", "language")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252")
LATIN = "abcXYZ019 =-+'\"@,;éžŽ€’ñüß"


def file_of(*lines: str, headers: str = "name,email,role,cohort,language") -> bytes:
    return "\n".join((headers, *lines)).encode()


def rows_of(data: bytes, encoding: str | None = None) -> tuple[RosterRow, ...]:
    return read_file(data, encoding).rows


def problems_of(data: bytes) -> tuple[str, ...]:
    with pytest.raises(RosterRefused) as refused:
        read_file(data)
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
        read_file(data, encoding)
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


@given(st.from_regex(r"[a-zé’.+_!-][a-zé’.+_'!-]{1,65}@[a-zü.-]{1,20}\.(com|org)", fullmatch=True))
def test_an_address_is_accepted_exactly_when_email_validator_accepts_it(email: str) -> None:
    data = file_of(f"Ana,{email},mentor,,")
    if problems_in(data, "utf-8") == ():
        email = rows_of(data, "utf-8")[0].email
        assert validate_email(email, check_deliverability=False, strict=True, allow_smtputf8=False)
    else:
        with pytest.raises(EmailNotValidError):
            validate_email(email, check_deliverability=False, strict=True, allow_smtputf8=False)


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


@pytest.mark.parametrize("file", sorted((FOLDER / "header-synonyms").iterdir()), ids=lambda file: file.stem)
def test_headers_of_other_tools_and_languages_are_known(file: Path) -> None:
    (row,) = rows_of(file.read_bytes())
    assert (row.name, row.email, row.role) == ("Ada Ito", "ada@example.com", Role.MENTOR)
    assert (row.cohort, row.language) in {("", ""), ("Spring", "fr")}


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        ("Surname,Forename,Mail,Role", "Ito,Ada"),
        ("Prénom,Nom,Mail,Rôle", "Ada,Ito"),
        ("Nombre,Apellidos,Correo,Rol", "Ada,Ito"),
        ("Name,Vorname,E-Mail,Rolle", "Ito,Ada"),
        ("Cyfenw,Enw cyntaf,E-bost,Rôl", "Ito,Ada"),
        ("اسم العائلة,الاسم الأول,البريد,الدور", "Ito,Ada"),
        ("Display name,Last name,Work e-mail,ROLE", "Ada Ito,Ito"),
    ],
)
def test_a_name_in_two_columns_is_joined_as_it_is_said(headers: str, cells: str) -> None:
    (row,) = rows_of(file_of(f"{cells},ada@example.com,mentor", headers=headers))
    assert row.name in {"Ada Ito", "Ada Ito Ito"}


def test_a_whole_name_is_taken_before_its_parts() -> None:
    data = file_of("Ada,Ito,Ada B. Ito,a@example.com,mentor", headers="First name,Last name,Display name,Email,Role")
    assert rows_of(data)[0].name == "Ada B. Ito"


def test_an_error_in_a_part_of_a_name_is_refused() -> None:
    data = file_of("Ada,#N/A,a@example.com,mentor", headers="First name,Last name,Email,Role")
    assert problems_of(data)[0].startswith("Line 2, name: “#N/A” is an error of the spreadsheet")


def test_one_part_of_a_name_is_no_name() -> None:
    assert "there is no header name; add a column name" in problems_of(file_of(headers="First name,Email,Role"))[0]


@pytest.mark.parametrize("file", sorted((FOLDER / "outlook-cells").iterdir()), ids=lambda file: file.stem)
def test_an_address_is_taken_out_of_what_is_around_it(file: Path) -> None:
    if file.stem == "two":
        assert "holds more than one address; keep one of them" in problems_of(file.read_bytes())[0]
    else:
        assert rows_of(file.read_bytes())[0].email == "ada@example.com"


@pytest.mark.parametrize(
    "cell",
    [
        '"""Ito, Ada"" <Ada@example.com>"',
        "ada@example.com <ada@example.com>",
        "mailto:ada@example.com?subject=Hello",
        "MAILTO: ada@example.com",
        "SMTP:ada@example.com",
        "ada@example.com;ada@example.com;",
        "“ada@example.com”",
        "(ada@example.com)",
        "ada@example.com>",
        "Ada#mailto:ada@example.com#",
        '"=HYPERLINK(""mailto:ada@example.com"",""Ada"")"',
        "\u202aada@example.com\u202c",
        "ada\u2060@example.com",
    ],
)
def test_other_wrappings_of_an_address(cell: str) -> None:
    assert rows_of(file_of(f"Ada,{cell},mentor,,"))[0].email == "ada@example.com"


@pytest.mark.parametrize(
    "cell",
    ["a@example.com <b@example.com>", "[a@example.com](mailto:b@example.com)", "a@example.com#mailto:b@example.com#"],
)
def test_two_addresses_in_one_wrapping_are_refused(cell: str) -> None:
    assert "holds more than one address" in problems_of(file_of(f"Ada,{cell},mentor,,"))[0]


ROLE_WORDS = {"both": None, "slash": None, "fr3": None, "ar": Role.MENTOR, "es": Role.MENTOR, "mentorin": Role.MENTOR}
ROLE_WORDS |= {"nbsp": Role.MENTOR, "rev": Role.MENTOR}


@pytest.mark.parametrize("file", sorted((FOLDER / "role-words").iterdir()), ids=lambda file: file.stem)
def test_roles_are_read_in_words_or_refused(file: Path) -> None:
    role = ROLE_WORDS.get(file.stem, Role.MENTEE)
    if role is None:
        assert problems_of(file.read_bytes())[0].startswith("Line 2, role: ")
    else:
        assert rows_of(file.read_bytes())[0].role is role


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Mentor*in", Role.MENTOR),
        ("mentor(s)", Role.MENTOR),
        ("persona mentora", Role.MENTOR),
        ("MENTORIAID", Role.MENTOR),
        ("المُرشِد", Role.MENTOR),
        ("mentoré·e", Role.MENTEE),
        ("Mentore\u0301e", Role.MENTEE),
        ("Mentorizada", Role.MENTEE),
        ("mentorai", Role.MENTEE),
        ("مسترشدة", Role.MENTEE),
    ],
)
def test_roles_in_the_languages_of_the_service(word: str, role: Role) -> None:
    assert rows_of(file_of(f"Ada,ada@example.com,{word},,"))[0].role is role


@pytest.mark.parametrize(
    "word", ["Mentor & Mentee", "mentor et mentoré", "les deux", "ambos", "y ddau", "mentee+mentor"]
)
def test_both_roles_in_one_cell_are_two_rows(word: str) -> None:
    assert "write two rows, one as mentor and one as mentee" in problems_of(file_of(f"A,a@example.com,{word},,"))[0]


@pytest.mark.parametrize("word", ["mentore", "mentores", "موجه", "coach", "mentor 2", "-"])
def test_a_word_that_may_be_either_role_or_none_is_refused(word: str) -> None:
    assert "is not a role; write mentor or mentee" in problems_of(file_of(f"A,a@example.com,{word},,"))[0]


LANGUAGES = {"ar": "ar-EG", "cy": "cy", "cym": "cy", "enuk": "en-GB", "es419": "es-419", "fr": "fr", "frfr": "fr-FR"}
LANGUAGES |= {"iso3": "fr", "locale": "fr-FR", "name": "fr", "sr": "sr-Latn-RS", "zh": "zh-Hans"}


@pytest.mark.parametrize("name", LANGUAGES)
def test_languages_are_read_as_tags_and_names(name: str) -> None:
    assert rows_of(case(f"language-words/{name}.csv"))[0].language == LANGUAGES[name]


@pytest.mark.parametrize(
    ("word", "tag"),
    [("Gallois", "cy"), ("ESPAÑOL", "es"), ("espanol", "es"), ("الفرنسية", "fr"), ("English (UK)", "en"), ("n/a", "")],
)
def test_languages_by_other_names(word: str, tag: str) -> None:
    assert rows_of(file_of(f"A,a@example.com,mentor,,{word}"))[0].language == tag


@pytest.mark.parametrize("file", sorted((FOLDER / "zero-width").iterdir()), ids=lambda file: file.stem)
def test_invisible_marks_are_taken_away_at_the_edges_and_in_addresses_and_roles(file: Path) -> None:
    if file.stem == "name-zwsp":
        assert "Line 2, name: “Ada� Ito” holds an invisible character" in problems_of(file.read_bytes())[0]
    else:
        (row,) = rows_of(file.read_bytes())
        assert (row.name, row.email, row.role) == ("Ada Ito", "ada@example.com", Role.MENTOR)


@pytest.mark.parametrize("name", ["comma", "nickname-quotes", "rtl"])
def test_names_as_people_write_them_are_read(name: str) -> None:
    assert rows_of(case(f"names/{name}.csv"))[0].name in {"Ito, Ada", 'Ada "Adi" Ito', "דנה לוי"}


def test_files_that_were_put_together_are_one() -> None:
    assert [row.name for row in rows_of(case("double-bom/mid.csv"))] == ["Ada Ito", "Bo Li"]
    first, second = "name,email,role\r\nA,a@example.com,mentor\r\n", '"Name",Email,Role\r\n"Li, B",b@example.com,mentee'
    data = f"\ufeff{first}\ufeff{second}".encode()
    assert [(row.line, row.name) for row in rows_of(data)] == [(2, "A"), (4, "Li, B")]


def test_columns_at_the_end_may_be_missing_in_a_row() -> None:
    assert rows_of(case("structure/short-rows.csv"))[0].cohort == ""
    rows = rows_of(case("excel-16-rows/r.csv"))
    assert (len(rows), rows[0].cohort, rows[-1].cohort) == (20, "Lyon", "")


def test_a_title_above_the_headers_is_left_out_and_said_so() -> None:
    file = read_file(case("structure/title-row.csv"))
    assert [(row.line, row.name) for row in file.rows] == [(4, "Ada Ito")]
    assert "What stands above the headers on line 3 is left out." in file.remarks
    semicolons = "Our pilot, spring\n;;\nName;E-mail;Role\nA;a@example.com;mentor"
    assert rows_of(semicolons.encode())[0].name == "A"


def test_a_total_is_refused_by_line() -> None:
    assert problems_of(case("structure/total-row.csv"))[0].startswith("Line 3: only “Total: 1” stands in the row;")


@pytest.mark.parametrize("data", [case("structure/html.xls"), b"\xef\xbb\xbf <?xml version='1.0'?><Workbook/>"])
def test_a_web_page_under_the_name_of_a_spreadsheet_is_refused_in_words(data: bytes) -> None:
    assert problems_of(data)[0].startswith("The file is a web page, whatever its name says; open it in")


def test_a_field_over_two_lines_keeps_the_line_numbers_true() -> None:
    data = file_of('"Ana\r\nLima",ana@example.com,mentor,,', ";,,,", "Bo,bo@,mentee,,")
    assert problems_of(data)[-1].startswith("Line 5, email: “bo@” is not an email address")


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
    data = file_of("Ana,ana@,mentor,,", ",bo@example.com,coach,,klingon", "Cy,cy@example.com,mentor,,")
    starts = [problem.split(":")[0] for problem in problems_of(data)]
    assert starts == ["Line 2, email", "Line 3, name", "Line 3, role", "Line 3, language"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ana,ana@,mentor,,", "Line 2, email: “ana@” is not an email address; write it like name@example.com."),
        ("Ana,a@b.test,mentor,,", "Line 2, email: “a@b.test” is not an email address"),
        ("Ana,,mentor,,", "Line 2, email: the field is empty; write an address like name@example.com."),
        ("\u200d,a@example.com,mentor,,", "Line 2, name: the field is empty"),
        ("A\u202ena,a@example.com,mentor,,", "Line 2, name: “A�na” holds an invisible character"),
        ("A\u0007na,a@example.com,mentor,,", "Line 2, name: “A�na” holds an invisible character"),
        ("x" * 201 + ",a@example.com,mentor,,", "Line 2, name: the text has 201 characters; shorten it to 200."),
        ("Ana,a@example.com,coach,,", "Line 2, role: “coach” is not a role; write mentor or mentee."),
        ("Ana,a@example.com,both,,", "Line 2, role: “both” is two roles; write two rows, one as mentor and one as"),
        ("Ana,a@example.com,mentor,,klingon", "Line 2, language: “klingon” is not a language; write its code"),
        ("Ana,a@example.com", "Line 2: the row has fewer columns than the headers; add what is missing."),
        ("Total: 12,,,,", "Line 2: only “Total: 12” stands in the row; if it is a total or a note, remove the row."),
        (
            "Ana,a@example.com b@example.com,mentor,,",
            "Line 2, email: “a@example.com b@example.com” holds more than one address",
        ),
        ("Ana,a@example.com or phone,mentor,,", "Line 2, email: “a@example.com or phone” holds “or phone” beside the"),
        ("Ana,a@example.com,mentor,,,x", "Line 2: the row has more columns than the headers; remove"),
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


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0\xa1\xb1", b"name,\x00", b"\xff\xfea"])
def test_what_is_not_text_asks_for_csv(data: bytes) -> None:
    assert "save it as “CSV UTF-8”" in problems_of(data)[0]


def test_fifty_problems_are_spelled_out_and_the_rest_counted() -> None:
    problems = problems_of(file_of(*["Ana,ana@,mentor,,"] * 362))
    assert len(problems) == 51
    assert problems[-1] == "and 312 more."


@LARGE
def test_a_hundred_thousand_rows_are_read() -> None:
    data = file_of(*(f"Ana {serial},ana{serial}@example.com,mentor,Spring,en" for serial in range(MAX_ROWS)))
    assert len(rows_of(data)) == MAX_ROWS


def test_one_row_too_many_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", 1000)
    assert len(problems_of(file_of(*["Ana,ana@,mentor,,"] * 1000))) > 1
    (problem,) = problems_of(file_of(*["Ana,ana@,mentor,,"] * 1001))
    assert problem == "The file has more than 1,000 participants; split it into several programmes."


@pytest.mark.parametrize("name", ["roster.csv", "roster-excel-windows-1252.csv"])
def test_the_example_rosters_are_read(name: str) -> None:
    rows = rows_of((rosters_folder() / name).read_bytes())
    assert {row.role for row in rows} == set(Role)
    assert len({row.cohort for row in rows}) == 2
