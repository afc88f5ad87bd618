"""What members of staff may do, and how the audit log names them."""

from enum import StrEnum


class StaffRole(StrEnum):
    """Administrators invite staff, coordinators plan and read, reviewers read comments word for word."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    REVIEWER = "reviewer"


PLANNERS = (StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR)
"""Who plans waves, and sees and approves rosters."""
COMMAND_LINE = "command line"
"""The actor where nobody is signed in."""


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
