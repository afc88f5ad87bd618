"""Name whom participants are told: the contact for support, and who alone reads comments. Both are accounts.

What participants are told of a survey that has opened stands: only of surveys that have not, the reviewer changes.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.address import Address, address_or_none, read_address
from feedback.domain.errors import NotFound, PlanRefused, sentence
from feedback.domain.staff import StaffRole, checked_name
from feedback.domain.waves.states import NOT_OPENED, WaveState
from feedback.storage.database import reading
from feedback.storage.programmes import Programme, programme_by_id, programmes_of
from feedback.storage.staff import StaffMember, account_at, allow_programme, staff_by_email, staff_by_id
from feedback.storage.waves import Wave, waves_of

_NO_ACCESS = sentence("Whoever is named must have access first. An administrator gives it, on “People with access”.")
_NO_REVIEWER = sentence(
    "Comments are read by somebody whose access is that of a reviewer, and by nobody else. Name another, or ask an "
    "administrator to give somebody access as a reviewer."
)
_NO_CONTACT_YET = sentence(
    "Nobody is named yet whom participants may turn to for support. Name the contact on the programme’s settings."
)
_NO_REVIEWER_YET = sentence(
    "Nobody is named yet who reads the comments, or the person named has no access as a reviewer any more. Name the "
    "reviewer on the programme’s settings."
)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is named and need not have access yet: an account is made for them."""

    name: str
    email: str


Named = int | Newcomer | None
"""The number of an account, somebody who is given one, or nobody yet."""


def name_contact(session: Session, programme: Programme, who: Named) -> None:
    """Set whom a programme's participants may turn to; commits nothing. Raises PlanRefused, AddressRefused."""
    account = _account(session, programme, who, StaffRole.CONTACT)
    programme.contact_id = account.id if account else None
    programme.contact_name, programme.contact_email = (account.name, account.email) if account else ("", "")


def name_reviewer(session: Session, programme: Programme, who: Named, *, adopts: bool = False) -> None:
    """Set who reads the comments of surveys that have not opened yet; commits nothing. Raises as `name_contact`.

    Hold the organisation's lock. Of a survey of before reviewers were accounts, which names a person and no account,
    nobody reads the comments; whoever runs the service `adopts` it for an account of the name that was told.
    """
    account = _account(session, programme, who, StaffRole.REVIEWER)
    if account is not None and account.role != StaffRole.REVIEWER:
        raise PlanRefused(_NO_REVIEWER)
    programme.reviewer_id, programme.reviewer_name = (account.id, account.name) if account else (None, "")
    for wave in waves_of(session, programme.id):
        session.refresh(wave, ["state"])
        if WaveState(wave.state) in NOT_OPENED:
            wave.reviewer_id, wave.reviewer_name = programme.reviewer_id, programme.reviewer_name
        elif adopts and wave.reviewer_id is None and account is not None and wave.reviewer_name == account.name:
            wave.reviewer_id = account.id


@dataclass(frozen=True)
class NamedPeople:
    """Whether the people whom a programme names for its next survey have access."""

    has_contact: bool
    has_reviewer: bool


def named_with_access(session: Session, programme_id: int) -> NamedPeople:
    """Return whether a programme's contact and reviewer are accounts that have access, as an example's need not be."""
    with reading(session):
        programme = programme_by_id(session, programme_id)
        has_contact = _with_access(session, programme.contact_id) is not None
        has_reviewer = _reads_comments(session, programme.reviewer_id, programme.reviewer_name)
        return NamedPeople(has_contact or programme.is_example, has_reviewer or programme.is_example)


def account_of_programme(session: Session, programme_id: int, email: str) -> int:
    """Return the account that has access to a programme's organisation at an address, or raise NotFound."""
    with reading(session):
        organisation_id = programme_by_id(session, programme_id).organisation_id
        found = staff_by_email(session, organisation_id, address_or_none(email))
        if found is None:
            raise NotFound("Nobody with this address has access. `feedback staff list` says who has.")
        return found.id


def check_named(session: Session, programme: Programme, wave: Wave) -> None:
    """Raise PlanRefused unless the contact and the reviewer that participants will be told have access."""
    if _with_access(session, programme.contact_id) is None:
        raise PlanRefused(_NO_CONTACT_YET)
    if not _reads_comments(session, wave.reviewer_id, wave.reviewer_name):
        raise PlanRefused(_NO_REVIEWER_YET)


def rename_wherever_named(session: Session, account: StaffMember) -> None:
    """Have the programmes that name an account tell the name that it bears now; commits nothing.

    A survey that has opened goes on to name its reviewer as it did.
    """
    for programme in programmes_of(session, account.organisation_id):
        if programme.contact_id == account.id:
            programme.contact_name = account.name
        if programme.reviewer_id == account.id and account.role == StaffRole.REVIEWER:
            name_reviewer(session, programme, account.id)


def _account(session: Session, programme: Programme, who: Named, role: StaffRole) -> StaffMember | None:
    if who is None:
        return None
    found = _newcomer(session, programme.organisation_id, who, role) if isinstance(who, Newcomer) else None
    account = found or _with_access(session, who if isinstance(who, int) else None)
    if account is None or account.organisation_id != programme.organisation_id:
        raise PlanRefused(_NO_ACCESS)
    if account.is_limited:
        allow_programme(session, account.id, programme.id)
    return account


def _newcomer(session: Session, organisation_id: int, who: Newcomer, role: StaffRole) -> StaffMember | None:
    """Return the account at somebody's address, made if there is none; None if its access was taken away."""
    name, address = checked_name(who.name), read_address(who.email)
    known = account_at(session, organisation_id, address)
    if known is not None:
        return None if known.is_removed else known
    return _new(session, organisation_id, name, address, role)


def _new(session: Session, organisation_id: int, name: str, address: Address, role: StaffRole) -> StaffMember:
    account = StaffMember(organisation_id=organisation_id, name=name, email=address, role=role)
    session.add(account)
    session.flush()
    return account


def _reads_comments(session: Session, staff_id: int | None, name: str) -> bool:
    account = _with_access(session, staff_id)
    return account is not None and account.role == StaffRole.REVIEWER and account.name == name


def _with_access(session: Session, staff_id: int | None) -> StaffMember | None:
    account = None if staff_id is None else staff_by_id(session, staff_id)
    if account is not None:
        session.flush()
        session.refresh(account)
    return None if account is None or account.is_removed else account
