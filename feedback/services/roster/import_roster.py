"""Import a roster file: all of it or nothing, and the same file twice changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.links import OptOutDigest, opt_out_digest, opt_out_token
from feedback.domain.roster.rows import RosterRow, read_roster
from feedback.domain.waves.states import WaveState
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.deliveries import invited_to
from feedback.storage.keys import KeyStore
from feedback.storage.opt_outs import add_opt_outs
from feedback.storage.people import Participant, add_people, known_numbers, known_people
from feedback.storage.programmes import programme_by_id
from feedback.storage.roster_approvals import note_change
from feedback.storage.waves import waves_of


@dataclass(frozen=True)
class RosterChange:
    """What an import does, in numbers of people. `absent` are on the roster but not in the file: they stay.

    While a wave is open, `waiting` are those who are invited only from the next wave on, and `regrouped` those who
    stay in their old cohort until then.
    """

    added: int
    changed: int
    unchanged: int
    absent: int
    waiting: int = 0
    regrouped: int = 0


def compare_roster(session: Session, programme_id: int, data: bytes) -> RosterChange:
    """Return what importing `data` would change; raise RosterRefused naming every wrong line."""
    rows = read_roster(data)
    programme_by_id(session, programme_id)
    return _change(known_people(session, programme_id), rows, _invited_now(session, programme_id))


def import_roster(
    session: Session, keys: KeyStore, programme_id: int, data: bytes, *, now: datetime, actor: str
) -> RosterChange:
    """Import a roster file into a programme; raise RosterRefused naming every wrong line, with nothing imported.

    While a wave is open nobody joins it: who is added is invited from the next one on, and a change of cohort counts
    from then on too. Any change voids the approval of the roster.
    """
    rows = read_roster(data)
    programme_by_id(session, programme_id)
    lock_programme(session, programme_id)
    before = known_people(session, programme_id)
    change = _change(before, rows, _invited_now(session, programme_id))
    for row in rows:
        person = before.get((row.email, row.role))
        if person is not None:
            person.name, person.cohort, person.language = row.name, row.cohort, row.language
            person.has_left = False
    add_people(session, programme_id, (row for row in rows if (row.email, row.role) not in before))
    add_opt_outs(session, programme_id, _new_digests(session, keys, programme_id, before))
    if change.added or change.changed:
        note_change(session, programme_id, actor)
    act = f"imported roster: {change.added} added, {change.changed} changed"
    note(session, now, actor, act, f"programme {programme_id}")
    session.commit()
    return change


def _new_digests(
    session: Session, keys: KeyStore, programme_id: int, before: dict[tuple[Address, str], Participant]
) -> list[OptOutDigest]:
    key = keys.opt_out_key(programme_id)
    new = (number for who, number in known_numbers(session, programme_id).items() if who not in before)
    return [opt_out_digest(opt_out_token(key, number)) for number in new]


def _invited_now(session: Session, programme_id: int) -> set[int] | None:
    """Return who was invited to the programme's open waves; None if there is none."""
    open_waves = [wave.id for wave in waves_of(session, programme_id) if wave.state == WaveState.OPEN]
    if not open_waves:
        return None
    return {person for wave_id in open_waves for person in invited_to(session, wave_id)}


def _change(
    before: dict[tuple[Address, str], Participant], rows: tuple[RosterRow, ...], invited: set[int] | None
) -> RosterChange:
    known = [(before[row.email, row.role], row) for row in rows if (row.email, row.role) in before]
    changed = sum(_differs(person, row) for person, row in known)
    return RosterChange(
        added=len(rows) - len(known),
        changed=changed,
        unchanged=len(known) - changed,
        absent=len(before) - len(known),
        waiting=0 if invited is None else len(rows) - sum(person.id in invited for person, _row in known),
        regrouped=sum(person.id in (invited or ()) and person.cohort != row.cohort for person, row in known),
    )


def _differs(person: Participant, row: RosterRow) -> bool:
    now_known = (person.name, person.cohort, person.language, person.has_left)
    return now_known != (row.name, row.cohort, row.language, False)
