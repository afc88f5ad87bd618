"""What programmes ask in place of the questionnaires that ship. Planned surveys keep a copy of their own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.survey.own_questionnaires import OwnQuestionnaires, dump_own, load_own
from feedback.storage.database import Base


class ProgrammeQuestionnaires(Base):
    """A programme's own questions of one stage, both roles'.

    Without a `definition` it asks ours again; the `version` stays, so that none is given twice. `changed_by` is as in
    the audit log.
    """

    __tablename__ = "programme_questionnaires"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    definition: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime]


def own_of(session: Session, programme_id: int, stage: str) -> tuple[int, OwnQuestionnaires | None]:
    """Return the version of a programme's own questions of a stage and what they are; 0 if there never were any."""
    found = session.get(ProgrammeQuestionnaires, (programme_id, stage), populate_existing=True)
    if found is None:
        return 0, None
    return found.version, None if found.definition is None else load_own(found.definition)


def all_own_of(session: Session, programme_id: int) -> dict[str, tuple[int, OwnQuestionnaires]]:
    """Return a programme's own questions with their version, by the stages at which it has some."""
    query = select(ProgrammeQuestionnaires).where(ProgrammeQuestionnaires.programme_id == programme_id)
    rows = session.scalars(query.order_by(ProgrammeQuestionnaires.stage))
    return {row.stage: (row.version, load_own(row.definition)) for row in rows if row.definition is not None}


def store_own(
    session: Session, programme_id: int, stage: str, own: OwnQuestionnaires | None, *, changed_by: str, now: datetime
) -> int:
    """Replace a programme's own questions of a stage, or with None give them up; return the new version."""
    row = session.get(ProgrammeQuestionnaires, (programme_id, stage))
    if row is None:
        row = ProgrammeQuestionnaires(programme_id=programme_id, stage=stage, version=0)
        session.add(row)
    row.version += 1
    row.definition = None if own is None else dump_own(own)
    row.changed_by, row.changed_at = changed_by, now
    return row.version
