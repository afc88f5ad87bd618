"""Put in, correct and let go one person, by the rules of an import: what would be refused in a file is refused here."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, PersonDoubtful, RosterNote, RosterRefused, sentence
from feedback.domain.limits import LARGEST_NUMBER
from feedback.domain.roster.files import RosterRecord
from feedback.domain.roster.merging import KnownPerson
from feedback.domain.roster.rows import RosterFile, RosterTable, read_table
from feedback.services.mail.resend_invitation import move_person
from feedback.services.programmes.check_real import check_takes_people
from feedback.services.programmes.check_running import check_running
from feedback.services.roster.import_roster import RosterComparison, comparison_of, put_people_in
from feedback.services.roster.note_roster_change import note_roster_change
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, reading
from feedback.storage.keys import KeyStore
from feedback.storage.people import mark_left, people_by_id

_LINE = 2
_HAS_ROLE = sentence("Somebody with that address has this role in the programme already.")
_NOBODY = sentence("Nobody in this programme stands here any more. Go back to the list.")


def show_person(session: Session, programme_id: int, number: int) -> KnownPerson:
    """Return somebody who is in a programme now, or raise NotFound."""
    with reading(session):
        return _person(session, programme_id, number)


def add_person(
    session: Session,
    keys: KeyStore,
    programme_id: int,
    texts: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    is_sure: bool = False,
) -> None:
    """Put somebody in, with the `texts` of a file's fields.

    Raises RosterRefused with what is wrong in which field, and PersonDoubtful unless somebody `is_sure`: if the name
    has another address, or if that person has left and would come back.
    """
    file = _file_of(texts)
    lock_programme(session, programme_id)
    check_takes_people(session, programme_id)
    found = comparison_of(session, programme_id, file)
    if not found.joining and not found.away:
        raise RosterRefused((RosterNote(_HAS_ROLE).at(_LINE, "email"),))
    _check_doubts(found, is_sure=is_sure)
    rejoin = [row.email for row in found.away]
    put_people_in(session, keys, programme_id, file, now=now, actor=actor, rejoin=rejoin)
    session.commit()


def correct_person(
    session: Session,
    keys: KeyStore,
    programme_id: int,
    number: int,
    texts: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    is_sure: bool = False,
) -> int:
    """Correct what is known of somebody; return how many invitations go out again, to another address.

    Another role is another seat: they leave the old one. Raises as `add_person` does, AddressRefused and ResendRefused
    if the address cannot change now, and then nothing is changed.
    """
    file = _file_of(texts)
    row = file.rows[0]
    lock_programme(session, programme_id)
    check_takes_people(session, programme_id)
    person, sent = _person(session, programme_id, number), 0
    if row.email != person.email:
        sent = move_person(session, programme_id, number, person.email, row.email, now=now, actor=actor)
        session.expire_all()
    found = comparison_of(session, programme_id, file)
    if row.role != person.role and not found.joining:
        raise RosterRefused((RosterNote(_HAS_ROLE).at(_LINE, "role"),))
    _check_doubts(found, is_sure=is_sure)
    leaving = [number] if row.role != person.role else []
    put_people_in(session, keys, programme_id, file, now=now, actor=actor, leaving=leaving)
    session.commit()
    return sent


def let_go(session: Session, programme_id: int, number: int, *, now: datetime, actor: str) -> None:
    """Note that somebody has left, in the one role: they get no more mail for it. Raises NotFound."""
    lock_programme(session, programme_id)
    check_running(session, programme_id)
    mark_left(session, [_person(session, programme_id, number).number])
    note_roster_change(session, programme_id, actor, now=now)
    note(session, now, actor, "somebody left", f"programme {programme_id}")
    session.commit()


def _person(session: Session, programme_id: int, number: int) -> KnownPerson:
    one = people_by_id(session, [number]).get(number) if number <= LARGEST_NUMBER else None
    if one is None or one.programme_id != programme_id or one.has_left:
        raise NotFound(_NOBODY)
    return KnownPerson(one.id, one.name, one.email, one.role, one.cohort, one.language, one.has_left)


def _file_of(texts: Mapping[str, str]) -> RosterFile:
    """Return the file whose only row has these texts."""
    fields = tuple(texts)
    records = (RosterRecord(1, fields), RosterRecord(_LINE, tuple(texts[field] for field in fields)))
    return read_table(RosterTable(RosterNote("Typed"), records))


def _check_doubts(found: RosterComparison, *, is_sure: bool) -> None:
    if not is_sure and (found.questions or found.away):
        raise PersonDoubtful(found.questions, has_left=bool(found.away))
