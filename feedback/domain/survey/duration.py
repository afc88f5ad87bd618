"""How long a survey takes: an estimate from what it asks, which docs/questionnaires.md explains."""

import math

from feedback.domain.survey.questionnaires import Questionnaire

LONGEST_MINUTES = 10
"""Where a survey takes longer, whoever changes it is told."""
_SECONDS_AROUND = 60
"""To read what is promised, and to look through the answers before they are sent."""


def minutes_needed(questionnaire: Questionnaire) -> int:
    """Return the minutes that answering every question takes, rounded up; whoever is not asked one needs less."""
    asked = sum(question.kind.seconds(question) for question in questionnaire.questions)
    return math.ceil((_SECONDS_AROUND + asked) / 60)
