"""Find the published report of a wave, with what is needed to compose it and to compare it with others."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.report.report import Outcome, Report, SignedReport
from feedback.reporting.report_paper import ReportSource
from feedback.services.comments.show_released_comments import comments_marks, comments_state
from feedback.storage.database import reading
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.reports import StoredReport, marks_of, report_of, reports_of_programme
from feedback.storage.waves import Wave, reported_waves, wave_by_id


@dataclass(frozen=True)
class Comparable:
    """A report that another one can be compared with: of an earlier wave, or of another programme's same stage."""

    wave_id: int
    programme: str
    stage: str


@dataclass(frozen=True)
class ShownReport:
    """One report, with where it belongs."""

    programme_id: int
    stage: str
    source: ReportSource


@dataclass(frozen=True)
class ReportState:
    """What a report's page is made of, as marks that change with it, and what stands beside it. Holds nothing said."""

    marks: Hashable
    has_released_comments: bool
    comparable: tuple[Comparable, ...]


def look_at_report(session: Session, wave_id: int, *, now: datetime) -> ReportState:
    """Return the state of a wave's report without reading it, or raise NotFound if it has none yet."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        report, comments = marks_of(session, wave_id), comments_marks(session, wave, now)
        if report is None:
            raise _no_report(wave_id)
        programme = programme_by_id(session, wave.programme_id)
        words = tuple((language, *sorted(said.items())) for language, said in sorted(words_of(programme).items()))
        return ReportState((report, comments, words), comments[0] is not None, _comparable(session, wave))


def show_report(session: Session, wave_id: int, *, now: datetime) -> ShownReport:
    """Return the report of a wave, or raise NotFound if it has none yet."""
    with reading(session):
        stored, wave = _stored(session, wave_id), wave_by_id(session, wave_id)
        programme = programme_by_id(session, wave.programme_id)
        before = reports_of_programme(session, programme.id)
        signed_by = programme.organisation.signing_public_key or b""
        source = ReportSource(
            signed=SignedReport(Report.parse(stored.document), stored.signature, signed_by),
            earlier=tuple(Report.parse(one.document) for one in before if one.number < stored.number),
            comments=comments_state(session, wave, now),
            words=words_of(programme),
        )
        return ShownReport(programme.id, wave.stage, source)


def reports_of_waves(session: Session, wave_ids: Iterable[int]) -> tuple[Report, ...]:
    """Return the reports of waves, in this order; NotFound if one has none yet."""
    with reading(session):
        return tuple(Report.parse(_stored(session, wave_id).document) for wave_id in wave_ids)


def speaking_reports(session: Session, programme_id: int) -> tuple[Report, ...]:
    """Return the reports of a programme that publish something, oldest first; NotFound if there is no programme."""
    with reading(session):
        programme_by_id(session, programme_id)
        reports = [Report.parse(one.document) for one in reports_of_programme(session, programme_id)]
        return tuple(one for one in reports if one.outcome is Outcome.PUBLISHED)


def _stored(session: Session, wave_id: int) -> StoredReport:
    wave_by_id(session, wave_id)
    stored = report_of(session, wave_id)
    if stored is None:
        raise _no_report(wave_id)
    return stored


def _no_report(wave_id: int) -> NotFound:
    return NotFound(f"Wave {wave_id} has no report yet; there is one after the close.")


def _comparable(session: Session, wave: Wave) -> tuple[Comparable, ...]:
    organisation_id = programme_by_id(session, wave.programme_id).organisation_id
    return tuple(
        Comparable(other.id, owner.name, other.stage)
        for other, owner in reported_waves(session, organisation_id)
        if _can_be_compared(wave, other)
    )


def _can_be_compared(wave: Wave, other: Wave) -> bool:
    if other.programme_id == wave.programme_id:
        return other.id < wave.id
    return other.stage == wave.stage
