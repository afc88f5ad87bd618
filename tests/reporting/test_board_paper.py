"""The report for a board is printed on four pages at most, whatever there is to say, and says nothing of its own."""

import io
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader

from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.report.document import build_too_few
from feedback.domain.report.report import Report, SignedReport
from feedback.rendering.blocks import (
    Dumbbell,
    Dumbbells,
    HeatCell,
    HeatColumn,
    HeatRow,
    HeatTable,
    Knowledge,
    Quotes,
    Shade,
    Stretch,
)
from feedback.rendering.paper import Paper, PaperSection
from feedback.rendering.pdf import PdfSettings, write_pdf
from feedback.reporting.board_paper import MOST_ROWS, MOST_ROWS_OF_CHANGES, compose_board, more_in_the_tables
from feedback.reporting.report_paper import ReportSource, compose_report
from feedback.resources import templates_folder
from tests.databases import LARGE
from tests.rendering.papers import english_paper, long_table
from tests.rendering.reading import words_of
from tests.rendering.test_pdf import tag_names
from tests.reporting.reports import facts, question, signed

SAMPLES = Path(__file__).resolve().parents[2] / "examples" / "reports"
MOST_PAGES = 4
COLUMNS, COMMENTS = 20, 120


def sample(name: str) -> ReportSource:
    """A sample's exit, after its kick-off."""
    first, second = (
        Report.parse(canonical_json(json.loads((SAMPLES / name / f"{stage}.json").read_text())["document"]))
        for stage in ("kickoff", "exit")
    )
    return ReportSource(SignedReport(second, b"s" * 64, b"k" * 32), (first,))


def pages_of(paper: Paper) -> list[str]:
    pdf = write_pdf(paper, PdfSettings(templates_folder()))
    assert len(pdf) < 1_000_000
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(("name", "language"), [("27-people", "ar"), ("1200-people", "en")])
def test_it_has_four_pages_at_most(speaking: Flask, name: str, language: str) -> None:
    with force_locale(language):
        paper = compose_board(sample(name), language)
    pages = pages_of(paper)
    assert len(pages) == MOST_PAGES
    assert [section.name for section in paper.sections] == ["short", "glance", "change", "comments", "method"]
    assert source_hash(name) in "".join(pages[-1].split())


def source_hash(name: str) -> str:
    return sample(name).signed.report.statement_hash


def test_every_sentence_is_one_of_the_full_tables(speaking: Flask) -> None:
    source = sample("27-people")
    full = {part for text in words_of(compose_report(source, "en")) for part in (text, text.strip("“”"))}
    brief = [text for text in words_of(compose_board(source, "en")) if len(text) > len("The first words")]
    assert [
        text for text in brief if text not in full and not re.match(r"And \d+ more in the full tables\.", text)
    ] == []


def huge() -> Paper:
    """A paper with everything that a page can hold, and more of it: 20 groups, many questions, long comments."""
    cells = tuple(
        HeatCell(Knowledge.LIMITS, "76–83", "", "76% to 83%", Shade.HIGH, is_marked=True) for _ in range(COLUMNS)
    )
    rows = tuple(
        HeatRow(f"How content are you with the part {row} of all that was done?", cells) for row in range(MOST_ROWS)
    )
    groups = tuple(HeatColumn("Mentors", f"A long name {group}", "n = 23") for group in range(COLUMNS))
    heat = HeatTable(
        "At a glance", "Shares", groups, (("Theme", rows),), ((cells[0], "two thirds"),), "", long_table(1)
    )
    change = Dumbbell(
        "Mentors: “I feel able to speak up.”",
        "Which?",
        "q",
        Stretch(1, 1),
        Stretch(50, 60),
        Stretch(20, 100),
        "+49",
        "1 of 2",
        "",
    )
    changes = Dumbbells("Changed", "Before", "After", "95%", "Points", (change,) * MOST_ROWS_OF_CHANGES, long_table(1))
    quotes = Quotes(tuple(f"Comment {place}: {'we talked of it at length. ' * 4}" for place in range(COMMENTS)))
    sections = (
        PaperSection("short", "In short", english_paper().sections[0].blocks[:4]),
        PaperSection("glance", "At a glance", (heat,)),
        PaperSection("change", "Changes", (changes,)),
        PaperSection("comments", "Comments", (quotes,)),
        PaperSection("method", "Method", english_paper().sections[0].blocks[:3]),
    )
    more = tuple(map(more_in_the_tables, range(1, COMMENTS + 1)))
    return Paper("Huge", "An organisation", "en", "ltr", sections, is_brief=True, more=more)


@LARGE
def test_comments_are_cut_at_a_whole_one_and_the_rest_is_counted(speaking: Flask) -> None:
    pages = pages_of(huge())
    assert len(pages) == MOST_PAGES
    shown = re.findall(r"Comment (\d+):", pages[-1])
    (left,) = re.findall(r"And (\d+) more in the full tables", pages[-1])
    assert [int(place) for place in shown] == list(range(len(shown)))
    assert (len(shown) > 10, len(shown) + int(left)) == (True, COMMENTS)
    assert pages[-1].count("we talked of it at length.") + pages[-1].count("we talked of it at\nlength.") >= len(shown)
    assert "Method" in pages[-1]


def test_it_is_tagged_for_readers_who_do_not_see(speaking: Flask) -> None:
    names = tag_names(write_pdf(huge(), PdfSettings(templates_folder())))
    assert (names.count("/Title"), names.count("/H1"), names.count("/Table")) == (1, 5, 2)
    assert names.count("/BlockQuote") > 10


def test_too_few_answers_are_told_as_in_the_full_tables(speaking: Flask) -> None:
    source = ReportSource(signed(build_too_few(facts(question()), None)))
    assert compose_board(source, "en") == compose_report(source, "en")
