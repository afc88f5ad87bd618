"""Find the published report of a wave, with what is needed to compose it and to compare it with others."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.report.report import Outcome, Report, SignedReport
from feedback.reporting.report_paper import ReportSource
from feedback.services.comments.show_released_comments import comments_marks, comments_state
from feedback.services.reports.show_key import key_address
from feedback.storage.database import reading
from feedback.storage.logos import logo_of
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.report_marks import ReportMarks, SpeakingReport, marks_of, speaking_reports_of
from feedback.storage.reports import StoredReport, report_of, reports_of_programme, speaking_waves
from feedback.storage.waves import wave_by_id, waves_of


@dataclass(frozen=True)
class Comparable:
    """A report that another one can be compared with: of an earlier wave, or of another programme's same stage,
    on the same focus."""

    wave_id: int
    programme_id: int
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
    programme_id: int
    has_released_comments: bool
    comparable: tuple[Comparable, ...]
    organisation: str
    has_logo: bool


def mark_report(connection: Connection, wave_id: int, *, now: datetime) -> Hashable:
    """Return what changes with any file of a wave's report, or raise NotFound if it has none yet."""
    return _marked(connection, wave_id, now)[0]


def look_at_report(connection: Connection, wave_id: int, *, now: datetime) -> ReportState:
    """Return the state of a wave's report without reading it, or raise NotFound if it has none yet."""
    mark, marks, is_released = _marked(connection, wave_id, now)
    return ReportState(
        marks=mark,
        programme_id=marks.programme_id,
        has_released_comments=is_released,
        comparable=_comparable(connection, marks),
        organisation=marks.organisation,
        has_logo=marks.has_logo,
    )


def _marked(connection: Connection, wave_id: int, now: datetime) -> tuple[Hashable, ReportMarks, bool]:
    marks = marks_of(connection, wave_id)
    if marks is None or marks.signature is None:
        raise _no_report(wave_id)
    comments = comments_marks(
        connection, wave_id, expire_at=marks.comments_expire_at, time_zone=marks.time_zone, now=now
    )
    own = (marks.reviewer_left, marks.word, marks.focus, marks.translated)
    return (marks.chain_hash, marks.signature, comments, *own), marks, comments[0] is not None


def show_logo(session: Session, wave_id: int) -> bytes:
    """Return the logo that stands on a wave's report as a PNG file, or raise NotFound."""
    with reading(session):
        programme = programme_by_id(session, wave_by_id(session, wave_id).programme_id)
        logo = logo_of(session, programme.organisation_id)
        if logo is None:
            raise NotFound("The organisation has no logo.")
        return logo


def show_report(session: Session, wave_id: int, *, base_url: str, now: datetime) -> ShownReport:
    """Return the report of a wave, or raise NotFound if it has none yet. Addresses in it begin with `base_url`."""
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
            logo=logo_of(session, programme.organisation_id),
            key_address=key_address(base_url, signed_by),
        )
        return ShownReport(programme.id, wave.stage, source)


def reports_of_waves(session: Session, wave_ids: Iterable[int]) -> tuple[Report, ...]:
    """Return the reports of waves, in this order; NotFound if one has none yet."""
    with reading(session):
        return tuple(Report.parse(_stored(session, wave_id).document) for wave_id in wave_ids)


def has_changes(session: Session, programme_id: int) -> bool:
    """Tell whether a programme has two reports that say something, and so can be compared."""
    with reading(session):
        return len(speaking_waves(session, [wave.id for wave in waves_of(session, programme_id)])) > 1


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


def _comparable(connection: Connection, marks: ReportMarks) -> tuple[Comparable, ...]:
    """Return what a comparison would not refuse: reports that say something, of other programmes on the same focus."""
    if marks.is_silent:
        return ()
    speaking = speaking_reports_of(connection, marks.organisation_id)
    return tuple(_comparable_with(one) for one in speaking if _belong_together(marks, one))


def _comparable_with(one: SpeakingReport) -> Comparable:
    return Comparable(one.wave_id, one.programme_id, one.programme, one.stage)


def _belong_together(this: ReportMarks, other: SpeakingReport) -> bool:
    if other.programme_id == this.programme_id:
        return other.wave_id < this.wave_id
    return (other.stage, other.focus) == (this.stage, this.focus)
