"""Change what a programme asks at a stage. Surveys that are planned keep what they were planned with."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import QuestionnaireRefused, QuestionsChanged, sentence
from feedback.domain.survey.own_questionnaires import (
    LAST_NUMBER,
    OwnQuestionnaires,
    moved,
    number_of,
    own_code,
    switched_off,
    with_question,
    without_question,
)
from feedback.domain.survey.questionnaire_files import broken_rules
from feedback.domain.survey.questionnaires import Question, Questionnaire, Role
from feedback.services.programmes.check_running import check_running
from feedback.services.waves.find_questionnaires import stage_of
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, reading
from feedback.storage.programme_questionnaires import all_own_of, own_of, store_own
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import questionnaires_of, waves_of

Ours = Mapping[Role, Questionnaire]
_Change = Callable[[OwnQuestionnaires], OwnQuestionnaires | None]
MOST_OF_THEIR_OWN = 20
"""So many questions of its own a programme can have at one stage."""
_TOO_MANY = sentence("A survey has room for 20 questions of your own. Delete one that you no longer need.")
_CHANGED = sentence(
    "Somebody has changed these questions since you opened this page, so nothing was saved. What you entered is still "
    "here. Look at the questions as they are now (version %(number)s), and save again."
)


@dataclass(frozen=True)
class Seen:
    """Who changes a programme's questions, when, and which version the person had seen."""

    programme_id: int
    version: int
    now: datetime
    actor: str


def check_seen(session: Session, ours: Ours, seen: Seen) -> None:
    """Raise QuestionsChanged unless a programme's questions are at the version that was seen."""
    with reading(session):
        _check_version(own_of(session, seen.programme_id, stage_of(ours))[0], seen)


def switch_questions(
    session: Session, ours: Ours, off: Collection[str], seen: Seen, *, moving: tuple[str, bool] | None = None
) -> int:
    """Switch off the questions with these codes, and on all others; return the version that is asked then.

    `moving` is the code of a question of the programme's own that goes up (True) or down as well. Raises
    QuestionsChanged unless the version is the one that was seen, QuestionnaireRefused if what is left cannot be asked.
    """

    def change(own: OwnQuestionnaires) -> OwnQuestionnaires:
        left = switched_off(own, off)
        return moved(left, moving[0], up=moving[1]) if moving and left.versions_of(moving[0]) else left

    return _change_one(session, ours, change, seen)


def use_ours_again(session: Session, ours: Ours, seen: Seen) -> None:
    """Give up what a programme has changed at the stage of `ours`."""
    _change_one(session, ours, lambda _own: None, seen)


def add_question(
    session: Session, stages: Sequence[Ours], question: Question, roles: Collection[Role], seen: Seen
) -> None:
    """Ask a question of the programme's own at some stages, of the first of which a version was seen.

    It gets a code that none of the programme's questions ever had, the same at each stage, so that it can be compared.
    """
    lock_programme(session, seen.programme_id)
    taken = max(_numbers(session, seen.programme_id), default=0)
    if taken >= LAST_NUMBER:
        raise QuestionnaireRefused(_TOO_MANY)
    coded = replace(question, code=own_code(taken + 1))
    for place, ours in enumerate(stages):
        _apply(session, ours, lambda own: _with_one_more(own, coded, roles), seen, is_seen=place == 0)
    session.commit()


def replace_question(
    session: Session, stages: Sequence[Ours], question: Question, roles: Collection[Role], seen: Seen
) -> None:
    """Put a question of the programme's own in the place of the one that has its code, at the first of `stages`.

    Where another stage asks the same, it is replaced as well, or the two could no longer be compared.
    """
    lock_programme(session, seen.programme_id)
    former = _version_at(session, seen.programme_id, stages[0], question.code)
    for place, ours in enumerate(stages):
        there = _version_at(session, seen.programme_id, ours, question.code)
        if place == 0 or (there is not None and _is_same(there, former)):
            changed = question if place == 0 or there is None else replace(question, section=there.section)
            _apply(session, ours, _replacing(changed, roles), seen, is_seen=place == 0)
    session.commit()


def drop_question(session: Session, ours: Ours, code: str, seen: Seen) -> None:
    """Delete a question of the programme's own at the stage of `ours`."""
    _change_one(session, ours, lambda own: without_question(own, code), seen)


def _replacing(question: Question, roles: Collection[Role]) -> _Change:
    return lambda own: with_question(own, question, roles)


def _with_one_more(own: OwnQuestionnaires, question: Question, roles: Collection[Role]) -> OwnQuestionnaires:
    if sum(number_of(code) is not None for code in own.codes) >= MOST_OF_THEIR_OWN:
        raise QuestionnaireRefused(_TOO_MANY)
    sections = [section.code for one in own.known.values() for section in one.sections]
    section = question.section if question.section in sections else sections[-1]
    return with_question(own, replace(question, section=section), roles)


def _version_at(session: Session, programme_id: int, ours: Ours, code: str) -> Question | None:
    _version, own = own_of(session, programme_id, stage_of(ours))
    return next(iter(own.versions_of(code).values()), None) if own else None


def _is_same(one: Question, other: Question | None) -> bool:
    return other is not None and replace(one, section="") == replace(other, section="")


def _numbers(session: Session, programme_id: int) -> Iterator[int]:
    """Yield the numbers of all questions of a programme's own, also of those that only planned surveys still ask."""
    own = (known for _version, one in all_own_of(session, programme_id).values() for known in one.known.values())
    asked = (one for wave in waves_of(session, programme_id) for one in questionnaires_of(session, wave.id).values())
    for questionnaire in (*own, *asked):
        yield from filter(None, (number_of(question.code) for question in questionnaire.questions))


def _change_one(session: Session, ours: Ours, change: _Change, seen: Seen) -> int:
    lock_programme(session, seen.programme_id)
    version = _apply(session, ours, change, seen)
    session.commit()
    return version


def _apply(session: Session, ours: Ours, change: _Change, seen: Seen, *, is_seen: bool = True) -> int:
    stage = stage_of(ours)
    programme_by_id(session, seen.programme_id)
    check_running(session, seen.programme_id)
    version, before = own_of(session, seen.programme_id, stage)
    if is_seen:
        _check_version(version, seen)
    unchanged = OwnQuestionnaires(ours)
    own = change(before or unchanged)
    own = None if own == unchanged else own
    if own == before:
        return version
    _check(own)
    version = store_own(session, seen.programme_id, stage, own, changed_by=seen.actor, now=seen.now)
    note(session, seen.now, seen.actor, "changed the questions of", f"programme {seen.programme_id}, {stage}")
    return version


def _check_version(version: int, seen: Seen) -> None:
    if version != seen.version:
        raise QuestionsChanged(_CHANGED, number=version)


# What a form lets through that a file would not is a mistake of ours, and must not reach a survey.
def _check(own: OwnQuestionnaires | None) -> None:
    asked = own.asked(version=1).values() if own else ()
    problems = [problem for one in asked for problem in broken_rules(one)]
    if problems:
        raise QuestionnaireRefused("\n".join(problems))
