"""Import a roster file: all of it or nothing, and the same file twice changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address, one_address, read_address
from feedback.domain.errors import NotFound
from feedback.domain.links import OptOutDigest, opt_out_digest, opt_out_token
from feedback.domain.roster.doubts import examined
from feedback.domain.roster.merging import KnownPerson, RosterMerge, merged
from feedback.domain.roster.rows import RosterFile, RosterRow
from feedback.domain.waves.states import WaveState
from feedback.services.roster.read_file import read_file
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
    stay in their old cohort until then. `cohorts_lost` and `languages_lost` are those whose cells are empty and were
    not before. `away` names those in the file who have left and do not come back; `remarks` are what somebody should
    look at, in sentences.
    """

    added: int
    changed: int
    unchanged: int
    absent: int
    waiting: int = 0
    regrouped: int = 0
    cohorts_lost: int = 0
    languages_lost: int = 0
    away: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def compare_roster(
    session: Session,
    programme_id: int,
    data: bytes,
    *,
    encoding: str | None = None,
    rejoin: Collection[str] | None = (),
) -> RosterChange:
    """Return what importing `data` would change; raise as `import_roster` does."""
    file = read_file(data, encoding)
    before = known_people(session, programme_id)
    return _change(before, _merge(session, programme_id, before, file, rejoin), _invited_now(session, programme_id))


def import_roster(
    session: Session,
    keys: KeyStore,
    programme_id: int,
    data: bytes,
    *,
    now: datetime,
    actor: str,
    encoding: str | None = None,
    rejoin: Collection[str] | None = (),
) -> RosterChange:
    """Import a roster file into a programme; raise RosterRefused naming every wrong line, with nothing imported.

    While a wave is open nobody joins it: who is added is invited from the next one on, and a change of cohort counts
    from then on too. Any change voids the approval of the roster. Who has left comes back only at an address that
    `rejoin` names, with None at any; NotFound if it names one of somebody else.
    """
    file = read_file(data, encoding)
    programme_by_id(session, programme_id)
    lock_programme(session, programme_id)
    before = known_people(session, programme_id)
    merge = _merge(session, programme_id, before, file, rejoin)
    change = _change(before, merge, _invited_now(session, programme_id))
    for known, row in merge.known:
        person = before[known.email, known.role]
        person.name, person.cohort, person.language = row.name, row.cohort, row.language
        person.has_left = False
    add_people(session, programme_id, merge.new)
    add_opt_outs(session, programme_id, _new_digests(session, keys, programme_id, before))
    if change.added or change.changed:
        note_change(session, programme_id, actor)
    act = f"imported roster: {change.added} added, {change.changed} changed"
    note(session, now, actor, act, f"programme {programme_id}")
    session.commit()
    return change


def _merge(
    session: Session,
    programme_id: int,
    before: dict[tuple[Address, str], Participant],
    file: RosterFile,
    rejoin: Collection[str] | None,
) -> RosterMerge:
    domains = programme_by_id(session, programme_id).organisation.same_domains

    def mailbox(address: Address) -> Address:
        return one_address(address, domains)

    rejoining = None if rejoin is None else [read_address(text) for text in rejoin]
    people = [_known(person) for person in before.values()]
    merge = merged(people, file, mailbox, rejoining)
    if not merge.back.issuperset(map(mailbox, rejoining or ())):
        raise NotFound("Nobody who has left stands in the file with the address that is to rejoin; look at the check.")
    return examined(people, merge, mailbox)


def _known(one: Participant) -> KnownPerson:
    return KnownPerson(one.id, one.name, one.email, one.role, one.cohort, one.language, one.has_left)


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
    before: dict[tuple[Address, str], Participant], merge: RosterMerge, invited: set[int] | None
) -> RosterChange:
    changed = sum(_differs(person, row) for person, row in merge.known)
    in_file = {person.number for person, _row in merge.known}
    return RosterChange(
        added=len(merge.new),
        changed=changed,
        unchanged=len(merge.known) - changed,
        absent=sum(not person.has_left and person.id not in in_file for person in before.values()),
        waiting=0 if invited is None else len(merge.new) + len(in_file - invited),
        regrouped=sum(person.number in (invited or ()) and person.cohort != row.cohort for person, row in merge.known),
        cohorts_lost=merge.cohorts_lost,
        languages_lost=merge.languages_lost,
        away=tuple(dict.fromkeys(f"{row.name} <{row.email}>" for row in merge.away)),
        remarks=merge.remarks,
    )


def _differs(person: KnownPerson, row: RosterRow) -> bool:
    now_known = (person.name, person.cohort, person.language, person.has_left)
    return now_known != (row.name, row.cohort, row.language, False)
