"""Say what a wave asks, and which questions it would leave out if it opened on the roster as it is (R4).

What it leaves out could never be shown.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.services.waves.form_groups import form_groups
from feedback.storage.database import reading
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import questionnaires_of, wave_by_id


def questions_left_out(
    session: Session, programme_id: int, questionnaires: Mapping[Role, Questionnaire]
) -> Mapping[Role, frozenset[str]]:
    """Return for each role on the roster the codes of the questions that it would not be asked.

    All of them where a role could be asked nothing that is ever shown. Raises NotFound if there is no such programme.
    """
    codes = {role: frozenset(one.code for one in asked.questions) for role, asked in questionnaires.items()}
    with reading(session):
        k = programme_by_id(session, programme_id).minimum_group_size
        try:
            asked = form_groups(session, programme_id, questionnaires, k, None).forecast.asked
        except PlanRefused:
            return codes
    return {role: codes[role] - {one.code for one in kept.questions} for role, kept in asked.items()}


def questions_of_wave(session: Session, wave_id: int) -> Mapping[Role, Questionnaire]:
    """Return what a wave asks of each role, its own copy; once it has opened, without what it left out."""
    with reading(session):
        return questionnaires_of(session, wave_by_id(session, wave_id).id)
