"""What members of staff may do, and how the audit log names them."""

from dataclasses import dataclass
from enum import StrEnum

from feedback.domain.errors import NameRefused, NotNamed, sentence

MOST_LETTERS = 200
_NOT_OWNER = sentence(
    "What was written in confidence is shown only after you have used a link that we emailed to you, or a passkey that "
    "you made after one. Sign out, and sign in with an emailed link."
)


class StaffRole(StrEnum):
    """Administrators give access, coordinators plan and read, reviewers read the comments of waves that name them,
    viewers read what is published, contacts the requests for support of programmes that name them.

    A contact may be anybody who has access; who is that and nothing else has the role.
    """

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    REVIEWER = "reviewer"
    CONTACT = "contact"
    VIEWER = "viewer"


PLANNERS = (StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR)
"""Who plans waves, and sees and approves rosters."""
READERS = (*PLANNERS, StaffRole.REVIEWER, StaffRole.VIEWER)
"""Who sees programmes, their surveys and what is published of them."""
BY_PROVIDER = (*PLANNERS, StaffRole.VIEWER)
"""Who signs in by a provider alone where that is demanded. Whose name participants are told never depends on one."""
COMMAND_LINE = "command line"
"""The actor where nobody is signed in."""


class BegunBy(StrEnum):
    """How a session began."""

    LINK = "link"
    PASSKEY = "passkey"
    PROVIDER = "provider"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Beginning:
    """How a session began, and what stands behind it.

    It `is_owners` if somebody read an email to the account's own address for it, or used a passkey that was made after
    such an email: a provider, which an administrator chooses, cannot say that on anybody's behalf.
    """

    begun_by: BegunBy
    is_owners: bool
    has_passkey: bool = False


BY_LINK = Beginning(BegunBy.LINK, is_owners=True)
BY_EMERGENCY = Beginning(BegunBy.EMERGENCY, is_owners=False)


@dataclass(frozen=True)
class Reviewer:
    """Who asks for what was written in confidence: an account, or None for whoever runs the service.

    `actor` is for the audit log. Unless it `is_owner`, who asks may be somebody whom a provider takes for the owner.
    """

    staff_id: int | None
    actor: str
    is_owner: bool


OPERATOR = Reviewer(None, COMMAND_LINE, is_owner=True)


def check_is_owner(reader: Reviewer) -> None:
    """Raise NotNamed unless the account's owner asks, or whoever runs the service."""
    if not reader.is_owner:
        raise NotNamed(_NOT_OWNER)


def actor_of(staff_id: int, by: str | None = None) -> str:
    """Return the name of a member of staff in the audit log, such as "staff 3"; `by` is the means, if not the pages."""
    return f"staff {staff_id} by {by}" if by else f"staff {staff_id}"


def principal_of(actor: str) -> str:
    """Return for whom an actor acts: "staff 3 by command line" for "staff 3"."""
    return actor.partition(" by ")[0]


def staff_id_in(principal: str) -> int | None:
    """Return the number of the member of staff that `actor_of` named; None for anybody else."""
    number = principal.removeprefix("staff ")
    return int(number) if number.isdecimal() else None


def checked_name(name: str) -> str:
    """Return the name of a member of staff; raise NameRefused if it cannot be shown on one line."""
    if not name.strip() or not name.isprintable() or len(name) > MOST_LETTERS:
        raise NameRefused(f"The name is empty, longer than {MOST_LETTERS} characters, or cannot be shown on one line.")
    return name
