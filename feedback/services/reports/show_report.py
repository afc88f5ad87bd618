"""Find the published report of a wave, with what is needed to check it and to compare it with earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.report.document import Outcome, ReportDocument, SignedReport, read_outcome, read_report
from feedback.storage.database import reading
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.reports import report_of, reports_before, reports_of_programme
from feedback.storage.waves import Wave, reported_waves, wave_by_id


@dataclass(frozen=True)
class Comparable:
    """A report that another one can be compared with: of an earlier wave, or of another programme's same stage."""

    wave_id: int
    programme: str
    stage: str


@dataclass(frozen=True)
class ShownReport:
    """One report. `earlier` are the programme's reports before it, oldest first; `words` are its own, by language."""

    programme_id: int
    wave_id: int
    stage: str
    signed: SignedReport
    earlier: tuple[ReportDocument, ...]
    comparable: tuple[Comparable, ...]
    words: Mapping[str, Mapping[str, str]]


def show_report(session: Session, wave_id: int) -> ShownReport:
    """Return the report of a wave, or raise NotFound if it has none yet."""
    with reading(session):
        return _shown(session, wave_id)


def speaking_reports(session: Session, programme_id: int) -> tuple[ReportDocument, ...]:
    """Return the reports of a programme that publish something, oldest first; NotFound if there is no programme."""
    with reading(session):
        programme_by_id(session, programme_id)
        stored = [one.document for one in reports_of_programme(session, programme_id)]
        return tuple(read_report(text) for text in stored if read_outcome(text) is Outcome.PUBLISHED)


def _shown(session: Session, wave_id: int) -> ShownReport:
    wave, stored = wave_by_id(session, wave_id), report_of(session, wave_id)
    if stored is None:
        raise NotFound(f"Wave {wave_id} has no report yet; there is one after the close.")
    programme = programme_by_id(session, wave.programme_id)
    organisation = session.get_one(Organisation, programme.organisation_id)
    return ShownReport(
        programme_id=programme.id,
        wave_id=wave.id,
        stage=wave.stage,
        signed=SignedReport(read_report(stored.document), stored.signature, organisation.signing_public_key or b""),
        earlier=tuple(read_report(one.document) for one in reports_before(session, stored)),
        comparable=tuple(
            Comparable(other.id, owner.name, other.stage)
            for other, owner in reported_waves(session, organisation.id)
            if _can_be_compared(wave, other)
        ),
        words=words_of(programme),
    )


def _can_be_compared(wave: Wave, other: Wave) -> bool:
    if other.programme_id == wave.programme_id:
        return other.id < wave.id
    return other.stage == wave.stage
