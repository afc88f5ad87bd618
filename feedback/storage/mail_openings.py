"""Sentences of an organisation's own with which mails of a wave begin, by mail and language."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class MailOpening(Base):
    """One sentence: plain text on one line, without an address."""

    __tablename__ = "mail_openings"

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True, autoincrement=False)
    mail: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    sentence: Mapped[str] = mapped_column(String(300))


def openings_of(session: Session, wave_id: int) -> dict[tuple[str, str], str]:
    """Return the sentences of a wave, by mail and language code."""
    query = select(MailOpening).where(MailOpening.wave_id == wave_id)
    found = session.scalars(query.order_by(MailOpening.mail, MailOpening.language))
    return {(one.mail, one.language): one.sentence for one in found}


def replace_openings(session: Session, wave_id: int, mail: str, sentences: Mapping[str, str]) -> None:
    """Have one mail begin with these sentences, by language code, and with no others."""
    session.execute(delete(MailOpening).where(MailOpening.wave_id == wave_id, MailOpening.mail == mail))
    session.add_all(
        MailOpening(wave_id=wave_id, mail=mail, language=code, sentence=one) for code, one in sentences.items()
    )
