"""A report as a workbook: which sheets it has, under which names, and that its numbers are those of the report."""

import pytest
from flask import Flask
from flask_babel import force_locale

from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.domain.report.document import build_too_few
from feedback.domain.report.report import Report
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Order, Role
from feedback.locales.speech import teach
from feedback.rendering.book import Book, ChartSheet, DataSheet
from feedback.rendering.workbook import LONGEST_NAME
from feedback.reporting.report_book import compose_comparison_book, compose_report_book
from feedback.reporting.report_paper import ReportSource
from tests.reporting.reports import Said, facts, question, report, signed

LOW, HIGH, NEAR = "000011112222", "222233334444", "333333333344"


def wave(mentors: str, mentees: str, stage: str = "exit", previous: Report | None = None) -> Report:
    asked = facts(
        question("C1", "Is it safe?"),
        question("B1", "Which?", kind=MANY, order=Order.NONE),
        question("H1", "Any harm?", sensitive=True),
        stage=stage,
    )
    ticks = [("0",)] * 6 + [("1", "2")] * 6
    said = (
        Said("mentor", Role.MENTOR, {"C1": mentors, "B1": ticks, "H1": "000112222344"}),
        Said("mentee", Role.MENTEE, {"C1": mentees, "B1": ticks[:9], "H1": "000112222"}),
    )
    return report(asked, *said, previous=previous.chain_hash if previous else None)


def two() -> tuple[Report, Report]:
    first = wave(LOW, LOW[:9], "kickoff")
    return first, wave(HIGH, NEAR[:9], previous=first)


def book(language: str = "en") -> Book:
    first, second = two()
    return compose_report_book(ReportSource(signed(second), (first,)), language)


def sheet(of: Book, name: str) -> list[dict[str, object]]:
    (found,) = (one for one in of.sheets if isinstance(one, DataSheet) and one.name == name)
    keys = [column.key for column in found.columns]
    return [dict(zip(keys, row, strict=True)) for row in found.rows]


def test_the_summary_comes_first_and_there_is_a_sheet_for_the_method(speaking: Flask) -> None:
    assert [one.tab for one in book().sheets] == [
        "Summary",
        "Who answered",
        "Favourable answers",
        "Chart of changes",
        "Changes",
        "Changes by group",
        "Every answer",
        "Method",
        "Proof",
    ]


def test_a_first_report_has_no_changes_and_one_of_too_few_no_results(speaking: Flask) -> None:
    first = compose_report_book(ReportSource(signed(two()[0])), "en")
    assert not [one.tab for one in first.sheets if "hange" in one.tab]
    few = compose_report_book(ReportSource(signed(build_too_few(facts(question()), None))), "en")
    assert [one.tab for one in few.sheets] == ["Summary", "Who answered", "Every answer", "Proof"]


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_no_name_of_a_sheet_is_cut_and_no_two_columns_are_alike_in_any_language(language: str) -> None:
    app = Flask("languages")
    teach(app, lambda: ENGLISH)
    with app.test_request_context("/"), force_locale(language):
        books = (book(language), compose_comparison_book(two(), language))
    for one in books:
        tabs = [sheet.tab for sheet in one.sheets]
        assert max(map(len, tabs)) <= LONGEST_NAME
        assert len(set(tabs)) == len(tabs)
        for data in one.sheets:
            if isinstance(data, DataSheet):
                titles = [column.title.casefold() for column in data.for_people.columns]
                assert len(set(titles)) == len(titles)


def test_shares_are_numbers_and_what_is_known_within_limits_is_in_words(speaking: Flask) -> None:
    safe, harm = sheet(book(), "Favourable")
    assert (safe["text"], safe["mentor"], safe["mentee"]) == (
        "Is it safe?",
        pytest.approx(100 * 8 / 12),
        "at least 78%",
    )
    assert harm["mentee"] == "not shown"


def test_changes_have_both_counts_the_points_and_their_interval(speaking: Flask) -> None:
    mentors, mentees, *_ticks = sheet(book(), "Changes")
    assert (mentors["before_at_least"], mentors["before_of"], mentors["after_at_least"]) == (0, 12, 8)
    assert (mentors["change_at_least"], mentors["change_at_most"]) == (pytest.approx(66.67, abs=0.01),) * 2
    assert (round(mentors["interval_from"]), round(mentors["interval_to"])) == (30, 86)
    assert (mentors["stands_out"], mentors["is_certain"]) == ("yes", "yes")
    assert (mentees["after_at_least"], mentees["after_at_most"], mentees["after_percent"]) == (7, 9, None)


def test_every_group_has_its_p_value_and_a_reason_where_nothing_is_compared(speaking: Flask) -> None:
    rows = sheet(book(), "GroupChanges")
    assert rows[0]["p_value"] == pytest.approx(0.001, abs=0.001)
    assert rows[0]["cliffs_delta"] == pytest.approx(0.89, abs=0.01)
    assert all(row["remark"] for row in rows if row["change_at_least"] is None)


def test_the_chart_goes_from_the_largest_rise_to_the_largest_fall_and_leaves_out_ranges(speaking: Flask) -> None:
    (chart,) = (one for one in book().sheets if isinstance(one, ChartSheet))
    points = [bar.points for bar in chart.bars]
    assert points == sorted(points, reverse=True)
    assert chart.bars[0].label == "Mentors: Is it safe? (+67 points)"
    assert not [bar for bar in chart.bars if bar.label.startswith("Mentees: Is it safe?")]
    assert "known only within limits" in chart.notes[-1]


def test_a_comparison_is_a_workbook_too(speaking: Flask) -> None:
    tabs = [one.tab for one in compose_comparison_book(two(), "en").sheets]
    assert tabs == ["Summary", "Chart of changes", "Changes", "Changes by group", "In sentences"]
