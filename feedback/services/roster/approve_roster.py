"""Approve a roster: a second person looks at who is invited, so that nobody enrols people and opens a wave alone.

An approval holds for exactly one roster, by its digest. Whoever changed the roster since the last approval cannot give
the next one, and any change voids it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Atom
from feedback.domain.errors import RosterNotApproved, sentence
from feedback.domain.roster.digests import RosterEntry, roster_digest
from feedback.domain.staff import COMMAND_LINE, PLANNERS, StaffRole, actor_of, staff_id_in
from feedback.services.programmes.check_running import check_running
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, reading
from feedback.storage.organisations import Organisation
from feedback.storage.people import names_of, roster_entries, roster_sizes
from feedback.storage.programmes import programme_by_id
from feedback.storage.roster_approvals import RosterApproval, approval_of, note_approval
from feedback.storage.staff import StaffMember, staff_by_id


@dataclass(frozen=True)
class RosterView:
    """A roster as its approver sees it. `joined`, `changed` and `left` are names, compared with the last approval.

    `digest` is what an approval names; `changed_by` are the names of those who changed it since the last approval,
    `changed_by_staff` the ids of the staff among them; `approved_by` is None unless it is approved as it is.
    """

    digest: str
    is_required: bool
    approved_by: str | None
    approved_at: datetime | None
    changed_by: tuple[str, ...]
    changed_by_staff: frozenset[int]
    has_earlier: bool
    sizes: tuple[tuple[Atom, int], ...]
    entries: tuple[RosterEntry, ...]
    joined: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


def show_roster(session: Session, programme_id: int) -> RosterView:
    """Return a programme's roster with its approval, or raise NotFound."""
    with reading(session):
        return _roster_view(session, programme_id)


def approve_roster(
    session: Session,
    programme_id: int,
    digest: str,
    *,
    staff_id: int,
    now: datetime,
    at_command_line: bool = False,
) -> None:
    """Approve the roster with this digest, or raise RosterNotApproved saying why it cannot be approved like that."""
    programme = programme_by_id(session, programme_id)
    lock_programme(session, programme_id)
    check_running(session, programme_id)
    entries = roster_entries(session, programme_id)
    member = staff_by_id(session, staff_id)
    _check_approver(member, programme.organisation_id, approval_of(session, programme_id), at_command_line)
    if not programme.organisation.approves_rosters:
        raise RosterNotApproved("The organisation does not ask for a second person's approval; there is nothing to do.")
    if not entries or roster_digest(entries).hex() != digest:
        raise RosterNotApproved(
            sentence("The roster is empty, or it was changed while you looked at it. Look at it again.")
        )
    lines = [[entry.number, entry.digest] for entry in entries]
    note_approval(session, programme_id, digest=bytes.fromhex(digest), entries=lines, staff_id=staff_id, now=now)
    actor = actor_of(staff_id, COMMAND_LINE if at_command_line else None)
    note(session, now, actor, f"approved roster {digest[:16]}", f"programme {programme_id}")
    session.commit()


def is_approved(session: Session, programme_id: int) -> bool:
    """Tell whether a second person approved the roster as it is; False if that is not asked for.

    Raises RosterNotApproved if it is asked for and missing: then nothing may open.
    """
    programme = programme_by_id(session, programme_id)
    if not session.get_one(Organisation, programme.organisation_id, populate_existing=True).approves_rosters:
        return False
    approval = approval_of(session, programme_id)
    approved = approval and approval.digest
    if not approved or approved != roster_digest(roster_entries(session, programme_id)):
        raise RosterNotApproved(
            f"The roster of programme {programme_id} waits for the approval of a second person, who had no hand in it: "
            f"on the programme's page, or with `feedback roster approve {programme_id}`."
        )
    return True


def waits_for_approval(session: Session, programme_id: int) -> bool:
    """Tell whether no wave of a programme can open before a second person has approved its roster."""
    with reading(session):
        try:
            is_approved(session, programme_id)
        except RosterNotApproved:
            return True
    return False


def _check_approver(
    member: StaffMember | None, organisation_id: int, approval: RosterApproval | None, at_command_line: bool
) -> None:
    is_here = member is not None and not member.is_removed and member.organisation_id == organisation_id
    if member is None or not is_here or StaffRole(member.role) not in PLANNERS:
        raise RosterNotApproved("Only administrators and coordinators of the organisation approve its rosters.")
    changed_by = approval.changed_by if approval else []
    if actor_of(member.id) in changed_by:
        raise RosterNotApproved(
            sentence("Who has imported or changed the roster cannot approve it: ask a colleague who had no hand in it.")
        )
    if at_command_line and COMMAND_LINE in changed_by:
        raise RosterNotApproved(
            "The roster was changed at the command line, with no name: it can only be approved on the programme's page."
        )


def _roster_view(session: Session, programme_id: int) -> RosterView:
    programme = programme_by_id(session, programme_id)
    entries, approval = tuple(roster_entries(session, programme_id)), approval_of(session, programme_id)
    digest = roster_digest(entries)
    is_current = approval is not None and approval.digest == digest
    approver = staff_by_id(session, approval.approved_by or 0) if approval and is_current else None
    before = dict(approval.entries) if approval and approval.entries else {}
    changed_by = approval.changed_by if approval else []
    return RosterView(
        digest=digest.hex(),
        is_required=programme.organisation.approves_rosters,
        approved_by=approver.name if approver else None,
        approved_at=approval.approved_at if approval and is_current else None,
        changed_by=tuple(_name(session, actor) for actor in changed_by),
        changed_by_staff=frozenset(number for actor in changed_by if (number := staff_id_in(actor))),
        has_earlier=bool(before),
        sizes=tuple(roster_sizes(session, programme_id).items()),
        entries=tuple(sorted(entries, key=lambda entry: (entry.role, entry.cohort, entry.name, entry.number))),
        joined=tuple(sorted(entry.name for entry in entries if before and entry.number not in before)),
        changed=tuple(
            sorted(entry.name for entry in entries if before.get(entry.number, entry.digest) != entry.digest)
        ),
        left=tuple(names_of(session, before.keys() - {entry.number for entry in entries})),
    )


def _name(session: Session, actor: str) -> str:
    member = staff_by_id(session, staff_id_in(actor) or 0)
    return member.name if member else actor
