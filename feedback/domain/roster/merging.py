"""What a roster file does to a roster: who is new, who is known, who had left and stays away.

A column that the file does not have changes nothing. An empty cell in one that it has takes away what was known.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from feedback.domain.address import Address
from feedback.domain.errors import RosterNote
from feedback.domain.roster.cohorts import in_one_spelling
from feedback.domain.roster.rows import RosterFile, RosterRow

DEFAULT_LANGUAGE = "en"

MailboxOf = Callable[[Address], Address]
"""What all addresses of one mailbox have in common."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who is or was in the programme, in one role. `number` identifies them through every change."""

    number: int
    name: str
    email: Address
    role: str
    cohort: str
    language: str
    has_left: bool


@dataclass(frozen=True)
class RosterMerge:
    """Rows of a file, with what it does not say filled in.

    `away` are rows of people who have left and stay away, `back` the mailboxes of those who rejoin. `remarks` are
    what somebody should look at, and `questions` those among them that only a person can answer.
    """

    new: tuple[RosterRow, ...]
    known: tuple[tuple[KnownPerson, RosterRow], ...]
    away: tuple[RosterRow, ...]
    back: frozenset[Address]
    cohorts_lost: int
    languages_lost: int
    remarks: tuple[RosterNote, ...] = ()
    questions: tuple[RosterNote, ...] = ()


def merged(
    before: Collection[KnownPerson], file: RosterFile, mailbox: MailboxOf, rejoining: Collection[Address] | None = ()
) -> RosterMerge:
    """Return what a file does to the roster `before`.

    Whoever has left comes back only if `rejoining` names them; None is everybody in the file.
    """
    by_right = {(person.email, person.role): person for person in before}
    spelled, remarks = in_one_spelling(file.rows, (person.cohort for person in before))
    gone = _gone(by_right.values(), mailbox)
    rows = [(row, by_right.get((row.email, row.role))) for row in spelled]
    left = [(row, at) for row, person in rows if _has_left(at := mailbox(row.email), person, gone)]
    called = {at for _row, at in left} if rejoining is None else {mailbox(address) for address in rejoining}
    away = {row for row, at in left if at not in called}
    known = [(person, row) for row, person in rows if person is not None and row not in away]
    return RosterMerge(
        tuple(_completed(row, None, file.fields) for row, person in rows if person is None and row not in away),
        tuple((person, _completed(row, person, file.fields)) for person, row in known),
        tuple(row for row in spelled if row in away),
        frozenset(at for _row, at in left if at in called),
        sum(_loses_cohort(person, row, file.fields) for person, row in known),
        sum(_loses_language(person, row, file.fields) for person, row in known),
        (*file.remarks, *remarks),
    )


def _has_left(at: Address, person: KnownPerson | None, gone: set[Address]) -> bool:
    return at in gone or (person is not None and person.has_left)


def _gone(people: Iterable[KnownPerson], mailbox: MailboxOf) -> set[Address]:
    """Return the mailboxes of those who have left in every role."""
    here: dict[Address, bool] = {}
    for person in people:
        at = mailbox(person.email)
        here[at] = here.get(at, False) or not person.has_left
    return {at for at, is_here in here.items() if not is_here}


def _completed(row: RosterRow, person: KnownPerson | None, fields: frozenset[str]) -> RosterRow:
    cohort = row.cohort if person is None or "cohort" in fields else person.cohort
    language = (row.language if person is None or "language" in fields else person.language) or DEFAULT_LANGUAGE
    if (cohort, language) == (row.cohort, row.language):
        return row
    return replace(row, cohort=cohort, language=language)


def _loses_cohort(person: KnownPerson, row: RosterRow, fields: frozenset[str]) -> bool:
    return "cohort" in fields and bool(person.cohort) and not row.cohort


def _loses_language(person: KnownPerson, row: RosterRow, fields: frozenset[str]) -> bool:
    return "language" in fields and not row.language and person.language != DEFAULT_LANGUAGE
