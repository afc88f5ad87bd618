import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from feedback.rendering.blocks import Chart, Facts, Heading, Items, Paragraph, Quotes, Table
from feedback.rendering.book import Book, ChangeBar, ChartSheet, DataColumn, DataSheet, Measure, Sheet, TextSheet
from feedback.rendering.cleaning import cleaned
from feedback.rendering.native_charts import DOWN, LABEL, POINTS, UP
from feedback.rendering.paper import Block, PaperSection
from feedback.rendering.workbook import LONGEST_NAME, sheet_names, write_workbook
from tests.rendering.papers import HOSTILE, arabic_paper, english_paper
from tests.rendering.reading import words_of
from tests.tried import tried

COLUMNS = (
    DataColumn("Group", "group"),
    DataColumn("People", "people", Measure.COUNT),
    DataColumn("Share", "percent", Measure.SHARE, shaded=True),
    DataColumn("Change", "change", Measure.POINTS),
    DataColumn("p value", "p_value", Measure.PROBABILITY),
    DataColumn("", "reason"),
)
ROWS = (
    ("Mentors", 15, 100 / 3, -7.5, 0.034, "a"),
    ("1", 0, "at least 69%", None, 0.0004, "b"),
    ("All", 1, 99.97, 12, 1, "c"),
)
BARS = (ChangeBar("Mentors: Is it safe?", 54.0, 20.0, 77.5), ChangeBar("=Mentees", -28.0, -60.0, 12.0))


def data(rows: tuple[Any, ...] = ROWS, columns: tuple[DataColumn, ...] = COLUMNS, **changes: Any) -> DataSheet:
    return replace(DataSheet("Data", "Some numbers", "Numbers", ("One note.",), columns, rows), **changes)


def text(*blocks: Any, title: str = "A title") -> TextSheet:
    return TextSheet("Text", title, blocks)


def book(*sheets: Sheet, direction: str = "ltr", title: str = "Report") -> Book:
    return Book(title, "A subtitle", "en", direction, sheets)


def book_of(sections: tuple[PaperSection, ...], direction: str = "ltr") -> Book:
    return book(*(TextSheet(one.title, one.title, one.blocks) for one in sections), direction=direction)


def in_a_sheet(block: Block) -> Block:
    """What a sheet of text has in place of a chart: its table."""
    return block.data if isinstance(block, Chart) else block


def opened(written: Book) -> Workbook:
    return load_workbook(BytesIO(write_workbook(written)))


def cells(workbook: Workbook) -> list[Any]:
    return [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]


def part(written: Book, name: str) -> str:
    with zipfile.ZipFile(BytesIO(write_workbook(written))) as archive:
        return "".join(archive.read(one).decode() for one in archive.namelist() if name in one)


@pytest.mark.parametrize("paper", [english_paper(), arabic_paper()], ids=["en", "ar"])
def test_sheets_of_text_hold_every_word(paper: Any) -> None:
    written = book_of(paper.sections)
    found = "\n".join(str(cell.value).removeprefix("• ") for cell in cells(opened(written)))
    without_charts = tuple(replace(one, blocks=tuple(map(in_a_sheet, one.blocks))) for one in paper.sections)
    assert [words for words in words_of(replace(paper, sections=without_charts))[2:] if words not in found] == []


def test_equal_books_give_equal_bytes() -> None:
    assert write_workbook(book(text(), data())) == write_workbook(book(text(), data()))


def test_the_workbook_says_what_it_is() -> None:
    properties = opened(book(text())).properties
    assert (properties.title, properties.subject) == ("Report", "A subtitle")


def test_numbers_are_numbers_in_their_units() -> None:
    sheet = opened(book(data())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6, max_row=8)]
    assert rows == [
        ["Mentors", 15, 0.333333, -7.5, 0.034],
        ["1", 0, "at least 69%", None, 0.0004],
        ["All", 1, 0.9997, 12, 1],
    ]
    assert [cell.number_format for cell in sheet[6]][1:] == ["#,##0", "0.0%", "+0.0;−0.0;0.0", "0.000"]


def test_no_share_is_rounded_to_all_or_nothing_and_no_probability_to_nothing() -> None:
    sheet = opened(book(data())).active
    assert (sheet["C8"].number_format, sheet["E7"].number_format) == ("0.000%", "0.0E+00")


def test_an_independent_reader_finds_the_same_numbers() -> None:
    rows = CalamineWorkbook.from_filelike(BytesIO(write_workbook(book(data())))).get_sheet_by_index(0).to_python()
    assert rows[-3:] == [
        ["Mentors", 15.0, 0.333333, -7.5, 0.034],
        ["1", 0.0, "at least 69%", "", 0.0004],
        ["All", 1.0, 0.9997, 12.0, 1.0],
    ]


def test_a_table_can_be_filtered_under_a_header_that_stays() -> None:
    sheet = opened(book(data())).active
    (table,) = sheet.tables.values()
    assert (table.name, table.ref, table.autoFilter.ref, sheet.freeze_panes) == ("Numbers", "A5:E8", "A5:E8", "B6")
    assert [cell.value for cell in sheet[5]] == ["Group", "People", "Share", "Change", "p value"]


