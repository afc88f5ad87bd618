import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from feedback.rendering.blocks import Column, Paper, PaperSection, Paragraph, Quotes, Table
from feedback.rendering.native_charts import FIRST_HIDDEN_COLUMN
from feedback.rendering.wording import harmless
from feedback.rendering.workbook import sheet_names, write_workbook
from tests.rendering.papers import (
    HOSTILE,
    arabic_paper,
    banded,
    english_paper,
    likert,
    long_table,
    number,
    paper_with,
    share,
)
from tests.rendering.reading import charts_in, words_of

PAPERS = pytest.mark.parametrize("paper", [english_paper(), arabic_paper()], ids=["en", "ar"])


def opened(paper: Paper) -> Workbook:
    return load_workbook(BytesIO(write_workbook(paper)))


def cells(workbook: Workbook) -> list[Any]:
    return [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]


def drawings(paper: Paper) -> str:
    with zipfile.ZipFile(BytesIO(write_workbook(paper))) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if "drawings/drawing" in name)


@PAPERS
def test_the_workbook_holds_every_text_of_the_paper(paper: Paper) -> None:
    found = {str(cell.value).removeprefix("• ") for cell in cells(opened(paper))}
    joined = "\n".join(found)
    unseen = {paper.subtitle}
    assert [text for text in words_of(paper) if harmless(text) not in joined and text not in unseen] == []


@PAPERS
def test_there_is_a_sheet_for_each_section(paper: Paper) -> None:
    assert tuple(opened(paper).sheetnames) == sheet_names(paper.sections)


def test_equal_papers_give_equal_bytes() -> None:
    assert write_workbook(english_paper()) == write_workbook(english_paper())


def test_the_workbook_says_what_it_is() -> None:
    properties = opened(english_paper()).properties
    assert (properties.title, properties.subject) == (english_paper().title, english_paper().subtitle)


def test_numbers_are_numbers_and_shares_are_shares() -> None:
    table = Table(
        "caption", (Column("Group"), number("People"), share("Share")), (("Mentors", 15, 83.3), ("1", 1.5, 0))
    )
    sheet = opened(paper_with(table)).active
    rows = [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=6, max_row=7)]
    assert rows == [["Mentors", 15, 0.833], ["1", 1.5, 0]]
    assert sheet["C6"].number_format.startswith("0.0%")


def test_a_table_is_a_table_under_a_header_that_stays() -> None:
    sheet = opened(paper_with(long_table(200))).active
    (table,) = sheet.tables.values()
    assert (table.ref, sheet.freeze_panes) == ("A5:D205", "B6")
    assert [cell.value for cell in sheet[5][:4]] == ["Question", "What was asked", "People", "Share"]


def test_headers_that_are_equal_or_empty_do_not_break_the_file() -> None:
    columns = (Column("Same"), Column("same"), Column(""), Column("=1+1"))
    sheet = opened(paper_with(Table("caption", columns, ()))).active
    assert [cell.value for cell in sheet[5][:4]] == ["Same", "same (2)", "–", "'=1+1"]


@PAPERS
def test_no_cell_is_a_formula(paper: Paper) -> None:
    assert [cell.coordinate for cell in cells(opened(paper)) if cell.data_type == "f"] == []


@settings(max_examples=40)
@given(st.text(st.characters(codec=None), min_size=1, max_size=100))
def test_no_text_becomes_a_formula_wherever_it_stands(text: str) -> None:
    table = Table(text, (Column(text), Column("b")), ((text, text),))
    chart = replace(likert(), title=text, bars=(replace(likert().bars[0], label=text),))
    paper = replace(paper_with(Paragraph(text), Quotes((text,)), table, chart), title=text, subtitle=text)
    values = [cell for cell in cells(opened(paper)) if isinstance(cell.value, str)]
    assert {cell.data_type for cell in values} == {"s"}
    assert [cell.value for cell in values if cell.value.lstrip().startswith(("=", "+", "-", "@"))] == []


def test_every_chart_is_a_native_one_told_in_words() -> None:
    charts = charts_in(english_paper())
    assert [len(sheet._charts) for sheet in opened(english_paper())] == [0, len(charts), 0, 0, 0]
    assert [chart.alt for chart in charts if f'descr="{chart.alt}"' not in drawings(english_paper())] == []


def test_a_chart_draws_the_shares_that_its_bars_have() -> None:
    sheet = opened(paper_with(likert())).active
    first = FIRST_HIDDEN_COLUMN + 3  # After the names of bars and the space before them; columns count from one.
    drawn = [[cell.value for cell in row[first - 1 : first + 4]] for row in sheet.iter_rows(min_row=6, max_row=8)]
    assert drawn == [[pytest.approx(part.share / 100, abs=1e-6) for part in bar.parts] for bar in likert().bars]


def test_bars_of_different_parts_keep_their_order_in_one_chart() -> None:
    sheet = opened(paper_with(banded())).active
    names = [cell.value for cell in sheet[5][FIRST_HIDDEN_COLUMN + 2 :] if cell.value]
    assert names == ["Agree or strongly agree", "Not said", "Disagree or strongly disagree"]


def test_sheets_of_a_paper_from_right_to_left_run_so() -> None:
    assert all(sheet.sheet_view.rightToLeft for sheet in opened(arabic_paper()))
    assert not any(sheet.sheet_view.rightToLeft for sheet in opened(english_paper()))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=50), min_size=1, max_size=5))
def test_sheets_have_names_that_a_spreadsheet_takes(titles: list[str]) -> None:
    names = sheet_names(tuple(PaperSection(f"section-{place}", title, ()) for place, title in enumerate(titles)))
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(1 <= len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name for name in names)


def test_hostile_comments_arrive_as_they_were_written() -> None:
    values = [cell.value for cell in cells(opened(paper_with(Quotes(HOSTILE))))]
    wanted = [harmless(text) for text in words_of(paper_with(Quotes(HOSTILE)))]
    assert [text for text in wanted if text not in values and text not in {"A subtitle"}] == []
