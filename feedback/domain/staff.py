"""What members of staff may do."""

from enum import StrEnum


class StaffRole(StrEnum):
    """Administrators invite staff, coordinators plan and read, reviewers read comments word for word."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    REVIEWER = "reviewer"
