"""What differs: between the sides and since an earlier report, and what may be called more than chance."""

from collections.abc import Iterable

import pytest

from feedback.domain.report.comparison import compare
from feedback.domain.report.findings.contrasts import MOST_CHANGES, Contrasts, find_changes, find_contrasts
from feedback.domain.report.reading import report_questions
from feedback.domain.report.statistics import holm
from feedback.domain.survey.questionnaires import Role
from tests.reporting.reports import Said, facts, question, report


def contrasts(before: Iterable[int], after: Iterable[int], mentees: Iterable[int] | None = None) -> Contrasts:
    """Of twenty mentors, and of as many mentees, so many answer each question favourably."""
    asked = tuple(question(f"Q{place}") for place, _ in enumerate(tuple(before)))

    def said(group: str, role: Role, favourable: Iterable[int]) -> Said:
        ratings = ("3" * number + "1" * (20 - number) for number in favourable)
        return Said(group, role, dict(zip((one.code for one in asked), ratings, strict=True)))

    first = report(facts(*asked, stage="kickoff"), said("mentor", Role.MENTOR, before))
    answers = [said("mentor", Role.MENTOR, after)] + ([said("mentee", Role.MENTEE, mentees)] if mentees else [])
    last = report(facts(*asked), *answers, previous=first.chain_hash)
    (pair,) = compare([first, last])
    return find_contrasts(report_questions(last, "en"), pair)


# Holm's own steps: 0.01 ≤ 0.05/4, 0.013 ≤ 0.05/3, and 0.03 > 0.05/2 stops, though 0.04 is below 0.05.
def test_holms_steps_stop_at_the_first_that_fails() -> None:
    assert holm([0.04, 0.01, 0.03, 0.013]) == (False, True, False, True)
    assert holm([]) == ()
    assert holm([0.05]) == (True,)


def test_one_clear_change_is_certain_and_a_small_one_is_not() -> None:
    found = contrasts([6, 6, 6], [15, 8, 6])
    assert [one.is_certain for one in found.changes] == [True, False, False]
    assert [one.question.code for one in found.largest(MOST_CHANGES)] == ["Q0", "Q1"]


# By itself 5 → 12 of 20 has p = 0.027; of ten that are compared it is not certain.
def test_the_same_change_is_less_certain_among_many() -> None:
    alone, among_ten = contrasts([5], [12]), contrasts([5] * 10, [12, *([5] * 9)])
    assert alone.changes[0].is_certain
    assert not among_ten.changes[0].is_certain
    assert among_ten.changes[0].stands_out
    assert (among_ten.standing_out, among_ten.by_chance) == (1, 0)


def test_sides_and_changes_are_one_family() -> None:
    # Nine comparisons of the sides, all alike, weaken the one change.
    assert not contrasts([5] * 9, [12, *([5] * 8)], mentees=[12, *([5] * 8)]).changes[0].is_certain


def test_a_fall_is_told_even_where_three_shares_rose_by_more() -> None:
    found = contrasts([4, 4, 4, 10], [12, 12, 12, 7])
    assert [(one.question.code, round(one.size)) for one in found.largest(MOST_CHANGES)] == [
        ("Q0", 40),
        ("Q1", 40),
        ("Q3", -15),
    ]


def test_what_did_not_move_for_certain_is_no_change() -> None:
    assert contrasts([6], [6]).largest(MOST_CHANGES) == ()


def test_the_sides_are_compared_in_what_both_were_asked() -> None:
    found = contrasts([5, 5], [5, 5], mentees=[6, 15])
    assert found.widest is not None
    assert (found.widest.question.code, round(found.widest.size), found.widest.is_certain) == ("Q1", 50, True)


def test_ranges_that_meet_differ_by_nothing() -> None:
    # Published as at least 17 of 20 both times.
    found = contrasts([18], [20])
    assert [(one.size, one.stands_out, one.is_certain) for one in found.changes] == [(0, False, False)]


@pytest.mark.parametrize(("pairs", "certain"), [(1, True), (3, False)])
def test_all_pairs_of_a_comparison_are_one_family(pairs: int, certain: bool) -> None:
    asked = facts(question("Q0"), stage="kickoff"), facts(question("Q0"))
    first = report(asked[0], Said("mentor", Role.MENTOR, {"Q0": "3" * 5 + "1" * 15}))
    last = report(asked[1], Said("mentor", Role.MENTOR, {"Q0": "3" * 12 + "1" * 8}), previous=first.chain_hash)
    (pair,) = compare([first, last])
    found = find_changes([pair] * pairs, "en")
    assert {one.is_certain for each in found for one in each.changes} == {certain}
