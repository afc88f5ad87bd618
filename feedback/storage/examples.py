"""Delete an example whole: the only programme of which nothing is left.

On PostgreSQL a function does it, which looks again whether it is one, since the staff's role may delete no programme;
on SQLite the same is done here. Nobody was asked in it, so nothing is left of anybody elsewhere.
"""

from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from feedback.storage.mail_openings import MailOpening
from feedback.storage.notices import Notice, SaidDraft, SaidText
from feedback.storage.people import Participant
from feedback.storage.programme_questionnaires import ProgrammeQuestionnaires
from feedback.storage.programmes import Programme
from feedback.storage.quiet_times import StoredQuietTimes
from feedback.storage.roster_approvals import RosterApproval
from feedback.storage.staff import StaffProgramme
from feedback.storage.staff_letters import StaffLetter
from feedback.storage.trial_mails import TrialMails
from feedback.storage.waves import Moment, Wave, WaveQuestionnaire

_DELETE = text("SELECT feedback_delete_example(:example)")
_OF_WAVES: tuple[Any, ...] = (StaffLetter, TrialMails, MailOpening, Moment, WaveQuestionnaire)
_OF_THE_PROGRAMME: tuple[Any, ...] = (
    *(Wave, Participant, RosterApproval, ProgrammeQuestionnaires, Notice, SaidText, SaidDraft),
    *(StoredQuietTimes, StaffProgramme),
)


def delete_example(session: Session, programme_id: int) -> bool:
    """Delete an example with all that is in it; False if it is none, or somebody was asked in it."""
    if session.get_bind().dialect.name == "postgresql":
        done = bool(session.scalar(_DELETE, {"example": programme_id}))
        session.expire_all()
        return done
    programme = session.get(Programme, programme_id, populate_existing=True)
    waves = select(Wave.id).where(Wave.programme_id == programme_id)
    was_open = session.scalar(select(waves.where(Wave.opened_at.is_not(None)).exists()))
    if programme is None or not programme.is_example or was_open:
        return False
    for table in _OF_WAVES:
        session.execute(delete(table).where(table.wave_id.in_(waves)))
    for table in _OF_THE_PROGRAMME:
        session.execute(delete(table).where(table.programme_id == programme_id))
    session.delete(programme)
    session.flush()
    return True
