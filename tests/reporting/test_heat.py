"""The heat table: what a cell says follows from the published statements, and is told without colour."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.report.findings.findings import find
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Report
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Order, Role, Theme
from feedback.rendering.blocks import HeatCell, HeatTable, Knowledge, Shade
from feedback.reporting.every_number import number_lines
from feedback.reporting.heat import heat_table, shade_of
from tests.reporting.reports import Said, facts, question, report

BAD, FAIR, GOOD = "000000001114", "000111333444", "111333334444"


def heat(document: Report) -> HeatTable:
    questions = report_questions(document, "en")
    return heat_table(document, questions, find(document, questions, None).to_act_on.alerts)


def cells(table: HeatTable) -> list[HeatCell]:
    return [cell for _theme, rows in table.themes for row in rows for cell in row.cells]


def of_mentors(ratings: str, **changes: object) -> Report:
    return report(facts(question(**changes)), Said("mentor", Role.MENTOR, {"C1": ratings}))


@pytest.mark.parametrize(
    ("low", "high", "n", "shade"),
    [
        (3, 3, 9, Shade.LOW),
        (2, 2, 9, Shade.LOWEST),
        (6, 6, 12, Shade.MIDDLE),
        (8, 8, 12, Shade.HIGH),
        (10, 10, 12, Shade.HIGHEST),
        (0, 4, 13, Shade.LOWEST),
        (0, 5, 13, None),
        (6, 9, 12, Shade.MIDDLE),
    ],
)
def test_a_shade_is_of_the_least_that_is_certain(low: int, high: int, n: int, shade: Shade | None) -> None:
    assert shade_of(Count(low, high, n)) is shade


@pytest.mark.parametrize(
    ("ratings", "knowledge", "text", "note", "is_low"),
    [
        (FAIR, Knowledge.EXACT, "50%", "6 of 12", False),
        ("000111111344", Knowledge.LIMITS, "≤25%", "at most 3 of 12", True),
        ("333333333344", Knowledge.LIMITS, "≥75%", "at least 9 of 12", False),
        ("01", Knowledge.WITHHELD, "", "", False),
    ],
)
def test_a_cell_says_what_is_told(
    speaking: Flask, ratings: str, knowledge: Knowledge, text: str, note: str, is_low: bool
) -> None:
    others = Said("mentee", Role.MENTEE, {"C1": FAIR})
    document = report(facts(question()), Said("mentor", Role.MENTOR, {"C1": ratings}), others)
    first = cells(heat(document))[0]
    assert (first.knowledge, first.text, first.note, first.is_low) == (knowledge, text, note, is_low)


def test_what_to_act_on_is_marked_where_it_is(speaking: Flask) -> None:
    said = [Said("mentor", Role.MENTOR, {"C1": BAD}), Said("mentee", Role.MENTEE, {"C1": GOOD})]
    table = heat(report(facts(question(theme=Theme.SAFETY)), *said))
    assert [cell.is_marked for cell in cells(table)] == [True, False]
    assert any(cell.is_marked for cell, _words in table.key)
    assert "! at most" in str(table.data.rows)


def test_answers_without_better_or_worse_have_no_shade(speaking: Flask) -> None:
    asked = question("B1", "Which?", 2, kind=MANY, order=Order.NONE)
    ticked = [("0",)] * 6 + [("1",)] * 6
    table = heat(report(facts(asked), Said("mentor", Role.MENTOR, {"B1": ticked})))
    ((_theme, (head, *answers)),) = table.themes
    assert (head.label, head.cells) == ("Which?", ())
    assert [(one.label, one.cells[0].text, one.cells[0].shade) for one in answers] == [
        ("Choice 0", "50%", None),
        ("Choice 1", "50%", None),
    ]


def test_a_question_of_which_nothing_is_shown_is_named_once_beneath(speaking: Flask) -> None:
    asked = (question("C1", "How?"), question("Q1", "How well?"))
    table = heat(
        report(facts(*asked), Said("mentor", Role.MENTOR, {"C1": FAIR, "Q1": ["0"] + ["prefer-not-to-say"] * 11}))
    )
    assert table.hidden == "Nothing can be shown of: “How well?”"
    assert [row.label for _theme, rows in table.themes for row in rows] == ["How?"]


@pytest.mark.parametrize(("towns", "text"), [(2, "50%"), (6, "50%"), (7, "50")])
def test_the_more_groups_the_shorter_a_cell(speaking: Flask, towns: int, text: str) -> None:
    groups = tuple(Group(f"mentor/{place}", Role.MENTOR, (f"Town {place}",), 40) for place in range(towns))
    said = [Said(group.name, Role.MENTOR, {"C1": FAIR}) for group in groups]
    table = heat(report(replace(facts(question()), groups=groups), *said))
    assert {cell.text for cell in cells(table)} == {text}
    assert {bool(cell.note) for cell in cells(table)} == {towns <= 2}
    assert [column.title for column in table.columns[:2]] == ["Town 0", "Town 1"]


@given(st.lists(st.sampled_from("01234"), min_size=5, max_size=14), st.sampled_from(Order))
def test_every_number_of_a_cell_follows_from_what_is_published(
    speaking: Flask, ratings: list[str], order: Order
) -> None:
    document = of_mentors("".join(ratings), order=order)
    published = [line for line in number_lines(document, "en") if line.text == "How?" and line.count]
    n = {str(line.count.n) for line in published if line.count}
    for cell in cells(heat(document)):
        numbers = re.search(r"\((?:at (?:least|most) )?(?:(\d+) to )?(\d+) of (\d+)\)", cell.said)
        assert (numbers is None) == (cell.knowledge in (Knowledge.WITHHELD, Knowledge.NOT_ASKED))
        assert numbers is None or numbers[3] in n
