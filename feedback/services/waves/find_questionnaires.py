"""Find what a survey that is planned now asks: the programme's own questions, or else those that ship."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.survey.own_questionnaires import OwnQuestionnaires
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.storage.database import reading
from feedback.storage.programme_questionnaires import all_own_of, own_of
from feedback.storage.programmes import programme_by_id


@dataclass(frozen=True)
class KnownQuestions:
    """A programme's questions of one stage, also those that are off. `is_own`: they are not simply ours.

    `version` counts the changes, also back to ours; 0 if there never was one.
    """

    own: OwnQuestionnaires
    version: int
    is_own: bool


def questionnaires_to_ask(
    session: Session, programme_id: int, ours: Mapping[Role, Questionnaire]
) -> Mapping[Role, Questionnaire]:
    """Return what is asked at the stage of `ours`, by role; `ours` itself, unless the programme has its own."""
    known = known_questions(session, programme_id, ours)
    return known.own.asked(known.version) if known.is_own else ours


def known_questions(session: Session, programme_id: int, ours: Mapping[Role, Questionnaire]) -> KnownQuestions:
    """Return all that a programme knows at the stage of `ours`, or raise NotFound if there is no such programme."""
    with reading(session):
        programme_by_id(session, programme_id)
        version, own = own_of(session, programme_id, stage_of(ours))
    return KnownQuestions(own or OwnQuestionnaires(ours), version, own is not None)


def own_versions(session: Session, programme_id: int) -> dict[str, int]:
    """Return the versions of a programme's own questions, by the stages at which it does not simply ask ours."""
    with reading(session):
        return {stage: version for stage, (version, _own) in all_own_of(session, programme_id).items()}


def stage_of(ours: Mapping[Role, Questionnaire]) -> str:
    """Return the stage of a pair of questionnaires."""
    return next(iter(ours.values())).stage
