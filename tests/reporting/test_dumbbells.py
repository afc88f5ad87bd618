"""Changes on one axis: where dots and whiskers lie, in which order, and which kind is marked."""

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.comparison import compare
from feedback.domain.report.findings.contrasts import Contrast, find_changes
from feedback.domain.report.reading import report_questions
from feedback.domain.survey.questionnaires import Role
from feedback.rendering.blocks import Dumbbells, Stretch
from feedback.reporting.dumbbells import changes_chart, dumbbell
from tests.reporting.reports import Said, facts, question, report

LOW, HIGH = "000011112222", "222233334444"
ASKED = report_questions(report(facts(question()), Said("mentor", Role.MENTOR, {"C1": LOW})), "en")[0]


def contrast(before: Count, after: Count, *, is_certain: bool = False) -> Contrast:
    return Contrast(
        question=ASKED, role=Role.MENTOR, options=("3", "4"), before=before, after=after, is_certain=is_certain
    )


def drawn(**ratings: tuple[str, str]) -> Dumbbells:
    asked = facts(*(question(code, f"{code}?") for code in ratings), stage="kickoff")
    first = report(asked, Said("mentor", Role.MENTOR, {code: before for code, (before, _after) in ratings.items()}))
    again = facts(*(question(code, f"{code}?") for code in ratings))
    said = Said("mentor", Role.MENTOR, {code: after for code, (_before, after) in ratings.items()})
    (pair,) = compare([first, report(again, said, previous=first.chain_hash)])
    (found,) = find_changes([pair], "en")
    return changes_chart(pair, found.changes)


def test_the_largest_rise_comes_first_and_the_largest_fall_last(speaking: Flask) -> None:
    chart = drawn(A1=(HIGH, LOW), B1=(LOW, LOW), C1=(LOW, HIGH))
    assert [(row.label, row.points) for row in chart.rows] == [
        ("Mentors: “C1?”", "+67"),
        ("Mentors: “B1?”", "0"),
        ("Mentors: “A1?”", "−67"),
    ]
    assert (chart.before, chart.after) == ("Kick-off survey", "Exit survey")
    assert chart.rows[0].counts == "0 of 12 → 8 of 12"


def test_of_many_people_shares_are_told_with_both_numbers(speaking: Flask) -> None:
    one = dumbbell(contrast(Count(60, 60, 120), Count(90, 90, 100)), certain_are_rare=True)
    assert one.counts == "50% of 120 → 90% of 100"


def test_a_range_is_a_span_and_points_from_to(speaking: Flask) -> None:
    one = dumbbell(contrast(Count(0, 0, 12), Count(9, 12, 12)), certain_are_rare=True)
    assert (one.before, one.after, one.points) == (Stretch(0, 0), Stretch(75, 100), "+75 to +100")


COUNTS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: Count(min(ends), max(ends), 20))


@given(COUNTS, COUNTS)
@example(Count(0, 10, 20), Count(20, 20, 20))
@example(Count(10, 20, 20), Count(0, 0, 20))
def test_a_whisker_reaches_the_earlier_share_where_there_may_be_no_change(
    speaking: Flask, before: Count, after: Count
) -> None:
    change = contrast(before, after)
    one = dumbbell(change, certain_are_rare=True)
    assert 0 <= one.interval.low <= one.interval.high <= 100
    reaches = one.interval.low <= one.before.high + 1e-9 and one.interval.high >= one.before.low - 1e-9
    assert reaches != change.stands_out


@pytest.mark.parametrize(
    ("is_certain", "are_rare", "mark"),
    [(True, True, "more than chance"), (False, True, ""), (True, False, ""), (False, False, "may be chance")],
)
def test_the_rarer_kind_is_marked(speaking: Flask, is_certain: bool, are_rare: bool, mark: str) -> None:
    one = contrast(Count(0, 0, 12), Count(9, 9, 12), is_certain=is_certain)
    assert dumbbell(one, certain_are_rare=are_rare).mark == mark
