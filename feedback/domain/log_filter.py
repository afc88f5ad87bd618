"""Which entries of the audit log somebody asks for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """Entries of one organisation, by one actor, about one programme and its surveys, from a moment to before another.

    What is None restricts nothing. An `actor` such as "staff 3" stands for "staff 3 by command line" as well.
    """

    organisation_id: int | None = None
    actor: str | None = None
    programme_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
