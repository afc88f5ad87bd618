"""Hold a programme's roster to a file that comes again and again; what is the same writes nothing, and is not logged.

By the rules of an import, in one transaction. Whoever is not in the file stays, unless leavers are let go; then only as
many as a whole file would explain.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import LeaversRefused
from feedback.domain.roster.leavers import most_leavers
from feedback.domain.roster.merging import KnownPerson
from feedback.services.roster.approve_roster import waits_for_approval
from feedback.services.roster.import_roster import RosterChange, RosterComparison, compare_people, put_people_in
from feedback.services.roster.read_file import read_file
from feedback.storage.keys import KeyStore


@dataclass(frozen=True)
class LeaverRule:
    """Whether those who are not in the file leave. `confirmed`: so many, exactly, somebody has said to be right."""

    lets_go: bool = False
    confirmed: int | None = None


@dataclass(frozen=True)
class RosterSync:
    """What became of a file. `missing` are on the roster and not in the file; if they `have_left`, they were let go.

    `awaits_approval`: no survey of the programme opens before a second person has approved the roster.
    """

    change: RosterChange
    missing: tuple[KnownPerson, ...]
    have_left: bool
    awaits_approval: bool

    @property
    def is_new(self) -> bool:
        """Whether anything was written."""
        return bool(self.change.added or self.change.changed or self.have_left)


def sync_roster(
    session: Session,
    keys: KeyStore,
    programme_id: int,
    data: bytes,
    *,
    now: datetime,
    actor: str,
    encoding: str | None = None,
    leavers: LeaverRule = LeaverRule(),
) -> RosterSync:
    """Take over a file, all of it or nothing; commits, if anything differs.

    Raises as `import_roster` does, LeaversRefused if more would leave than may, and RosterChanged if somebody changed
    the roster meanwhile.
    """
    file = read_file(data, encoding)
    compared = compare_people(session, programme_id, file)
    leaving = compared.absent if leavers.lets_go else ()
    _check(compared, len(leaving), leavers.confirmed)
    if compared.change.added or compared.change.changed or leaving:
        put_people_in(
            session,
            keys,
            programme_id,
            file,
            now=now,
            actor=actor,
            leaving=[person.number for person in leaving],
            seen=compared.seen,
        )
        session.commit()
    return RosterSync(
        compared.change, compared.absent, bool(leaving), awaits_approval=waits_for_approval(session, programme_id)
    )


def _check(compared: RosterComparison, leaving: int, confirmed: int | None) -> None:
    kept = compared.change.unchanged + compared.change.changed
    if leaving > most_leavers(kept + leaving) and leaving != confirmed:
        raise LeaversRefused(leaving, kept + leaving)
