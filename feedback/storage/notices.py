"""What a programme tells its participants in its own words: what it has changed, and where to find help."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class Notice(Base):
    """A programme's own words, as plain text; empty where it has said nothing."""

    __tablename__ = "notices"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    you_said: Mapped[str] = mapped_column(Text)
    help_contacts: Mapped[str] = mapped_column(Text)


def notice_of(session: Session, programme_id: int) -> Notice:
    """Return a programme's notice, to be read or changed; a new, empty one if there is none."""
    found = session.get(Notice, programme_id)
    if found is None:
        found = Notice(programme_id=programme_id, you_said="", help_contacts="")
        session.add(found)
    return found


def read_notice(session: Session, programme_id: int) -> tuple[str, str]:
    """Return what was said and done, and where to find help. Writes nothing."""
    found = session.get(Notice, programme_id)
    return (found.you_said, found.help_contacts) if found else ("", "")
