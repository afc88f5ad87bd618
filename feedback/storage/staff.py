"""Staff: the people who plan waves, review comments and read reports, their sign-in links and their sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.address import Address
from feedback.domain.staff import BegunBy, StaffRole
from feedback.storage.database import Base, RawRead
from feedback.storage.organisations import Organisation

_ROLES = ", ".join(f"'{role}'" for role in StaffRole)


class StaffMember(Base):
    """One member of staff of one organisation.

    Whoever `is_removed` has no access any more. The row stays: the audit log and approvals name it by its number.
    Whoever `is_limited` sees the programmes of `StaffProgramme` alone. `language` is that of their last sign-in.
    Whoever `hides_first_steps` has put them away.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("organisation_id", "email"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[Address] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(20))
    is_removed: Mapped[bool] = mapped_column(default=False)
    is_limited: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(10))
    hides_first_steps: Mapped[bool] = mapped_column(default=False)


class StaffProgramme(Base):
    """A programme that somebody whose access is limited may see."""

    __tablename__ = "staff_programmes"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)


class SignIn(Base):
    """A sign-in link that was issued and not used yet; only its digest is kept.

    One that `is_emergency` was printed for an administrator whose provider is away.
    """

    __tablename__ = "sign_ins"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    is_emergency: Mapped[bool] = mapped_column(default=False)


class StaffSession(Base):
    """One browser in which a member of staff is signed in; only the digest of what its cookie holds is kept.

    It `has_passkey` if it was begun with one, or went on with one after the mailed link. How it began and whether it
    `is_owners` is as in `Beginning`.
    """

    __tablename__ = "staff_sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    has_passkey: Mapped[bool] = mapped_column(default=False)
    begun_by: Mapped[str] = mapped_column(String(20))
    is_owners: Mapped[bool]


class KnownSession(NamedTuple):
    """A staff session, the member of staff whose it is, and what their organisation demands."""

    begun_at: datetime
    seen_at: datetime
    staff_id: int
    organisation_id: int
    name: str
    email: Address
    role: str
    is_limited: bool
    has_passkey: bool
    demands_passkeys: bool
    demands_provider: bool
    begun_by: str
    is_owners: bool


_SESSIONS, _STAFF, _ORGANISATION = StaffSession.__table__.c, StaffMember.__table__.c, Organisation.__table__.c
# Every page of staff asks for it.
_KNOWN = RawRead(
    select(_SESSIONS.begun_at, _SESSIONS.seen_at)
    .add_columns(_STAFF.id, _STAFF.organisation_id, _STAFF.name, _STAFF.email, _STAFF.role)
    .add_columns(_STAFF.is_limited, _SESSIONS.has_passkey)
    .add_columns(_ORGANISATION.demands_passkeys, _ORGANISATION.demands_provider)
    .add_columns(_SESSIONS.begun_by, _SESSIONS.is_owners)
    .join_from(StaffSession.__table__, StaffMember.__table__)
    .join(Organisation.__table__)
    .where(_SESSIONS.digest == bindparam("digest"), _STAFF.is_removed.is_(false()))
)


_HAS_ACCESS = StaffMember.is_removed.is_(False)


def account_at(session: Session, organisation_id: int, email: Address) -> StaffMember | None:
    """Return an organisation's account at an address, whether or not it has access."""
    mine = (StaffMember.organisation_id == organisation_id, StaffMember.email == email)
    return session.scalar(select(StaffMember).where(*mine))


def staff_by_email(session: Session, organisation_id: int, email: Address | None) -> StaffMember | None:
    """Return a member of staff by address."""
    mine = (StaffMember.organisation_id == organisation_id, StaffMember.email == email, _HAS_ACCESS)
    return session.scalar(select(StaffMember).where(*mine))


def staff_of(session: Session, organisation_id: int) -> list[StaffMember]:
    """Return everybody who has access to an organisation, by name."""
    mine = select(StaffMember).where(StaffMember.organisation_id == organisation_id, _HAS_ACCESS)
    return list(session.scalars(mine.order_by(StaffMember.name, StaffMember.id)))


