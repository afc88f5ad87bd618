"""Change what a programme asks at a stage. Surveys that are planned keep what they were planned with."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import QuestionsChanged, sentence
from feedback.domain.survey.own_questionnaires import OwnQuestionnaires, switched_off
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.services.waves.find_questionnaires import stage_of
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.programme_questionnaires import own_of, store_own
from feedback.storage.programmes import programme_by_id

Ours = Mapping[Role, Questionnaire]
_CHANGED = sentence(
    "Somebody has changed these questions since you opened this page, so nothing was saved. What you entered is still "
    "here, beside the questions as they are now (version %(number)s): look at both, and save again."
)


def switch_questions(
    session: Session, programme_id: int, ours: Ours, off: Collection[str], *, seen: int, now: datetime, actor: str
) -> int:
    """Switch off the questions with these codes, and on all others; return the version that is asked then.

    Raises QuestionsChanged unless the version is the one that was `seen`, QuestionnaireRefused if too little is left.
    """
    return _change(session, programme_id, ours, lambda own: switched_off(own, off), seen=seen, now=now, actor=actor)


def use_ours_again(session: Session, programme_id: int, ours: Ours, *, seen: int, now: datetime, actor: str) -> None:
    """Give up what a programme has changed at the stage of `ours`."""
    _change(session, programme_id, ours, lambda _own: None, seen=seen, now=now, actor=actor)


def _change(
    session: Session,
    programme_id: int,
    ours: Ours,
    change: Callable[[OwnQuestionnaires], OwnQuestionnaires | None],
    *,
    seen: int,
    now: datetime,
    actor: str,
) -> int:
    lock_programme(session, programme_id)
    stage = stage_of(ours)
    programme_by_id(session, programme_id)
    version, before = own_of(session, programme_id, stage)
    if version != seen:
        raise QuestionsChanged(_CHANGED, number=version)
    unchanged = OwnQuestionnaires(ours)
    own = change(before or unchanged)
    own = None if own == unchanged else own
    if own == before:
        session.rollback()
        return version
    version = store_own(session, programme_id, stage, own, changed_by=actor, now=now)
    note(session, now, actor, "changed the questions of", f"programme {programme_id}, {stage}")
    session.commit()
    return version
