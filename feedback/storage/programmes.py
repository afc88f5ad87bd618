"""Programmes: one run of a scheme in one organisation."""

from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from feedback.domain.errors import NotFound
from feedback.storage.database import Base, JsonText, RawRead
from feedback.storage.organisations import Organisation


class Programme(Base):
    """One programme, with the words it prefers and the people its participants may turn to.

    `word` and `focus` are in English; `translated` has them by language, such as {"fr": {"focus": "le handicap"}}.
    `announced_at`: the address of the organisation's own page on which the programme was announced.
    Names and addresses are what participants are told; `contact_id` and `reviewer_id` are the accounts of these people,
    unless nobody is named yet. An example is there to be looked at: its people are invented, and nobody is asked.
    """

    __tablename__ = "programmes"
    __table_args__ = (CheckConstraint("minimum_group_size >= 5", name="minimum_group_size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))
    word: Mapped[str] = mapped_column(String(60))
    focus: Mapped[str] = mapped_column(String(200))
    minimum_group_size: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(60))
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(320))
    reviewer_name: Mapped[str] = mapped_column(String(200))
    translated: Mapped[Any] = mapped_column(JsonText, default=dict)
    announced_at: Mapped[str | None] = mapped_column(String(500))
    # No foreign keys: the participants’ process would have to know the accounts, of which none is ever deleted.
    contact_id: Mapped[int | None]
    reviewer_id: Mapped[int | None]
    is_example: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[Organisation] = relationship()


def words_of(programme: Programme) -> dict[str, dict[str, str]]:
    """Return the words that a programme puts into questionnaires, by language; English has all of them."""
    return {**programme.translated, "en": {"focus": programme.focus, "word": programme.word}}


def programme_by_id(session: Session, programme_id: int) -> Programme:
    """Return a programme, or raise NotFound."""
    found = session.get(Programme, programme_id)
    if found is None:
        raise no_programme(programme_id)
    return found


def no_programme(programme_id: int) -> NotFound:
    """Return the error that says that there is no such programme."""
    return NotFound(f"There is no programme {programme_id}. `feedback programme show` lists them.")


_PROGRAMMES = Programme.__table__.c
_OWNER = RawRead(select(_PROGRAMMES.organisation_id).where(_PROGRAMMES.id == bindparam("programme_id")))


def owner_of(connection: Connection, programme_id: int) -> int | None:
    """Return the organisation of a programme, or None if there is no such programme."""
    found = _OWNER.row(connection, programme_id=programme_id)
    return None if found is None else int(found[0])


def example_of(session: Session, organisation_id: int) -> Programme | None:
    """Return an organisation's example, if it has one."""
    mine = (Programme.organisation_id == organisation_id, Programme.is_example)
    return session.scalar(select(Programme).where(*mine).order_by(Programme.id).limit(1))


def programmes_with_contact(session: Session, staff_id: int) -> list[Programme]:
    """Return the programmes whose participants are told to turn to an account, oldest first."""
    return list(session.scalars(select(Programme).where(Programme.contact_id == staff_id).order_by(Programme.id)))


def programmes_of(session: Session, organisation_id: int | None = None) -> list[Programme]:
    """Return the programmes of one organisation, or of all, oldest first."""
    query = select(Programme).order_by(Programme.id)
    if organisation_id is not None:
        query = query.where(Programme.organisation_id == organisation_id)
    return list(session.scalars(query))