def accounts_of(session: Session, organisation_id: int) -> list[StaffMember]:
    """Return every account of an organisation, whether or not it has access still, by name."""
    mine = select(StaffMember).where(StaffMember.organisation_id == organisation_id)
    return list(session.scalars(mine.order_by(StaffMember.name, StaffMember.id)))


def staff_at(session: Session, email: Address) -> list[StaffMember]:
    """Return the accounts at an address that have access, in whichever organisations, by id."""
    theirs = select(StaffMember).where(StaffMember.email == email, _HAS_ACCESS)
    return list(session.scalars(theirs.order_by(StaffMember.id)))


def staff_in_role(session: Session, organisation_id: int, role: StaffRole, programme_id: int) -> list[StaffMember]:
    """Return the organisation's members of staff in one role who may see a programme, by id."""
    allowed = select(StaffProgramme.staff_id).where(StaffProgramme.programme_id == programme_id)
    sees = or_(StaffMember.is_limited.is_(False), StaffMember.id.in_(allowed))
    mine = (StaffMember.organisation_id == organisation_id, StaffMember.role == role, _HAS_ACCESS, sees)
    return list(session.scalars(select(StaffMember).where(*mine).order_by(StaffMember.id)))


def staff_everywhere(session: Session, role: StaffRole) -> list[StaffMember]:
    """Return every organisation's members of staff in one role, by id."""
    return list(
        session.scalars(select(StaffMember).where(StaffMember.role == role, _HAS_ACCESS).order_by(StaffMember.id))
    )


def programmes_allowed(session: Session, staff_id: int) -> frozenset[int]:
    """Return the ids of the programmes that somebody whose access is limited may see."""
    query = select(StaffProgramme.programme_id).where(StaffProgramme.staff_id == staff_id)
    return frozenset(session.scalars(query))


def allow_programmes_alone(session: Session, staff_id: int, programme_ids: Collection[int]) -> None:
    """Let somebody whose access is limited see these programmes and no others."""
    session.execute(delete(StaffProgramme).where(StaffProgramme.staff_id == staff_id))
    session.add_all(StaffProgramme(staff_id=staff_id, programme_id=one) for one in sorted(set(programme_ids)))


def note_language(session: Session, staff_id: int, language: str) -> None:
    """Record in which language somebody reads."""
    session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(language=language))


def hide_first_steps(session: Session, staff_id: int) -> None:
    """Record that somebody wants to see the first steps no more."""
    session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(hides_first_steps=True))


def allow_programme(session: Session, staff_id: int, programme_id: int) -> None:
    """Let somebody whose access is limited see a programme too."""
    session.merge(StaffProgramme(staff_id=staff_id, programme_id=programme_id))


def staff_by_id(session: Session, staff_id: int) -> StaffMember | None:
    """Return an account, whether or not it has access still."""
    return session.get(StaffMember, staff_id)


_OWNER = RawRead(
    select(_STAFF.organisation_id).where(_STAFF.id == bindparam("staff_id"), _STAFF.is_removed.is_(false()))
)


def owner_of(connection: Connection, staff_id: int) -> int | None:
    """Return the organisation that somebody has access to, or None if nobody has under this number."""
    found = _OWNER.row(connection, staff_id=staff_id)
    return None if found is None else int(found[0])


@dataclass(frozen=True)
class TakenSignIn:
    """Whose a sign-in link was, whether it came in time, and whether it was one for an emergency."""

    staff_id: int
    is_in_time: bool
    is_emergency: bool


def take_sign_in(session: Session, digest: bytes, now: datetime) -> TakenSignIn | None:
    """Use up a sign-in link, and forget all that have expired; return None if it is unknown or was used."""
    taken = (
        delete(SignIn).where(SignIn.digest == digest).returning(SignIn.staff_id, SignIn.expires_at, SignIn.is_emergency)
    )
    found = session.execute(taken).one_or_none()
    forget_sign_ins(session, now)
    return None if found is None else TakenSignIn(found.staff_id, found.expires_at > now, found.is_emergency)


