"""What a report's page hangs on, in one look: marks that change with what is stored, and nothing that was said."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Text, bindparam, select, type_coerce

from feedback.domain.waves.states import WaveState
from feedback.storage.database import RawRead
from feedback.storage.logos import OrganisationLogo
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import Programme
from feedback.storage.reports import HASH_OF_NOTHING, StoredReport
from feedback.storage.waves import Wave


class ReportMarks(NamedTuple):
    """Where a wave belongs, and two hashes of its report that change with it and with those before it.

    There is no report where `signature` is None, and one that says nothing where `is_silent`. `word`, `focus` and
    `translated` (JSON) are what the programme calls itself.
    """

    wave_id: int
    stage: str
    comments_expire_at: datetime | None
    reviewer_left: bool
    programme_id: int
    time_zone: str
    word: str
    focus: str
    translated: str
    organisation_id: int
    organisation: str
    has_logo: bool
    chain_hash: str | None
    statement_hash: str | None
    signature: bytes | None

    @property
    def is_silent(self) -> bool:
        """Whether fewer answered than a report says anything of."""
        return self.statement_hash == HASH_OF_NOTHING


class SpeakingReport(NamedTuple):
    """A wave whose report says something, and where it belongs."""

    wave_id: int
    stage: str
    programme_id: int
    programme: str
    focus: str


_REPORTS, _WAVES, _LOGOS = StoredReport.__table__.c, Wave.__table__.c, OrganisationLogo.__table__.c
_PROGRAMMES, _ORGANISATIONS = Programme.__table__.c, Organisation.__table__.c
_MARKS = RawRead(
    select(_WAVES.id, _WAVES.stage, _WAVES.comments_expire_at, _WAVES.reviewer_left)
    .add_columns(_PROGRAMMES.id, _PROGRAMMES.time_zone, _PROGRAMMES.word)
    .add_columns(_PROGRAMMES.focus, type_coerce(_PROGRAMMES.translated, Text), _ORGANISATIONS.id, _ORGANISATIONS.name)
    .add_columns(_LOGOS.organisation_id.is_not(None))
    .add_columns(_REPORTS.chain_hash, _REPORTS.statement_hash, _REPORTS.signature)
    .join_from(Wave.__table__, Programme.__table__, _WAVES.programme_id == _PROGRAMMES.id)
    .join(Organisation.__table__, _PROGRAMMES.organisation_id == _ORGANISATIONS.id)
    .outerjoin(OrganisationLogo.__table__, _LOGOS.organisation_id == _ORGANISATIONS.id)
    .outerjoin(StoredReport.__table__, _REPORTS.wave_id == _WAVES.id)
    .where(_WAVES.id == bindparam("wave_id"))
)


_SPEAKING = (
    select(_WAVES.id, _WAVES.stage, _PROGRAMMES.id, _PROGRAMMES.name, _PROGRAMMES.focus)
    .join_from(Wave.__table__, Programme.__table__, _WAVES.programme_id == _PROGRAMMES.id)
    .join(StoredReport.__table__, _REPORTS.wave_id == _WAVES.id)
    .where(_PROGRAMMES.organisation_id == bindparam("organisation_id"), _WAVES.state == WaveState.CLOSED)
    .where(_REPORTS.statement_hash != HASH_OF_NOTHING)
    .order_by(_WAVES.id)
)


def marks_of(connection: Connection, wave_id: int) -> ReportMarks | None:
    """Return the marks of a wave and its report, or None if there is no such wave."""
    row = _MARKS.row(connection, wave_id=wave_id)
    return None if row is None else ReportMarks(*row)


def speaking_reports_of(connection: Connection, organisation_id: int) -> list[SpeakingReport]:
    """Return the reports of an organisation that say something, in the order of their waves."""
    rows = connection.execute(_SPEAKING, {"organisation_id": organisation_id})
    return [SpeakingReport(*row) for row in rows]
