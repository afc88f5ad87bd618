"""Spreadsheets are read as they are shown, in a child process that a hostile file can only end, never ours."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from feedback.domain.errors import RosterRefused
from feedback.services.roster.read_file import read_file
from feedback.spreadsheets import reading
from feedback.spreadsheets.reading import MOST_FILE_BYTES, is_spreadsheet, read_sheet
from tests.roster_cases import case

HEADERS = ("name", "email", "role", "cohort")
SHEET = "xl/worksheets/sheet1.xml"
ADA = ("Ada Ito", "ada@example.com", "mentor", "Lyon")
Build = Callable[[openpyxl.Workbook], None]


def workbook(*rows: tuple[object, ...], build: Build = lambda _: None) -> bytes:
    """An XLSX file whose sheet has these rows under the headers."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (HEADERS, *rows):
        book.active.append(row)
    build(book)
    book.save(out)
    return out.getvalue()


def ods(*rows: tuple[str, ...], first: str = "") -> bytes:
    """An ODS file with a sheet of texts, as LibreOffice writes it, after what stands in `first`."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(f"<table:table-row>{''.join(cell.format(text) for text in row)}</table:table-row>" for row in rows)
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'{first}<table:table table:name="People">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def cells_of(data: bytes) -> list[tuple[str, ...]]:
    return [cells for _line, cells in read_sheet(data).rows]


def refused(data: bytes) -> str:
    with pytest.raises(RosterRefused) as wrong:
        read_file(data)
    return wrong.value.problems[0]


@pytest.mark.parametrize("name", ["xlsx.xlsx", "xlsx-renamed.csv"])
def test_a_workbook_is_read_whatever_it_is_called(name: str) -> None:
    (row, *_others) = read_file(case(f"structure/{name}")).rows
    assert row.email == "ada@example.com"


@pytest.mark.parametrize("data", [workbook(ADA), ods(HEADERS, ADA)])
def test_a_roster_of_each_kind_is_read_with_its_lines(data: bytes) -> None:
    (row,) = read_file(data).rows
    assert (row.line, row.name, row.email, row.cohort) == (2, *(ADA[at] for at in (0, 1, 3)))


def test_cells_are_read_as_they_are_shown() -> None:
    def build(book: openpyxl.Workbook) -> None:
        sheet = book.active
        for row, (value, number_format) in enumerate(SHOWN, start=2):
            sheet.cell(row, 4, value).number_format = number_format

    rows = cells_of(workbook(*[ADA] * len(SHOWN), build=build))
    assert [row[3] for row in rows[1:]] == list(SHOWN.values())


SHOWN: dict[tuple[object, str], str] = {
    (7, "00000"): "00007",
    (2027, "General"): "2027",
    (2028.0, "General"): "2028",
    (1.5, "General"): "1.5",
    (0.25, "0%"): "25%",
    (True, "General"): "TRUE",
    (date(2027, 3, 1), "mmm-yy"): "Mar-27",
    (date(2027, 1, 2), "d-mmm"): "2-Jan",
    (date(2027, 3, 1), "yyyy-mm"): "2027-03",
    (date(2027, 3, 1), "mm-dd-yy"): "2027-03-01",
    (date(2027, 3, 1), '[$-407]d". "mmmm yyyy'): "1. March 2027",
    (datetime(2027, 3, 1, 9, 30), "yyyy-mm-dd h:mm"): "2027-03-01 09:30",  # noqa: DTZ001
    ("00012", "General"): "00012",
    ("#N/A", "General"): "#N/A",
}


def with_formula(result: str) -> dict[str, bytes]:
    """The parts of an XLSX file whose cohort is a formula with a saved result."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, ADA)
        sheet.write_formula(1, 3, '=IF(A2="","",E2)', None, result)
    return parts_of(out.getvalue())


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_formula_is_its_result() -> None:
    assert read_file(zipped(with_formula("Lyon"))).rows[0].cohort == "Lyon"


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell() -> None:
    parts = with_formula("")
    parts[SHEET] = parts[SHEET].replace(b'<c r="D2">', b'<c r="D2" t="str">')
    assert read_file(zipped(parts)).rows[0].cohort == ""