def revoke_sign_ins(session: Session, staff_id: int, expires_at: datetime | None = None) -> None:
    """Delete the unused sign-in links of a member of staff, or those that end at one moment."""
    mine = delete(SignIn).where(SignIn.staff_id == staff_id)
    session.execute(mine if expires_at is None else mine.where(SignIn.expires_at == expires_at))


def count_sign_ins(session: Session, staff_id: int, now: datetime, until: datetime) -> int:
    """Return how many unused links of a member of staff work now and end by `until`."""
    query = select(func.count(SignIn.staff_id)).where(SignIn.staff_id == staff_id)
    return session.execute(query.where(SignIn.expires_at > now, SignIn.expires_at <= until)).scalar_one()


def any_expired_sign_in(session: Session, now: datetime) -> bool:
    """Tell whether any link has expired unused."""
    return session.scalar(select(SignIn.staff_id).where(SignIn.expires_at <= now).limit(1)) is not None


def forget_sign_ins(session: Session, now: datetime) -> None:
    """Delete the links that have expired unused."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))


def session_by_digest(session: Session, digest: bytes) -> KnownSession | None:
    """Return a staff session and whose it is, whether it has run out or not."""
    row = _KNOWN.row(session.connection(), digest=digest)
    return None if row is None else KnownSession(*row)


def sessions_of(session: Session, staff_id: int) -> list[StaffSession]:
    """Return the sessions of a member of staff, the one used last first."""
    mine = select(StaffSession).where(StaffSession.staff_id == staff_id)
    return list(session.scalars(mine.order_by(StaffSession.seen_at.desc(), StaffSession.digest)))


def note_seen(session: Session, digest: bytes, now: datetime) -> None:
    """Record that a session is in use."""
    session.execute(update(StaffSession).where(StaffSession.digest == digest).values(seen_at=now))


def end_sessions(session: Session, staff_id: int, digest: bytes | None = None) -> int:
    """Delete the sessions of a member of staff, or one of them; return how many there were."""
    mine = [StaffSession.staff_id == staff_id, *([] if digest is None else [StaffSession.digest == digest])]
    return _end_sessions(session, *mine)


def end_sessions_of_others(session: Session, staff_id: int) -> None:
    """Delete those sessions of a member of staff that a provider began, or a passkey that is not the owner's."""
    by_passkey = and_(StaffSession.begun_by == BegunBy.PASSKEY, StaffSession.is_owners.is_(False))
    theirs = (StaffSession.staff_id == staff_id, or_(StaffSession.begun_by == BegunBy.PROVIDER, by_passkey))
    _end_sessions(session, *theirs)


def _end_sessions(session: Session, *which: ColumnElement[bool]) -> int:
    # First wait for whoever makes another one of one of them: that one is to be seen here, too.
    session.execute(select(StaffSession.digest).where(*which).order_by(StaffSession.digest).with_for_update()).all()
    return len(session.execute(delete(StaffSession).where(*which).returning(StaffSession.digest)).all())


def any_session_that_has_run_out(session: Session, *, begun_before: datetime, seen_before: datetime) -> bool:
    """Tell whether any session of anybody has run out."""
    query = select(StaffSession.staff_id).where(_has_run_out(begun_before, seen_before)).limit(1)
    return session.scalar(query) is not None


def forget_sessions(session: Session, *, begun_before: datetime, seen_before: datetime) -> None:
    """Delete the sessions of everybody that have run out."""
    session.execute(delete(StaffSession).where(_has_run_out(begun_before, seen_before)))


def _has_run_out(begun_before: datetime, seen_before: datetime) -> ColumnElement[bool]:
    return or_(StaffSession.begun_at <= begun_before, StaffSession.seen_at <= seen_before)
