"""After a restore: what has to be answered, and what is done once everything was. Nothing is done before.

The answers are written to the main database in one transaction, together with the steps that it had lost; the key store
follows. From then on the databases agree, and workers go on. Whoever dies before is asked again; whoever dies after it
leaves a worker what is left to destroy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.epochs import OF_JOURNAL, EpochComparison, RestoreDoubt, StepAct, waves_with
from feedback.domain.errors import RestoreUnanswered
from feedback.domain.waves.states import LIVE, NOT_OPENED, WaveState
from feedback.services.reports.put_back_report import put_back_report, wave_of_report, waves_without_report
from feedback.services.waves.cancel_wave import destroy_sealed, finish_cancelling, mark_as_cancelled
from feedback.services.waves.enter_step import note_lost_close, see_epochs, settle_steps
from feedback.services.waves.stop_lost_waves import stop_lost_waves
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave, reading
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.waves import known_wave, wave_by_id, waves_in_state


class RestoreAnswer(StrEnum):
    """What an operator can say of a wave; each is an option of `feedback db restored`."""

    REPORT = "report"
    WITHOUT_REPORT = "without-report"
    CLOSE_AGAIN = "close-again"
    CANCEL = "cancel"
    OPEN_AGAIN = "open-again"
    FORGET = "forget"


@dataclass(frozen=True)
class RestoreQuestion:
    """A wave of which something was lost, and what may be answered."""

    wave_id: int
    was_lost: str
    answers: tuple[RestoreAnswer, ...]


@dataclass(frozen=True)
class RestoreAnswers:
    """What was answered: by wave, and exported reports by the name of their file.

    `begins_journal`: no step was lost as far as anybody knows, and the journal is to begin anew. `none_lost`: no survey
    was closed since the copy was made but those that are answered for.
    """

    by_wave: Mapping[int, RestoreAnswer]
    reports: Mapping[str, bytes]
    begins_journal: bool = False
    none_lost: bool = False


def restore_questions(session: Session, keys: KeyStore, *, now: datetime) -> tuple[RestoreQuestion, ...]:
    """Return what has to be answered, oldest wave first, after letting nobody answer a wave that is lost."""
    compared = see_epochs(session, keys)
    if not compared.doubts:
        return ()
    stop_lost_waves(session, compared, now=now)
    with reading(session):
        return tuple(_questions(session, keys, compared))


def waves_to_ask_for(session: Session, keys: KeyStore) -> tuple[int, ...]:
    """Return the waves of which an operator has to say whether they were closed since, for nobody else knows."""
    if RestoreDoubt.MOVED not in see_epochs(session, keys).doubts:
        return ()
    with reading(session):
        return tuple(sorted(wave.id for state in LIVE for wave in waves_in_state(session, state)))


def note_closed_since(session: Session, keys: KeyStore, waves: tuple[int, ...]) -> None:
    """Take an operator's word that waves were closed after the copy was made: nobody answers them any more.

    Raises RestoreUnanswered if nobody would have asked.
    """
    asked = waves_to_ask_for(session, keys)
    for wave_id in sorted(set(waves) - set(asked)):
        raise RestoreUnanswered(f"Nobody asks whether wave {wave_id} was closed since. Nothing was done.")
    for wave_id in sorted(set(waves)):
        note_lost_close(keys, wave_id)


def answer_restore(
    session: Session, keys: KeyStore, answers: RestoreAnswers, *, now: datetime, actor: str
) -> tuple[RestoreQuestion, ...]:
    """Do what was answered, and let the databases agree; returns what was asked.

    Raises RestoreUnanswered unless each question has one of its answers and nothing else was answered, ReportRefused if
    a file is not the report of a wave that lost its own.
    """
    questions = restore_questions(session, keys, now=now)
    _check_journal(see_epochs(session, keys), answers)
    with reading(session):
        told = {wave_of_report(session, data, name): RestoreAnswer.REPORT for name, data in answers.reports.items()}
    said = {**answers.by_wave, **told}
    _check(questions, said)
    for name, data in answers.reports.items():
        destroy_sealed(session, put_back_report(session, data, name))
    for wave_id, answered in sorted(said.items()):
        _carry_out(session, wave_id, answered, now=now, actor=actor)
        if answered is RestoreAnswer.FORGET:
            # Before the databases agree: afterwards nobody asks for the keys of a wave that is nowhere.
            keys.destroy_wave_keys(wave_id, keep_comments=False)
    note(session, now, actor, "answered after a restore", "main database")
    settle_steps(session, keys)
    for wave_id, answered in sorted(said.items()):
        if answered is RestoreAnswer.CANCEL:
            finish_cancelling(session, keys, wave_id, now=now)
    return questions


def _carry_out(session: Session, wave_id: int, answered: RestoreAnswer, *, now: datetime, actor: str) -> None:
    if answered is RestoreAnswer.CANCEL:
        mark_as_cancelled(session, wave_id, now=now, actor=actor)
    elif answered is RestoreAnswer.WITHOUT_REPORT:
        lock_wave(session, wave_id)
        destroy_sealed(session, wave_id)
    elif answered is RestoreAnswer.CLOSE_AGAIN:
        lock_wave(session, wave_id)
        wave_by_id(session, wave_id).state = WaveState.CLOSING


def _questions(session: Session, keys: KeyStore, compared: EpochComparison) -> list[RestoreQuestion]:
    held, found = keys.purposes_held(), []
    without_report = waves_without_report(session)
    opened = waves_with(compared.lost, StepAct.OPENED)
    for wave_id in sorted({*without_report, *opened, *compared.locked}):
        wave = known_wave(session, wave_id)
        if wave is None:
            found.append(RestoreQuestion(wave_id, "it is not in this database at all", (RestoreAnswer.FORGET,)))
        elif wave_id in without_report:
            again = (RestoreAnswer.CLOSE_AGAIN,) if Purpose.RESPONSE in held.get(wave_id, set()) else ()
            answers = (RestoreAnswer.REPORT, RestoreAnswer.WITHOUT_REPORT, *again)
            found.append(RestoreQuestion(wave_id, "it was closed, and its report is missing", answers))
        elif wave_id in compared.locked:
            found.append(RestoreQuestion(wave_id, "it is open, and its keys are missing", (RestoreAnswer.CANCEL,)))
        elif WaveState(wave.state) in NOT_OPENED:
            answers = (RestoreAnswer.OPEN_AGAIN, RestoreAnswer.CANCEL)
            found.append(RestoreQuestion(wave_id, "it was opened, and people were invited", answers))
    return found


def _check_journal(compared: EpochComparison, answers: RestoreAnswers) -> None:
    if not answers.begins_journal and OF_JOURNAL.intersection(compared.doubts):
        raise RestoreUnanswered(
            "The journal cannot tell whether steps were lost. Restore a later copy of it, or answer --begin-journal. "
            "Nothing was done."
        )
    if not answers.none_lost and RestoreDoubt.MOVED in compared.doubts:
        raise RestoreUnanswered(
            "Nobody but you can tell whether a survey was closed since the copy was made. Name each that was, with "
            "--closed, and answer --none-lost for all others. Nothing was done."
        )


def _check(questions: tuple[RestoreQuestion, ...], said: Mapping[int, RestoreAnswer]) -> None:
    asked = {one.wave_id: one for one in questions}
    for wave_id in sorted(said.keys() - asked.keys()):
        raise RestoreUnanswered(f"Nothing was lost of wave {wave_id}, so nothing is to be answered. Nothing was done.")
    for wave_id, one in asked.items():
        if said.get(wave_id) not in one.answers:
            ways = " or ".join(f"--{answer}" for answer in one.answers)
            raise RestoreUnanswered(f"Wave {wave_id}: {one.was_lost}. Answer {ways}. Nothing was decided.")