def test_a_formula_without_its_result_empties_nobodys_cohort() -> None:
    assert refused(workbook((*ADA[:3], '="Ly"&"on"'))).startswith("Line 2: a formula was saved without its result (D2)")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?"])
def test_an_error_empties_nobodys_cohort(error: str) -> None:
    assert refused(workbook((*ADA[:3], error))) == (
        f"Line 2, cohort: “{error}” is an error of the spreadsheet; mend the cell there and save the file again."
    )
    assert "is an error of the spreadsheet" in refused(ods(HEADERS, (*ADA[:3], error)))


def test_the_first_sheet_that_is_seen_is_read_and_the_others_are_counted() -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.create_sheet("Old", 0).append(("nothing",))
        book["Old"].sheet_state = "hidden"
        book.create_sheet("More")

    file = read_file(workbook(ADA, build=build))
    assert file.rows[0].email == "ada@example.com"
    assert "Read the sheet “Sheet”; the others are left out." in file.remarks


def test_a_far_cell_costs_nobody_anything() -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active["XFD1048576"] = "x"

    assert "there is something in column 16384" in refused(workbook(ADA, build=build))


def test_empty_cells_with_a_format_far_below_are_no_rows() -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active["B9000"].number_format = "0"

    assert len(read_file(workbook(ADA, build=build)).rows) == 1


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    parts = parts_of(workbook(ADA, ("Bo", "bo@example.com", "mentee", "Lyon")))
    parts[SHEET] = parts[SHEET].replace(b'ref="A1:D3"', b'ref="A1:A1"')
    assert len(read_file(zipped(parts)).rows) == 2


def test_a_bomb_is_refused_by_its_directory() -> None:
    zeros = b"\0" * (2 << 20)
    out = io.BytesIO()
    packed = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as archive, archive.open("xl/workbook.xml", "w") as file:
        for _ in range(70):
            file.write(zeros)
    assert refused(out.getvalue()) == (
        "The spreadsheet is too large when unpacked; save the roster alone, as “CSV UTF-8”."
    )
    assert "too large when unpacked" in refused(zipped({f"xl/{at}": "" for at in range(2_001)}))


def test_what_takes_too_much_memory_ends_the_child_only() -> None:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-cell></table:table-row>'
    assert "pread" in refused(ods(HEADERS, ADA, first=f'<table:table table:name="Far">{row}</table:table>'))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (zipped({"word/document.xml": "<x/>"}), "no spreadsheet of a kind that can be read"),
        (zipped({"xl/workbook.bin": "x"}), "no spreadsheet of a kind that can be read"),
        (workbook(ADA)[:-300], "damaged"),
        (zipped({"xl/workbook.xml": "<nonsense"}), "damaged or protected"),
        (zipped({"mimetype": "", "content.xml": "<nonsense"}), "damaged or protected"),
        (b"PK\x03\x04" + b"\0" * MOST_FILE_BYTES, "larger than 32 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old “.xls” or protected by a password"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_in_words(data: bytes, why: str) -> None:
    assert why in refused(data)
    assert "CSV UTF-8" in refused(data)


def test_a_text_file_is_no_spreadsheet() -> None:
    assert not is_spreadsheet(b"name,email,role")


def test_text_that_was_read_in_a_wrong_code_page_before_is_asked_about() -> None:
    data = workbook(("JosÃ© PeÃ±a", *ADA[1:]))
    assert "“JosÃ© PeÃ±a” was “José Peña”" in refused(data)
    assert read_file(data, "utf-8").rows[0].name == "JosÃ© PeÃ±a"


def test_only_two_spreadsheets_are_opened_at_once() -> None:
    with reading._AT_ONCE, reading._AT_ONCE, pytest.raises(RosterRefused, match="again in a minute"):
        read_sheet(workbook(ADA), seconds=0.01)
    assert read_sheet(workbook(ADA)).name == "Sheet"
