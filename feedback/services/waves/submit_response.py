"""Find the survey behind a link, take an answer, take it back. The only place that sees a link and an answer together.

Every failure to find a survey looks the same from outside: unknown, malformed, not open yet, closed.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import WaveClosed
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
from feedback.domain.sealing import seal_response
from feedback.domain.survey.answers import Answer, check_answer, check_texts_are_clean
from feedback.domain.survey.responses import ResponseBody, write_body
from feedback.domain.waves.states import WaveState
from feedback.services.waves.known_surveys import KnownSurveys, Survey
from feedback.storage.entitlements import OpenRight, open_right
from feedback.storage.responses import put_response, withdraw_response

_NOT_A_SECRET = LinkSecret(bytes(SECRET_BYTES))


def read_link(text: str) -> LinkSecret:
    """Return the secret that an address holds; for a malformed one a secret that leads nowhere, at equal cost."""
    secret = from_address(text)
    return _NOT_A_SECRET if secret is None else LinkSecret(secret)


@dataclass(frozen=True)
class Accepted:
    """An answer that is safe on disk: its receipt, and the survey that it was given to."""

    receipt: Receipt
    survey: Survey


def find_survey(
    connection: Connection, secret: LinkSecret, *, now: datetime, known: KnownSurveys | None = None
) -> Survey:
    """Return the survey behind a link, or raise WaveClosed. Only reads, and is given a reader's connection."""
    return (known or KnownSurveys()).survey(connection, _right(connection, secret, now), now)


def submit_response(
    session: Session, secret: LinkSecret, answer: Answer, *, now: datetime, known: KnownSurveys | None = None
) -> Accepted:
    """Seal and store an answer in place of any earlier one; return its receipt once it is safe on disk.

    Raises WaveClosed, or AnswerRefused if the answer does not fit the questionnaire.
    """
    connection = session.connection()
    right = _right(connection, secret, now)
    survey = (known or KnownSurveys()).survey(connection, right, now)
    check_answer(survey.questionnaire, answer)
    check_texts_are_clean(answer)
    receipt, row = new_receipt(), response_key(secret)
    body = write_body(ResponseBody(proof(secret), right.group_name, right.role, answer, receipt))
    sealed = seal_response(body, survey.response_key, survey.place, row, survey.body_bytes)
    if not put_response(session, row, right.wave_id, sealed):
        raise WaveClosed("This link leads to no open survey.")
    session.commit()
    return Accepted(receipt, survey)


def withdraw(session: Session, secret: LinkSecret, *, now: datetime, known: KnownSurveys | None = None) -> None:
    """Delete the answer given through a link; nothing tells whether there was one. Raises WaveClosed."""
    connection = session.connection()
    right = _right(connection, secret, now)
    survey, row = (known or KnownSurveys()).survey(connection, right, now), response_key(secret)
    # Deleting what is not there writes nothing and is quicker: whoever holds the link could tell by a clock.
    nothing = seal_response(b"", survey.response_key, survey.place, row, survey.body_bytes)
    if not put_response(session, row, right.wave_id, nothing) or not withdraw_response(session, row, right.wave_id):
        raise WaveClosed("This link leads to no open survey.")
    session.commit()


# A write that follows asks again whether the wave is open, under its lock: on SQLite the whole transaction holds it,
# on PostgreSQL the functions behind `put_response` and `withdraw_response` take it.
def _right(connection: Connection, secret: LinkSecret, now: datetime) -> OpenRight:
    right = open_right(connection, entitlement_digest(proof(secret)))
    if right is None or right.state != WaveState.OPEN or now >= right.closes_at:
        raise WaveClosed("This link leads to no open survey.")
    return right
