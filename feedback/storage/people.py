"""Participants: the roster. Knows names and addresses, and nothing of entitlements or responses."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    delete,
    event,
    false,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from feedback.domain.address import Address
from feedback.domain.disclosure.groups import Atom
from feedback.domain.roster.digests import PeopleCount, RosterEntry, count_people
from feedback.domain.survey.questionnaires import Role
from feedback.storage.bulk import among, insert_rows
from feedback.storage.database import Base
from feedback.storage.programmes import Programme, programme_by_id

if TYPE_CHECKING:
    from feedback.domain.roster.rows import RosterRow

_TO_BE_ERASED = Index("ix_participants_to_be_erased", "id")


# When it is made: an index that names dialects from the start loads them all, for every command.
@event.listens_for(_TO_BE_ERASED, "before_create")
def _leave_out_the_others(index: Index, connection: Connection, **_how: object) -> None:
    index.dialect_options[connection.dialect.name]["where"] = text("is_to_be_erased")


class Participant(Base):
    """One person in one role of one programme. Whoever has left gets no more mail.

    `is_to_be_erased`: they asked to be taken off; a row without a name is what is left of somebody for a moment.
    """

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("programme_id", "email", "role"),
        CheckConstraint("role IN ('mentor', 'mentee')", name="role"),
        _TO_BE_ERASED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[Address] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(10))
    cohort: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20))
    has_left: Mapped[bool] = mapped_column(Boolean, default=False)
    is_to_be_erased: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


@dataclass(frozen=True, slots=True)
class Invitee:
    """What an opening needs to know of a person: an id and an atom, no name."""

    participant_id: int
    atom: Atom


def invitees(session: Session, programme_id: int) -> list[Invitee]:
    """Return everybody who is in the programme now, by id."""
    query = (
        select(Participant.id, Participant.role, Participant.cohort)
        .where(Participant.programme_id == programme_id, Participant.has_left.is_(False))
        .order_by(Participant.id)
    )
    # Shared by all who are in it: a hundred thousand people are in a few dozen atoms.
    atoms = cache(lambda role, cohort: Atom(Role(role), cohort))
    return [Invitee(number, atoms(role, cohort)) for number, role, cohort in session.execute(query)]


def roster_sizes(session: Session, programme_id: int) -> dict[Atom, int]:
    """Return how many people are in each role and cohort now."""
    query = (
        select(Participant.role, Participant.cohort, func.count())
        .where(Participant.programme_id == programme_id, Participant.has_left.is_(False))
        .group_by(Participant.role, Participant.cohort)
        .order_by(Participant.role, Participant.cohort)
    )
    return {Atom(Role(role), cohort): count for role, cohort, count in session.execute(query)}


def invited_now(session: Session, programme_id: int) -> list[tuple[Address, str, str]]:
    """Return (address, role, cohort) of everybody who is in the programme now, by id."""
    columns = (Participant.email, Participant.role, Participant.cohort)
    mine = (Participant.programme_id == programme_id, Participant.has_left.is_(False))
    rows = session.execute(select(*columns).where(*mine).order_by(Participant.id))
    return [(email, role, cohort) for email, role, cohort in rows]


def people_in_programme(session: Session, programme_id: int) -> PeopleCount:
    """Return how many people are in the programme now, whatever spelling of their addresses stands on the roster."""
    domains = programme_by_id(session, programme_id).organisation.same_domains
    return count_people(((address, role) for address, role, _ in invited_now(session, programme_id)), domains)


def known_people(session: Session, programme_id: int) -> dict[tuple[Address, str], Participant]:
    """Return the roster by (address, role)."""
    query = select(Participant).where(Participant.programme_id == programme_id).order_by(Participant.id)
    return {(person.email, person.role): person for person in session.scalars(query)}


def roster_entries(session: Session, programme_id: int) -> list[RosterEntry]:
    """Return everybody who is in the programme now, by id."""
    columns = (Participant.id, Participant.name, Participant.email, Participant.role, Participant.cohort)
    mine = (Participant.programme_id == programme_id, Participant.has_left.is_(False))
    query = select(*columns, Participant.language).where(*mine).order_by(Participant.id)
    return [RosterEntry(*row) for row in session.execute(query)]


def people_at(session: Session, programme_id: int, email: Address | None) -> list[Participant]:
    """Return who has, or had, an address in a programme: one row a role."""
    mine = (Participant.programme_id == programme_id, Participant.email == email)
    return list(session.scalars(select(Participant).where(*mine).order_by(Participant.id)))


def namesakes(
    session: Session, programme_id: int, among_programmes: Collection[int] | None = None
) -> list[tuple[str, Address, Address]]:
    """Return (name, address, other address) of those in the programme now whose name the organisation knows twice.

    Others are looked for in all its programmes, or in some alone.
    """
    other, theirs, own = aliased(Participant), aliased(Programme), Programme
    query = (
        select(Participant.name, Participant.email, other.email, other.programme_id)
        .join(other, (other.name == Participant.name) & (other.email != Participant.email))
        .join(own, own.id == Participant.programme_id)
        .join(theirs, (theirs.id == other.programme_id) & (theirs.organisation_id == own.organisation_id))
        .where(theirs.is_example.is_(False))
        .where(Participant.programme_id == programme_id, Participant.has_left.is_(False))
        .distinct()
        .order_by(Participant.name, Participant.email, other.email, other.programme_id)
    )
    return [
        (name, email, another)
        for name, email, another, place in session.execute(query)
        if among_programmes is None or place in among_programmes
    ]


def names_of(session: Session, participant_ids: Iterable[int]) -> list[str]:
    """Return some participants' names, sorted."""
    found = (select(Participant.name).where(mine) for mine in among(session, Participant.id, participant_ids))
    return sorted(name for query in found for name in session.scalars(query))


