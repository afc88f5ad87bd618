"""How long a survey takes is computed from what it asks."""

from dataclasses import replace

import pytest

from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.questionnaires import Role
from forms.bank import STAGES, pair

MINUTES = {
    ("kickoff", Role.MENTOR): 4,
    ("kickoff", Role.MENTEE): 4,
    ("midpoint", Role.MENTOR): 6,
    ("midpoint", Role.MENTEE): 6,
    ("exit", Role.MENTOR): 7,
    ("exit", Role.MENTEE): 7,
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", Role)
def test_each_questionnaire_takes_its_time(stage: str, role: Role) -> None:
    assert minutes_needed(pair(stage)[role]) == MINUTES[stage, role]


def test_whatever_is_asked_takes_time() -> None:
    asked = pair("exit")[Role.MENTOR]
    seconds = {one.code: one.kind.seconds(one) for one in asked.questions}
    assert min(seconds.values()) > 0
    assert seconds["C1"] == 2 * seconds["S1"]
    assert seconds["F1"] > seconds["V2"] > seconds["S1"]


def test_a_survey_that_asks_one_thing_takes_more_than_no_time() -> None:
    asked = pair("kickoff")[Role.MENTOR]
    assert minutes_needed(replace(asked, questions=asked.questions[:1])) == 2
