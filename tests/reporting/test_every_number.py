import csv
import io

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.report.document import build_too_few
from feedback.domain.report.report import Report
from feedback.domain.survey.questionnaires import Role
from feedback.rendering.csv_files import plain_csv
from feedback.reporting.every_number import number_lines
from feedback.reporting.number_sheets import answers_sheet
from tests.reporting.reports import Said, facts, question, report, simple_report

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def table(document: Report, language: str = "en") -> list[dict[str, str]]:
    text = plain_csv(answers_sheet(document, language)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_rate_and_every_published_and_withheld_fact_is_one_line(speaking: Flask) -> None:
    rows = table(simple_report("00011222", options=3))
    assert [(row["question"], row["group"], row["answer"], row["said"]) for row in rows] == [
        ("Survey", "Mentors", "Counted", "8 of 40"),
        ("Survey", "Mentees", "Counted", "Not shown: too few answers of this group could be counted."),
        ("C1", "Mentors", "Choice 0", "3 of 8"),
        ("C1", "Mentors", "Choice 1", "2 of 8"),
        ("C1", "Mentors", "Choice 2", "3 of 8"),
        ("C1", "Mentees", "", "Not shown: too few answers of this group could be counted."),
    ]
    assert [row["withheld"] for row in rows] == ["", "group-too-small", "", "", "", "group-too-small"]


def test_a_band_has_two_ends(speaking: Flask) -> None:
    (row,) = [
        row for row in table(simple_report("333333333344")) if row["group"] == "Mentors" and row["question"] == "C1"
    ]
    assert (row["said"], row["at_least"], row["at_most"], row["of"]) == ("at least 9 of 12", "9", "12", "12")
    assert (row["percent_at_least"], row["percent_at_most"]) == ("75", "100")


def test_a_sensitive_count_is_a_range(speaking: Flask) -> None:
    rows = table(simple_report("000112222344", sensitive=True))
    assert [row["said"] for row in rows if row["question"] == "C1" and not row["withheld"]] == [
        "at least 9 of 12",
        "3 to 5 of 12",
    ]


def test_who_rose_is_a_line_of_its_own(speaking: Flask) -> None:
    asked = facts(question(then_now=True))
    said = Said("mentor", Role.MENTOR, {"C1-then": "0000222222", "C1-now": "3333111111"})
    last = [line for line in number_lines(report(asked, said), "en") if line.group == "Mentors"][-1]
    assert (last.answer, last.said) == ("It was worse before", "4 of 10")


def test_a_total_names_who_is_missing_from_it(speaking: Flask) -> None:
    both = number_lines(simple_report("0011223344", "0011223344"), "en")
    assert [line.said for line in both if line.group == "Together"] == ["4 of 20"] * 5


def test_words_are_in_the_language_asked_for(speaking: Flask) -> None:
    assert table(simple_report(), "de")[2]["answer"] == "Wahl 0"


def test_numbers_are_written_as_the_language_writes_them(speaking: Flask) -> None:
    with force_locale("ar"):
        assert number_lines(simple_report(), "ar")[2].said == "2 of 10"


def test_a_report_about_too_few_has_lines_for_its_rates_only(speaking: Flask) -> None:
    rows = table(build_too_few(facts(question()), None))
    assert [(row["question"], row["withheld"]) for row in rows] == [("Survey", "too-few")] * 2


@pytest.mark.parametrize("start", [*DANGEROUS[:-1], " =", "\n@", "\u00a0+", "  -"])
def test_a_formula_is_made_harmless(speaking: Flask, start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    assert table(simple_report(text=text))[2]["text"] == f"'{text}"


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_no_cell_of_any_table_begins_like_a_formula(speaking: Flask, text: str) -> None:
    for row in table(simple_report(text=text)):
        assert not [cell for cell in row.values() if cell.lstrip().startswith(DANGEROUS) or cell.startswith(DANGEROUS)]