def test_only_shares_are_coloured_by_how_high_they_are() -> None:
    (ranges,) = opened(book(data())).active.conditional_formatting
    assert str(ranges.sqref) == "C6:C8"


def test_headers_that_are_equal_or_begin_like_a_formula_do_not_break_the_file() -> None:
    columns = (DataColumn("Same", "a"), DataColumn("same", "b"), DataColumn("=1+1", "c"))
    assert [cell.value for cell in opened(book(data((), columns))).active[5]] == ["Same", "same (2)", "=1+1"]


@pytest.mark.parametrize("words", [*HOSTILE[2:6], "-", "+44 1", "@ada", "=1+1"])
def test_what_begins_like_a_formula_is_text_without_an_apostrophe_and_stays_so_when_edited(words: str) -> None:
    written = opened(book(text(Quotes((words,))), data(((words, 1, 1, 1, 1, ""),))))
    found = [cell for cell in cells(written) if cell.value == cleaned(words)]
    assert [(cell.data_type, cell.number_format, cell.quotePrefix) for cell in found] == [("s", "@", False)] * 2


@tried(30)
@given(st.text(st.characters(codec=None), min_size=1, max_size=100))
def test_no_text_becomes_a_formula_wherever_it_stands(words: str) -> None:
    columns = (DataColumn(words, "a"), DataColumn("b", "b"))
    blocks = (Paragraph(words), Heading(words), Items((words,)), Quotes((words,)), Facts(((words, words),), words))
    sheets = (
        TextSheet(words, words, blocks),
        data(((words, words),), columns, title=words, notes=(words,)),
        ChartSheet(words, words, (words,), words, (ChangeBar(words, 1.0, 0.0, 2.0),)),
    )
    written = opened(book(*sheets, title=words))
    assert {cell.data_type for cell in cells(written) if isinstance(cell.value, str)} <= {"s"}
    assert words.strip() == "" or "<f>" not in part(book(*sheets), "worksheets/")


def test_hostile_comments_arrive_as_they_were_written() -> None:
    values = [cell.value for cell in cells(opened(book(text(Quotes(HOSTILE)))))]
    assert [words for words in cleaned(HOSTILE) if words not in values] == []


def test_rows_are_high_enough_for_what_stands_in_them() -> None:
    long, sheet = "Many words. " * 100, text(Paragraph("Few."), Paragraph("Many words. " * 100))
    heights = opened(book(sheet, data(((long, 1, 1, 1, 1, ""),))))
    assert heights["Text"].row_dimensions[4].height < 20
    assert heights["Text"].row_dimensions[5].height > 150
    assert heights["Data"].row_dimensions[6].height > 300


def test_a_chart_draws_each_change_with_its_interval() -> None:
    chart = ChartSheet("Chart", "Changes", ("A note.",), "Points", BARS)
    (sheet,) = opened(book(chart))
    drawn = [[sheet.cell(row, column + 1).value for column in (LABEL, POINTS, DOWN, UP)] for row in (5, 6)]
    assert drawn == [["Mentors: Is it safe?", 54, 34, 23.5], ["=Mentees", -28, 32, 40]]
    assert 'descr="Changes A note."' in part(book(chart), "drawings/drawing")
    native = part(book(chart), "charts/chart")
    assert all(f"<c:f>Chart!$A{letter}$5:$A{letter}$6</c:f>" in native for letter in "ABCD")
    assert native.count("2F6DA8") == native.count("B75D14") == 1


def test_a_chart_of_no_changes_is_a_sheet_without_one() -> None:
    (sheet,) = opened(book(ChartSheet("Chart", "Changes", ("A note.",), "Points", ())))
    assert sheet._charts == []


def test_sheets_from_right_to_left_run_so() -> None:
    chart = ChartSheet("Chart", "Changes", (), "Points", BARS)
    mirrored = opened(book(text(), data(), chart, direction="rtl"))
    assert all(sheet.sheet_view.rightToLeft for sheet in mirrored)
    assert {cell.alignment.readingOrder for cell in cells(mirrored)} == {2}
    assert not any(sheet.sheet_view.rightToLeft for sheet in opened(book(text(), data(), chart)))
    assert '<c:orientation val="maxMin"/><c:max' in part(book(chart, direction="rtl"), "charts/chart")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=50), min_size=1, max_size=5))
def test_sheets_have_names_that_a_spreadsheet_takes(tabs: list[str]) -> None:
    names = sheet_names(tuple(TextSheet(tab, "", ()) for tab in tabs))
    assert len({name.casefold() for name in names}) == len(tabs)
    assert all(1 <= len(name) <= LONGEST_NAME for name in names)
    assert all(not set(name) & set("[]:*?/\\") and name.strip("'") == name for name in names)


def test_a_table_among_text_is_a_table() -> None:
    tables = [block for section in english_paper().sections for block in section.blocks if isinstance(block, Table)]
    values = {str(cell.value) for cell in cells(opened(book(text(*tables))))}
    assert {column.title for one in tables for column in one.columns} <= values
