"""Import a roster file: all of it or nothing, and the same file twice changes nothing."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address, one_address, read_address
from feedback.domain.errors import NotFound, RosterChanged, RosterNote, sentence
from feedback.domain.links import OptOutDigest, opt_out_digest, opt_out_token
from feedback.domain.roster.doubts import examined
from feedback.domain.roster.merging import KnownPerson, RosterMerge, merged
from feedback.domain.roster.rows import RosterFile, RosterRow
from feedback.domain.waves.states import WaveState
from feedback.services.programmes.check_real import check_takes_people
from feedback.services.roster.note_roster_change import note_roster_change
from feedback.services.roster.read_file import read_file
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, reading
from feedback.storage.deliveries import invited_to
from feedback.storage.keys import KeyStore
from feedback.storage.opt_outs import add_opt_outs
from feedback.storage.people import Participant, add_people, known_numbers, known_people, mark_left
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import waves_of

_CHANGED_SINCE = sentence(
    "Somebody has changed the people of this programme, or a survey was opened, since this page was made. Nothing was "
    "saved. Look at the changes again, as they would be now."
)


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
    remarks: tuple[RosterNote, ...] = ()


@dataclass(frozen=True)
class RosterComparison:
    """What an import would do, by name. `changing` are people as they are and as they would be, who differ.

    `away` are rows of those who have left, `absent` those on the roster but not in the file; `questions` are what
    only a person can answer. `seen` stands for the roster that the file was compared with.
    """

    change: RosterChange
    joining: tuple[RosterRow, ...]
    changing: tuple[tuple[KnownPerson, RosterRow], ...]
    away: tuple[RosterRow, ...]
    absent: tuple[KnownPerson, ...]
    questions: tuple[RosterNote, ...]
    seen: str


def compare_roster(
    session: Session,
    programme_id: int,
    data: bytes,
    *,
    encoding: str | None = None,
    rejoin: Collection[str] | None = (),
) -> RosterChange:
    """Return what importing `data` would change; raise as `import_roster` does."""
    return compare_people(session, programme_id, read_file(data, encoding), rejoin=rejoin).change


def compare_people(
    session: Session, programme_id: int, file: RosterFile, *, rejoin: Collection[str] | None = ()
) -> RosterComparison:
    """Return what taking over a file would do, by name; raise as `import_roster` does."""
    with reading(session):
        return comparison_of(session, programme_id, file, rejoin=rejoin)


def comparison_of(
    session: Session, programme_id: int, file: RosterFile, *, rejoin: Collection[str] | None = ()
) -> RosterComparison:
    """Return what `compare_people` does, within a transaction of the caller."""
    before = known_people(session, programme_id)
    merge = _merge(session, programme_id, before, file, rejoin)
    return RosterComparison(
        change=_change(before, merge, _invited_now(session, programme_id)),
        joining=merge.new,
        changing=tuple((person, row) for person, row in merge.known if _differs(person, row)),
        away=merge.away,
        absent=_absent(before.values(), merge),
        questions=merge.questions,
        seen=_state_of(session, programme_id, before.values()),
    )


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
    change = put_people_in(session, keys, programme_id, file, now=now, actor=actor, rejoin=rejoin)
    session.commit()
    return change


def put_people_in(
    session: Session,
    keys: KeyStore,
    programme_id: int,
    file: RosterFile,
    *,
    now: datetime,
    actor: str,
    rejoin: Collection[str] | None = (),
    leaving: Collection[int] = (),
    seen: str | None = None,
) -> RosterChange:
    """Do what `import_roster` does, in a transaction that the caller ends.

    `leaving` are the numbers of people who are not in the file and have left. Raises RosterChanged if the roster is
    not the one that `seen` stands for.
    """
    programme_by_id(session, programme_id)
    lock_programme(session, programme_id)
    check_takes_people(session, programme_id)
    before = known_people(session, programme_id)
    if seen is not None and seen != _state_of(session, programme_id, before.values()):
        raise RosterChanged(_CHANGED_SINCE)
    merge = _merge(session, programme_id, before, file, rejoin)
    change = _change(before, merge, _invited_now(session, programme_id))
    left = [person.number for person in _absent(before.values(), merge) if person.number in leaving]
    _write(session, programme_id, merge, before)
    add_opt_outs(session, programme_id, _new_digests(session, keys, programme_id, before))
    mark_left(session, left)
    if change.added or change.changed or left:
        note_roster_change(session, programme_id, actor, now=now)
    act = f"imported roster: {change.added} added, {change.changed} changed" + (f", {len(left)} left" if left else "")
    note(session, now, actor, act, f"programme {programme_id}")
    return change


def _write(
    session: Session, programme_id: int, merge: RosterMerge, before: dict[tuple[Address, str], Participant]
) -> None:
    for known, row in merge.known:
        person = before[known.email, known.role]
        person.name, person.cohort, person.language = row.name, row.cohort, row.language
        person.has_left = person.is_to_be_erased = False
    add_people(session, programme_id, merge.new)


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
        raise NotFound(
            sentence("Nobody who has left stands in the file with the address that is to rejoin; look at the check.")
        )
    return examined(people, merge, mailbox)


def _known(one: Participant) -> KnownPerson:
    return KnownPerson(one.id, one.name, one.email, one.role, one.cohort, one.language, one.has_left)


def _absent(before: Iterable[Participant], merge: RosterMerge) -> tuple[KnownPerson, ...]:
    in_file = {person.number for person, _row in merge.known}
    return tuple(_known(person) for person in before if not person.has_left and person.id not in in_file)


def _state_of(session: Session, programme_id: int, people: Iterable[Participant]) -> str:
    """Return what is different after any change to what an import is compared with."""
    open_waves = [wave.id for wave in waves_of(session, programme_id) if wave.state == WaveState.OPEN]
    lines = [[one.id, one.name, one.email, one.role, one.cohort, one.language, one.has_left] for one in people]
    return hashlib.sha256(json.dumps([open_waves, lines]).encode()).hexdigest()


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
        absent=len(_absent(before.values(), merge)),
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
