"""Find the published report of a wave, with what it takes to check that nobody has altered it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.report import ReportDocument, read_report
from feedback.storage.database import begin_read_only
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import report_of
from feedback.storage.waves import wave_by_id


@dataclass(frozen=True)
class SignedReport:
    """A report with the organisation's Ed25519 signature over the UTF-8 bytes of its JSON, and the public key."""

    programme_id: int
    wave_id: int
    stage: str
    document: ReportDocument
    signature: bytes
    public_key: bytes


def show_report(session: Session, wave_id: int) -> SignedReport:
    """Return the report of a wave, or raise NotFound if it has none yet."""
    begin_read_only(session)
    try:
        return _signed(session, wave_id)
    finally:
        session.rollback()


def _signed(session: Session, wave_id: int) -> SignedReport:
    wave, stored = wave_by_id(session, wave_id), report_of(session, wave_id)
    if stored is None:
        raise NotFound(f"Wave {wave_id} has no report yet; there is one after the close.")
    programme = programme_by_id(session, wave.programme_id)
    organisation = session.get_one(Organisation, programme.organisation_id)
    return SignedReport(
        programme_id=programme.id,
        wave_id=wave.id,
        stage=wave.stage,
        document=read_report(stored.document),
        signature=stored.signature,
        public_key=organisation.signing_public_key or b"",
    )
