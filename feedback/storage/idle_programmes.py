"""Programmes in which nothing has happened for long: the closes of their surveys say so, or the audit log."""

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, exists, select
from sqlalchemy.orm import Session

from feedback.domain.waves.states import WaveState
from feedback.storage.audit_log import LogEntry
from feedback.storage.programme_endings import ProgrammeEnding
from feedback.storage.programmes import Programme
from feedback.storage.waves import Wave

_MINE = Wave.programme_id == Programme.id
_WAS_OPEN = exists().where(_MINE, Wave.opened_at.is_not(None))
_SUBJECT = "programme " + cast(Programme.id, String)


def idle_programmes(session: Session, since: datetime) -> list[int]:
    """Return the programmes that go on although nothing has changed since then, and nothing is under way, by id.

    What counts is the last close or cancellation of a survey; where none was ever open, what the log says of the
    programme, such as a change of its roster. Reading is no change. An end that was taken back begins anew.
    """
    query = (
        select(Programme.id)
        .where(
            Programme.is_example.is_(False),
            ~exists().where(ProgrammeEnding.programme_id == Programme.id, ProgrammeEnding.ended_at.is_not(None)),
            ~exists().where(ProgrammeEnding.programme_id == Programme.id, ProgrammeEnding.taken_back_at > since),
            ~exists().where(_MINE, Wave.state != WaveState.CLOSED, Wave.state != WaveState.CANCELLED),
            ~exists().where(_MINE, (Wave.closed_at > since) | (Wave.calendar_changed_at > since)),
            _WAS_OPEN | (_was_changed(since, before=True) & ~_was_changed(since, before=False)),
        )
        .order_by(Programme.id)
    )
    return list(session.scalars(query))


def _was_changed(since: datetime, *, before: bool) -> ColumnElement[bool]:
    about = (LogEntry.subject == _SUBJECT) | LogEntry.subject.startswith(_SUBJECT + ",")
    when = LogEntry.at <= since if before else LogEntry.at > since
    return exists().where(about, when, ~LogEntry.act.startswith("read "), LogEntry.act != "downloaded")
