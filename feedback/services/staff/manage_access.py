"""Give people access, change what they may do, and take it away: what administrators do for their organisation.

Nobody changes their own access, so that an organisation never loses its last administrator by a slip.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.address import Address, address_or_none, read_address
from feedback.domain.errors import AccessRefused, NotFound, sentence
from feedback.domain.staff import StaffRole, checked_name
from feedback.services.staff.cut_connections import shut_out
from feedback.services.staff.end_duties import check_replaced, end_review
from feedback.services.staff.name_people import rename_wherever_named
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.kept_forms import drop_oldest_forms
from feedback.storage.organisations import known_organisation
from feedback.storage.passkey_letters import drop_passkey_letters
from feedback.storage.programmes import programmes_of
from feedback.storage.staff import (
    StaffMember,
    account_at,
    allow_programmes_alone,
    owner_of,
    programmes_allowed,
    staff_by_email,
    staff_by_id,
    staff_of,
)
from feedback.storage.staff_invitations import StaffInvitation, drop_invitation
from feedback.storage.waves import waves_read_by

_KNOWN = sentence("Somebody with this address has access already. Change what they may do on their own page.")
_SEES_ALL = sentence("Administrators see every programme of the organisation.")
_LOST = sentence("Your own access was taken away or changed meanwhile.")
_OWN = sentence("Nobody changes their own access. Ask another administrator.")


@dataclass(frozen=True)
class PersonWithAccess:
    """Somebody who may sign in, and as what; `programmes` are the ids of those they see, None for all."""

    id: int
    name: str
    email: Address
    role: StaffRole
    programmes: frozenset[int] | None


def people_with_access(session: Session, organisation_id: int) -> list[PersonWithAccess]:
    """Return everybody who has access to an organisation, by name."""
    with reading(session):
        return [_person(session, member) for member in staff_of(session, organisation_id)]


def person_with_access(session: Session, staff_id: int) -> PersonWithAccess:
    """Return one person, or raise NotFound if nobody has access under this number."""
    with reading(session):
        return _person(session, _found(session, staff_id))


def owner_of_staff(connection: Connection, staff_id: int) -> tuple[int, None]:
    """Return the id of the organisation that somebody has access to, and no programme; or raise NotFound."""
    owner = owner_of(connection, staff_id)
    if owner is None:
        raise NotFound("There is nobody with access under this number.")
    return owner, None


def limit_access(
    session: Session, by: Member, staff_id: int, programmes: Collection[int] | None, *, now: datetime
) -> None:
    """Let somebody see some programmes alone, those that name them among them, or all (None).

    Raises AccessRefused for oneself, for administrators, and for programmes of others; NotFound.
    """
    _refuse_oneself(by, staff_id)
    _let_in(session, by)
    _limit(session, _found(session, staff_id), programmes)
    note(session, now, by.actor, "set which programmes somebody sees", f"staff {staff_id}")
    session.commit()


def give_access(
    session: Session,
    by: Member,
    *,
    name: str,
    email: str,
    role: StaffRole,
    programmes: Collection[int] | None = None,
    language: str,
    now: datetime,
) -> None:
    """Let somebody sign in, and have them told by mail in a language; they see `programmes` alone, or all (None).

    Raises AddressRefused and NameRefused for what is none, AccessRefused if the address has access already: no
    invitation changes a role; NotFound for programmes of others. AccessRefused, here and below, if whoever asks is no
    administrator any more.
    """
    name, address = checked_name(name), read_address(email)
    _let_in(session, by)
    member = account_at(session, by.organisation_id, address)
    if member is not None and not member.is_removed:
        session.rollback()
        raise AccessRefused(_KNOWN)
    if member is None:
        member = StaffMember(organisation_id=by.organisation_id, email=address)
        session.add(member)
    member.name, member.role, member.is_removed = name, role, False
    session.flush()
    rename_wherever_named(session, member)
    _limit(session, member, programmes)
    drop_invitation(session, member.id)
    session.add(StaffInvitation(staff_id=member.id, invited_by=by.id, language=language, tell_at=now))
    note(session, now, by.actor, f"gave access as {role}", f"staff {member.id}")
    session.commit()


def change_role(
    session: Session, by: Member, staff_id: int, role: StaffRole, *, destroys: Collection[int] = (), now: datetime
) -> None:
    """Let somebody do from now on what `role` may; raises AccessRefused for oneself, NotFound.

    Whoever reads comments no more leaves those that nobody else may read to be destroyed: AccessRefused unless
    `destroys` names their waves.
    """
    _refuse_oneself(by, staff_id)
    _let_in(session, by)
    member = _found(session, staff_id)
    if member.role != role:
        end_review(session, staff_id, destroys=destroys, now=now)
        note(session, now, by.actor, f"changed access from {member.role} to {role}", f"staff {staff_id}")
        member.role = role
        member.is_limited = member.is_limited and role is not StaffRole.ADMINISTRATOR
        session.flush()
        rename_wherever_named(session, member)
    session.commit()


def take_access(session: Session, by: Member, staff_id: int, *, destroys: Collection[int] = (), now: datetime) -> None:
    """Take somebody's access away: sessions and links end at once. Raises AccessRefused for oneself, NotFound.

    Raises it also for comments that nobody else may read, unless `destroys` names their waves, and for whom
    participants of a survey under way are told to turn to.
    """
    _refuse_oneself(by, staff_id)
    _let_in(session, by)
    take_access_of(session, _found(session, staff_id).id, destroys=destroys, now=now, actor=by.actor)


def people_of(session: Session, organisation: str) -> list[PersonWithAccess]:
    """Return everybody who has access to the organisation of that name; raise NotFound if there is none."""
    with reading(session):
        return [_person(session, member) for member in staff_of(session, _number(session, organisation))]


def number_of_account(session: Session, organisation: str, email: str) -> int:
    """Return the number of whoever has this address; raise NotFound if nobody has, or there is no organisation."""
    with reading(session):
        member = staff_by_email(session, _number(session, organisation), address_or_none(email))
        if member is None:
            raise NotFound("Nobody with this address has access. `feedback staff list` says who has.")
        return member.id


def _number(session: Session, organisation: str) -> int:
    found = known_organisation(session, organisation)
    if found is None:
        raise NotFound("There is no organisation of that name. `feedback organisation create` makes it.")
    return found


def take_access_of(
    session: Session, staff_id: int, *, destroys: Collection[int] = (), now: datetime, actor: str
) -> None:
    """Take an account's access away, whoever asks for it; raises NotFound, and AccessRefused as `take_access` does."""
    member = _found(session, staff_id)
    lock_organisation(session, member.organisation_id)
    check_replaced(session, staff_id)
    end_review(session, staff_id, destroys=destroys, now=now)
    member.is_removed = True
    shut_out(session, staff_id)
    drop_invitation(session, staff_id)
    drop_oldest_forms(session, staff_id, 0)
    drop_passkey_letters(session, staff_id)
    note(session, now, actor, f"took access away from a {member.role}", f"staff {staff_id}")
    session.commit()


