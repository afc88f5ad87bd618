"""Find the survey behind a link, take an answer, take it back. The only place that sees a link and an answer together.

Every failure to find a survey looks the same from outside: unknown, malformed, not open yet, closed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.answers import Answer, check_answer, check_texts_are_clean
from feedback.domain.errors import WaveClosed
from feedback.domain.frozen_questionnaires import thaw
from feedback.domain.groups import Group
from feedback.domain.links import (
    SECRET_BYTES,
    LinkSecret,
    Receipt,
    entitlement_digest,
    from_address,
    new_receipt,
    proof,
    response_key,
)
from feedback.domain.questionnaires import Questionnaire
from feedback.domain.responses import ResponseBody, write_body
from feedback.domain.sealing import Place, seal_response
from feedback.domain.waves import WaveState
from feedback.storage.database import begin_read_only, share_wave
from feedback.storage.entitlements import Right, right_to_answer
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.responses import put_response, withdraw_response
from feedback.storage.waves import Wave, groups_of, questionnaire_asked, wave_by_id, wave_state

_NOT_A_SECRET = LinkSecret(bytes(SECRET_BYTES))


@dataclass(frozen=True)
class Survey:
    """What a link's pages show: the questionnaire and the live terms of the wave, nothing about the person."""

    questionnaire: Questionnaire
    organisation: str
    programme: str
    stage: str
    minimum_group_size: int
    invited: int
    groups: tuple[Group, ...]
    group_name: str
    closes_at: datetime
    may_close_early: bool
    key_backup_days: int
    comment_days: int
    reviewer_name: str
    contact_name: str
    contact_email: str
    time_zone: ZoneInfo

    @property
    def closes_on(self) -> date:
        """The day on which the wave closes, where the programme is."""
        return self.closes_at.astimezone(self.time_zone).date()


def read_link(text: str) -> LinkSecret:
    """Return the secret that an address holds; for a malformed one a secret that leads nowhere, at equal cost."""
    secret = from_address(text)
    return _NOT_A_SECRET if secret is None else LinkSecret(secret)


def find_survey(session: Session, secret: LinkSecret, *, now: datetime) -> Survey:
    """Return the survey behind a link, or raise WaveClosed. Changes nothing: the database would refuse it."""
    begin_read_only(session)
    try:
        return _survey(session, secret, now)
    finally:
        session.rollback()


def submit_response(session: Session, secret: LinkSecret, answer: Answer, *, now: datetime) -> Receipt:
    """Seal and store an answer in place of any earlier one; return its receipt once it is safe on disk.

    Raises WaveClosed, or AnswerRefused if the answer does not fit the questionnaire.
    """
    right = _right(session, secret)
    wave = _hold_open(session, right.wave_id, now)
    check_answer(_questionnaire(session, right), answer)
    check_texts_are_clean(answer)
    receipt = new_receipt()
    body = ResponseBody(proof(secret), right.group_name, right.role, answer, receipt)
    row = response_key(secret)
    place = Place(wave.programme_id, wave.id)
    sealed = seal_response(write_body(body), wave.response_key, place, row, wave.body_bytes or 0)
    if not put_response(session, row, wave.id, sealed):
        raise WaveClosed("This link leads to no open survey.")
    session.commit()
    return receipt


def withdraw(session: Session, secret: LinkSecret, *, now: datetime) -> None:
    """Delete the answer given through a link; nothing tells whether there was one. Raises WaveClosed."""
    right = _right(session, secret)
    _hold_open(session, right.wave_id, now)
    if not withdraw_response(session, response_key(secret), right.wave_id):
        raise WaveClosed("This link leads to no open survey.")
    session.commit()


def _right(session: Session, secret: LinkSecret) -> Right:
    right = right_to_answer(session, entitlement_digest(proof(secret)))
    if right is None:
        raise WaveClosed("This link leads to no open survey.")
    return right


def _hold_open(session: Session, wave_id: int, now: datetime) -> Wave:
    # Two statements on purpose: a state read before the lock is granted may be stale under READ COMMITTED.
    share_wave(session, wave_id)
    state, closes_at = wave_state(session, wave_id)
    if state is not WaveState.OPEN or now >= closes_at:
        raise WaveClosed("This link leads to no open survey.")
    return wave_by_id(session, wave_id)


def _survey(session: Session, secret: LinkSecret, now: datetime) -> Survey:
    right = _right(session, secret)
    wave = wave_by_id(session, right.wave_id)
    if wave.state != WaveState.OPEN or now >= wave.closes_at:
        raise WaveClosed("This link leads to no open survey.")
    programme = programme_by_id(session, wave.programme_id)
    organisation = session.get_one(Organisation, programme.organisation_id)
    return Survey(
        questionnaire=_questionnaire(session, right),
        organisation=organisation.name,
        programme=programme.name,
        stage=wave.stage,
        minimum_group_size=wave.minimum_group_size,
        invited=wave.invited or 0,
        groups=groups_of(session, wave.id),
        group_name=right.group_name,
        closes_at=wave.closes_at,
        may_close_early=wave.may_close_early,
        key_backup_days=wave.key_backup_days,
        comment_days=wave.comment_days,
        reviewer_name=wave.reviewer_name,
        contact_name=programme.contact_name,
        contact_email=programme.contact_email,
        time_zone=ZoneInfo(programme.time_zone),
    )


def _questionnaire(session: Session, right: Right) -> Questionnaire:
    return thaw(questionnaire_asked(session, right.wave_id, right.role))