def known_numbers(session: Session, programme_id: int) -> dict[tuple[Address, str], int]:
    """Return the ids on the roster by (address, role)."""
    columns = (Participant.id, Participant.email, Participant.role)
    query = select(*columns).where(Participant.programme_id == programme_id).order_by(Participant.id)
    return {(email, role): number for number, email, role in session.execute(query)}


def add_people(session: Session, programme_id: int, rows: Iterable["RosterRow"]) -> None:
    """Insert new roster rows."""
    columns = ("programme_id", "name", "email", "role", "cohort", "language", "has_left")
    values = ((programme_id, row.name, row.email, str(row.role), row.cohort, row.language, False) for row in rows)
    insert_rows(session, Participant, columns, values)


def roster_names(session: Session, programme_id: int) -> list[str]:
    """Return the names of everybody who is or was in the programme, sorted, each once."""
    query = select(Participant.name).where(Participant.programme_id == programme_id, Participant.name != "").distinct()
    return sorted(session.scalars(query))


def roster_names_mark(session: Session, programme_id: int) -> tuple[int, int, int]:
    """Return what changes with `roster_names`, nearly always, and costs less: their number, the newest, all letters."""
    letters = func.coalesce(func.sum(func.length(Participant.name)), 0)
    query = select(func.count(), func.coalesce(func.max(Participant.id), 0), letters)
    count, newest, total = session.execute(query.where(Participant.programme_id == programme_id)).one()
    return count, newest, total


def people_by_id(session: Session, participant_ids: Iterable[int]) -> dict[int, Participant]:
    """Return some participants by id."""
    found = (select(Participant).where(mine) for mine in among(session, Participant.id, participant_ids))
    return {person.id: person for query in found for person in session.scalars(query.order_by(Participant.id))}


def seats_of(session: Session, programme_id: int, addresses: Iterable[Address]) -> dict[int, Address]:
    """Return the ids of everybody who is in the programme now at one of the addresses, each with the address."""
    here = (Participant.programme_id == programme_id, Participant.has_left.is_(False))
    found = among(session, Participant.email, addresses)
    rows = (session.execute(select(Participant.id, Participant.email).where(*here, mine)) for mine in found)
    return {number: email for part in rows for number, email in part}


def mark_left(session: Session, participant_ids: list[int]) -> None:
    """Record that people have left: they get no more mail; an answer already given stays."""
    for mine in among(session, Participant.id, participant_ids):
        session.execute(update(Participant).where(mine).values(has_left=True))


def delete_people(session: Session, programme_id: int) -> None:
    """Delete everybody who is or was in a programme. Whatever names them by their id must be gone."""
    session.execute(delete(Participant).where(Participant.programme_id == programme_id))
