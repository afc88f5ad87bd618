"""Find the survey behind a link, take an answer, take it back. The only place that sees a link and an answer together.

Every failure to find a survey looks the same from outside: unknown, malformed, not open yet, closed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from feedback.domain.errors import PepperRefused, WaveClosed
from feedback.domain.links import (
    SECRET_BYTES,
    ChangeLock,
    LinkSecret,
    PageKey,
    Pepper,
    Receipt,
    ResponseKey,
    change_lock,
    entitlement_digest,
    from_address,
    page_key,
    pepper_fits,
    proof,
    response_key,
)
from feedback.domain.sealing import SealedResponse, seal_response
from feedback.domain.survey.answers import Answer, check_answer, check_texts_are_clean
from feedback.domain.survey.responses import ResponseBody, write_body
from feedback.domain.waves.states import WaveState
from feedback.services.waves.known_surveys import KnownSurveys, Survey
from feedback.storage.entitlements import OpenRight, open_right
from feedback.storage.responses import Locks, put_response

_NOT_A_SECRET = LinkSecret(bytes(SECRET_BYTES))


@dataclass(frozen=True)
class OpenLink:
    """A link whose wave was open when it was followed, with the right and the survey that it leads to."""

    secret: LinkSecret
    right: OpenRight
    survey: Survey
    pepper: Pepper = field(repr=False)

    @cached_property
    def row(self) -> ResponseKey:
        """The key of the row in which its answer lies, which few of its pages ask for."""
        return response_key(self.secret, self.pepper if self.survey.has_pepper else None)

    @cached_property
    def page_key(self) -> PageKey:
        """The key to what its pages carry."""
        return page_key(self.secret)


def read_link(text: str) -> LinkSecret:
    """Return the secret that an address holds; for a malformed one a secret that leads nowhere, at equal cost."""
    secret = from_address(text)
    return _NOT_A_SECRET if secret is None else LinkSecret(secret)


def follow_link(
    connection: Connection,
    secret: LinkSecret,
    *,
    now: datetime,
    pepper: Pepper | None,
    known: KnownSurveys | None = None,
) -> OpenLink:
    """Return what a link leads to, or raise WaveClosed. Only reads, and is given a reader's connection.

    Raises PepperRefused unless this process holds the pepper that is known, with which answers are found.
    """
    right = open_right(connection, entitlement_digest(proof(secret)))
    if right is None or right.state != WaveState.OPEN or now >= right.closes_at:
        raise _closed()
    if pepper is None or not pepper_fits(pepper, right.fingerprint):
        raise PepperRefused("This process holds no pepper, or none that is known.")
    survey = (known or KnownSurveys()).survey(connection, right.wave_id, right.role, right.reviewer_left)
    return OpenLink(secret, right, survey, pepper)


def link_to_nowhere(survey: Survey, right: OpenRight) -> OpenLink:
    """Return a link that nobody has, with which whoever plans a survey is shown its pages."""
    return OpenLink(_NOT_A_SECRET, right, survey, Pepper(b""))


def right_of_nobody(
    wave_id: int, role: str, closes_at: datetime, *, contact_name: str, contact_email: str, help_contacts: str
) -> OpenRight:
    """Return a right that stands in no table, with what pages say of it."""
    shown = (False, contact_name, contact_email, help_contacts, None)
    return OpenRight(wave_id, role, "", WaveState.OPEN, closes_at, *shown)


def submit_response(
    connection: Connection, link: OpenLink, answer: Answer, receipt: Receipt, shown: Receipt | None = None
) -> None:
    """Seal and store an answer in place of any earlier one; return once it is safe on disk.

    An earlier one that has neither this `receipt` nor the one that was `shown` makes the answer contested; nothing
    tells. Raises WaveClosed if the wave was closed meanwhile, or AnswerRefused if the answer does not fit the
    questionnaire.
    """
    check_answer(link.survey.questionnaire, answer)
    check_texts_are_clean(answer)
    _put(connection, link, answer, receipt, shown)


def withdraw(connection: Connection, link: OpenLink, receipt: Receipt, shown: Receipt | None = None) -> None:
    """Store that nothing is said, in place of an answer, as an answer would be stored. Raises WaveClosed."""
    _put(connection, link, None, receipt, shown)


def warm_up(connection: Connection) -> None:
    """Go through the statement that stores an answer, for a wave that is none: the first answer is then no slower."""
    nothing = ResponseKey(bytes(SECRET_BYTES))
    put_response(connection, nothing, 0, SealedResponse(b""), Locks(ChangeLock(nothing), ChangeLock(nothing)))
    connection.rollback()


def _put(
    connection: Connection, link: OpenLink, answer: Answer | None, receipt: Receipt, shown: Receipt | None
) -> None:
    survey, row = link.survey, link.row
    body = ResponseBody(proof(link.secret), link.right.group_name, link.right.role, answer, receipt)
    sealed = seal_response(write_body(body), survey.response_key, survey.place, row, survey.body_bytes)
    locks = Locks(change_lock(receipt), change_lock(shown or receipt))
    if not put_response(connection, row, link.right.wave_id, sealed, locks):
        raise _closed()
    connection.commit()


def _closed() -> WaveClosed:
    return WaveClosed("This link leads to no open survey.")
