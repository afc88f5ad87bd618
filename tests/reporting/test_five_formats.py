"""One report in five formats: each says the same, and withholds the same."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.report.files import write_report_file
from feedback.domain.report.report import Report
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Order, Role
from feedback.rendering.csv_files import plain_csv, spreadsheet_csv
from feedback.rendering.paper import Paper
from feedback.rendering.pdf import PdfSettings, write_pdf
from feedback.rendering.workbook import write_workbook
from feedback.reporting.every_number import number_lines
from feedback.reporting.number_sheets import answers_sheet
from feedback.reporting.report_book import compose_report_book
from feedback.reporting.report_paper import ReportSource, compose_report
from feedback.resources import templates_folder
from tests.rendering.showing import page_html
from tests.reporting.reports import Said, facts, question, report, signed

TITLE = "What is published and what is withheld"
Line = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def document() -> Report:
    """A report in which everything happens: exact, banded, sensitive, risen, ticked, in total, and withheld."""
    asked = [
        question("C1", then_now=True),
        question("S1", "Is it safe?"),
        question("H1", "Any harm?", sensitive=True),
        question("B1", "Which?", kind=MANY, order=Order.NONE),
        question("Q1", "How well?"),
    ]
    mentors = {
        "C1-then": "001122334400",
        "C1-now": "112233444412",
        "S1": "333333333344",
        "H1": "000112222344",
        "B1": [("0",)] * 6 + [("1", "2")] * 6,
        "Q1": ["0", "1", "2"] + ["prefer-not-to-say"] * 9,
    }
    mentees = {name: list(ratings)[:9] for name, ratings in mentors.items()}
    return report(facts(*asked), Said("mentor", Role.MENTOR, mentors), Said("mentee", Role.MENTEE, mentees))


@pytest.fixture(scope="module")
def lines(speaking: Flask, document: Report) -> list[Line]:
    return [(line.text, line.group, line.answer, line.said) for line in number_lines(document, "en")]


@pytest.fixture(scope="module")
def paper(speaking: Flask, document: Report) -> Paper:
    return compose_report(ReportSource(signed(document)), "en")


def test_the_report_publishes_and_withholds(lines: list[Line]) -> None:
    said = " ".join(line[3] for line in lines)
    assert all(words in said for words in ("at least", "at most", " of ", "Not shown: the question is sensitive"))
    assert any(group == "Together" for _code, group, _answer, _said in lines)


class _Rows(HTMLParser):
    """The cells of every row of the tables that a page has, under their captions."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._caption, self._in = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag if tag in {"caption", "th", "td"} else self._in
        if tag == "caption":
            self._caption = ""
        if tag == "tr":
            self.rows.setdefault(self._caption, []).append([])
        if tag in {"th", "td"}:
            self.rows[self._caption][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = "" if tag in {"caption", "th", "td"} else self._in

    def handle_data(self, data: str) -> None:
        if self._in == "caption":
            self._caption = f"{self._caption} {data}".strip()
        elif self._in:
            self.rows[self._caption][-1][-1] += data.strip()


def test_the_page_says_the_same(paper: Paper, lines: list[Line]) -> None:
    reader = _Rows()
    reader.feed(page_html(paper))
    assert [tuple(row) for row in reader.rows[TITLE][1:]] == lines


def test_the_pdf_says_the_same(paper: Paper, lines: list[Line]) -> None:
    pages = PdfReader(io.BytesIO(write_pdf(paper, PdfSettings(templates_folder())))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    start = text.rindex(re.sub(r"\s", "", f"{TITLE}QuestionGroup"))
    for line in lines:
        row = re.sub(r"\s", "", "".join(line))
        start = text.index(row, start) + len(row)


def test_the_workbook_says_the_same_in_words_and_in_numbers(speaking: Flask, document: Report) -> None:
    book = load_workbook(io.BytesIO(write_workbook(compose_report_book(ReportSource(signed(document)), "en"))))
    header, *rows = [row for row in book["Every answer"].iter_rows(values_only=True) if row[1]]
    found = [dict(zip(header, row, strict=True)) for row in rows]
    for line, cells in zip(number_lines(document, "en"), found, strict=True):
        told = [cells[title] or "" for title in ("Code", "Group", "Answer", "In words")]
        assert told == [line.question, line.group, line.answer, line.said]
        numbers = tuple(cells[title] for title in ("At least", "At most", "Of"))
        assert numbers == ((line.count.low, line.count.high, line.count.n) if line.count else (None, None, None))


def test_both_tables_say_the_same(speaking: Flask, document: Report, lines: list[Line]) -> None:
    sheet = answers_sheet(document, "en")
    rows = csv.DictReader(io.StringIO(plain_csv(sheet).decode(), newline=""))
    assert [(row["text"], row["group"], row["answer"], row["said"]) for row in rows] == lines
    shown = csv.DictReader(io.StringIO(spreadsheet_csv(sheet, "fr").decode("utf-8-sig"), newline=""), delimiter=";")
    assert [(row["Question"], row["Group"], row["Answer"], row["In words"]) for row in shown] == lines


def test_the_data_say_the_same(speaking: Flask, document: Report, lines: list[Line]) -> None:
    fields = json.loads(write_report_file(signed(document)))
    again = Report.parse(canonical_json(fields["document"]))
    assert [(line.text, line.group, line.answer, line.said) for line in number_lines(again, "en")] == lines
