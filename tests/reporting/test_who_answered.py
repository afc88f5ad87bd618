from dataclasses import replace

import pytest
from flask import Flask

from feedback.domain.disclosure.groups import Group
from feedback.domain.survey.questionnaires import Role
from feedback.rendering.blocks import RateBar
from feedback.reporting.who_answered import who_answered
from tests.reporting.reports import Said, facts, question, report, simple_report

TEN = "0011223344"


def of_towns(*answered: int) -> tuple[RateBar, ...]:
    groups = tuple(Group(f"mentor/{n}", Role.MENTOR, (f"Town {n}",), 20) for n in range(len(answered)))
    said = [
        Said(group.name, Role.MENTOR, {"C1": (TEN * 2)[:n]}) for group, n in zip(groups, answered, strict=True) if n
    ]
    return who_answered(report(replace(facts(question()), groups=groups), *said)).bars


def test_each_side_has_a_bar_and_too_few_have_none(speaking: Flask) -> None:
    assert who_answered(simple_report(TEN, "01")).bars == (
        RateBar("Mentors", 25.0, "10 of 40"),
        RateBar("Mentees", None, "fewer than 5"),
    )


def test_few_groups_stand_under_their_side(speaking: Flask) -> None:
    assert of_towns(10, 20, 2) == (
        RateBar("Mentors", 75.0, "30 of 40"),
        RateBar("Town 0", 50.0, "10 of 20", is_part=True),
        RateBar("Town 1", 100.0, "20 of 20", is_part=True),
        RateBar("Town 2", None, "fewer than 5", is_part=True),
    )


def test_of_many_groups_the_sides_are_told_alone(speaking: Flask) -> None:
    assert of_towns(10, 12, 14, 16, 18, 20, 2) == (RateBar("Mentors", 75.0, "90 of 120; 6 groups, from 50% to 100%"),)


@pytest.mark.parametrize("towns", [2, 8])
def test_a_side_of_which_nothing_is_told_has_no_bar(speaking: Flask, towns: int) -> None:
    first = of_towns(*[10] * 0, *[2] * towns)[0]
    assert (first.share, first.said) == (None, "not shown")
