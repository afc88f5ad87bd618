import pytest
from flask import Flask

from feedback.domain.errors import ComparisonRefused
from feedback.domain.report.report import Report, Twin
from feedback.domain.survey.questionnaires import Role
from feedback.rendering.plain import write_plain
from feedback.reporting.comparison_paper import compose_comparison
from tests.reporting.reports import Said, facts, question, report

LOW, HIGH = "000011112222", "222233334444"


def told(*documents: Report) -> str:
    return " ".join(write_plain(compose_comparison(documents, "en")).split())


def wave(ratings: str, stage: str = "exit", previous: Report | None = None, **changes: object) -> Report:
    twins = changes.pop("twins", ())
    asked = facts(question(**changes), stage=stage, twins=twins)
    said = Said("mentor", Role.MENTOR, {question(**changes).fields[-1]: ratings})
    return report(asked, said, previous=previous.chain_hash if previous else None)


def test_a_rise_is_told_with_both_numbers_and_its_interval(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    said = told(first, wave(HIGH, previous=first))
    assert "rose by 67 points, from 0 of 12 (Kick-off → Exit) to 8 of 12; 95% interval +30 to +86 points." in said


def test_a_fall_is_told_like_a_rise(speaking: Flask) -> None:
    first = wave(HIGH, "kickoff")
    assert "fell by 67 points, from 8 of 12" in told(first, wave(LOW, previous=first))


def test_no_change_is_told(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    said = told(first, wave(LOW, previous=first))
    assert "did not change, from 0 of 12" in said
    assert "That may be chance." in said


def test_a_banded_side_gives_a_range(speaking: Flask) -> None:
    first = wave("000011112222", "kickoff")
    assert "rose by 75 to 100 points" in told(first, wave("333333333344", previous=first))


def test_a_range_of_falls_has_no_sign(speaking: Flask) -> None:
    first = wave("333333333344", "kickoff")
    assert "fell by 75 to 100 points" in told(first, wave("000011112222", previous=first))


def test_a_changed_question_is_named_and_not_compared(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    said = told(first, wave(HIGH, previous=first, text="Other words?"))
    assert "“Other words?”, Mentors; Mentees: the words or the answers were changed in between" in said
    assert "rose" not in said


def test_twins_are_warned_of(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    said = told(first, wave(HIGH, previous=first, twins=(Twin("mentor", "kickoff"),)))
    assert "Nearly the same people were asked: this may be the answer of one." in said
    assert "a few people joined or left in between" in said


def test_three_reports_are_compared_in_pairs(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    second = wave(HIGH, "midpoint", previous=first)
    said = told(first, second, wave(HIGH, previous=second))
    assert all(pair in said for pair in ("Kick-off → Mid-point", "Kick-off → Exit", "Mid-point → Exit"))


def test_a_pilot_is_compared_with_its_roll_out(speaking: Flask) -> None:
    pilot = report(facts(question()), Said("mentor", Role.MENTOR, {"C1": LOW}))
    roll_out = report(facts(question(), programme="Roll-out"), Said("mentor", Role.MENTOR, {"C1": HIGH}))
    assert "Pilot, Exit → Roll-out, Exit" in told(pilot, roll_out)


def test_reports_that_do_not_belong_together_are_refused(speaking: Flask) -> None:
    with pytest.raises(ComparisonRefused):
        compose_comparison([wave(LOW), wave(HIGH)], "en")


def test_effects_stand_in_an_appendix(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    said = told(first, wave(HIGH, previous=first))
    assert "EFFECT SIZES" in said
    assert "+0.89" in said
    assert "(Boschloo)" in said


def test_looking_back_stands_beside_the_difference(speaking: Flask) -> None:
    first = wave(LOW, "kickoff")
    asked = facts(question(then_now=True))
    second = report(asked, Said("mentor", Role.MENTOR, {"C1-then": LOW, "C1-now": HIGH}), previous=first.chain_hash)
    said = told(first, second)
    assert "Asked to look back" in said
    assert "at least 9 of 12" in said
