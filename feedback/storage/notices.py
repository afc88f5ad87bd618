"""What a programme tells its participants in its own words: what it has changed, and where to find help."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class Notice(Base):
    """Where a programme says help is, as plain text, and how often it has published what it did.

    `told_count` is how often those who were invited to the wave `told_of` were to be mailed that, the last one so far.
    """

    __tablename__ = "notices"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    help_contacts: Mapped[str] = mapped_column(Text)
    publications: Mapped[int] = mapped_column(server_default="0", default=0)
    # No foreign key: the participants' process reads this table, and the wave is nothing to it.
    told_of: Mapped[int | None]
    told_count: Mapped[int] = mapped_column(server_default="0", default=0)


class SaidText(Base):
    """What a programme says it did, in one language, as its participants read it. Never empty."""

    __tablename__ = "said_texts"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class SaidDraft(Base):
    """The same as it was written and not yet published: all languages or none; an empty text takes one away."""

    __tablename__ = "said_drafts"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


def notice_of(session: Session, programme_id: int) -> Notice:
    """Return a programme's notice, to be read or changed; a new, empty one if there is none."""
    found = session.get(Notice, programme_id)
    if found is None:
        found = Notice(programme_id=programme_id, help_contacts="", publications=0, told_count=0)
        session.add(found)
    return found


def help_contacts_of(session: Session, programme_id: int) -> str:
    """Return where a programme says help is. Writes nothing."""
    found = session.get(Notice, programme_id)
    return found.help_contacts if found else ""


def publications_of(session: Session, programme_id: int) -> int:
    """Return how often a programme has published what it did. Writes nothing."""
    found = session.get(Notice, programme_id)
    return found.publications if found else 0


def told_count_of(session: Session, programme_id: int, wave_id: int) -> int:
    """Return how often those who were invited to a wave were to be mailed what was done. Writes nothing."""
    found = session.get(Notice, programme_id)
    return found.told_count if found and found.told_of == wave_id else 0


def says_anything(session: Session, programme_id: int) -> bool:
    """Tell whether a programme says in any language what it did, as its participants read it."""
    query = select(SaidText.language).where(SaidText.programme_id == programme_id)
    return session.scalar(query.limit(1)) is not None


def texts_of(session: Session, programme_id: int, model: type[SaidText] | type[SaidDraft]) -> dict[str, str]:
    """Return what a programme says it did, published or written, by language code."""
    query = select(model.language, model.text).where(model.programme_id == programme_id)
    return {row.language: row.text for row in session.execute(query.order_by(model.language))}


def replace_texts(
    session: Session, programme_id: int, model: type[SaidText] | type[SaidDraft], texts: Mapping[str, str]
) -> None:
    """Have a programme say these texts, by language code, and no others."""
    session.execute(delete(model).where(model.programme_id == programme_id))
    session.add_all(model(programme_id=programme_id, language=code, text=words) for code, words in texts.items())