def _limit(session: Session, member: StaffMember, programmes: Collection[int] | None) -> None:
    member.is_limited = programmes is not None
    if programmes is None:
        return
    if member.role == StaffRole.ADMINISTRATOR:
        raise AccessRefused(_SEES_ALL)
    own = {one.id: one for one in programmes_of(session, member.organisation_id)}
    if not own.keys() >= set(programmes):
        raise NotFound("There is no such programme in this organisation.")
    naming = (one.id for one in own.values() if member.id in {one.contact_id, one.reviewer_id})
    reading_of = (wave.programme_id for wave in waves_read_by(session, member.id))
    allow_programmes_alone(session, member.id, {*programmes, *naming, *reading_of})


def _refuse_oneself(by: Member, staff_id: int) -> None:
    if by.id == staff_id:
        raise AccessRefused(_OWN)


def _let_in(session: Session, by: Member) -> None:
    """Let one administrator at a time decide who has access, and none who lost it while they waited for that."""
    lock_organisation(session, by.organisation_id)
    account = session.get(StaffMember, by.id, populate_existing=True)
    if account is None or account.is_removed or account.role != StaffRole.ADMINISTRATOR:
        session.rollback()
        raise AccessRefused(_LOST)


def _found(session: Session, staff_id: int) -> StaffMember:
    member = staff_by_id(session, staff_id)
    if member is None or member.is_removed:
        raise NotFound("There is nobody with access under this number.")
    return member


def _person(session: Session, member: StaffMember) -> PersonWithAccess:
    sees = programmes_allowed(session, member.id) if member.is_limited else None
    return PersonWithAccess(member.id, member.name, member.email, StaffRole(member.role), sees)
