"""Who may be whom: two people at one mailbox are refused, one name at two mailboxes is asked about."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from feedback.domain.address import Address
from feedback.domain.errors import Places, RosterNote, RosterRefused, quoted, sentence
from feedback.domain.roster.likeness import name_key
from feedback.domain.roster.merging import KnownPerson, MailboxOf, RosterMerge
from feedback.domain.roster.rows import shortened

_NAMESAKE = sentence(
    "Is %(name)s one person? The name has two addresses: %(places)s. If it is one person, keep one address; an address "
    "that changed is corrected on the roster, not in the file."
)
_SHARED = sentence(
    "%(address)s is the mailbox of %(name)s (%(place)s), and two people would answer in each other’s name; give "
    "%(other)s another address, or write the name alike if it is one person."
)
_RENAMED = sentence(
    "%(address)s is %(before)s on the roster and %(name)s in the file. Is this one person? If not, each needs an "
    "address of their own."
)


@dataclass(frozen=True)
class _Holder:
    """Somebody who will have, or had, a mailbox. `line` is None for who is on the roster and not in the file."""

    name: str
    email: Address
    line: int | None
    has_left: bool

    @property
    def place(self) -> RosterNote:
        if self.line is not None:
            return RosterNote(sentence("line %(number)s"), number=self.line)
        return RosterNote(sentence("on the roster, has left") if self.has_left else sentence("on the roster"))


def examined(before: Collection[KnownPerson], merge: RosterMerge, mailbox: MailboxOf) -> RosterMerge:
    """Return `merge` with its remarks; raise RosterRefused naming each row that shares somebody's mailbox."""
    holders = _holders(before, merge)
    problems = list(_shared_mailboxes(holders, mailbox))
    if problems:
        raise RosterRefused(shortened(problems))
    questions = (*_renamed(merge), *_namesakes(holders, mailbox))
    return replace(merge, remarks=shortened([*merge.remarks, *questions]), questions=shortened(questions))


def _shared_mailboxes(everybody: list[_Holder], mailbox: MailboxOf) -> Iterator[RosterNote]:
    for holders in _grouped((mailbox(one.email), one) for one in everybody):
        first = holders[0]
        for other in holders[1:]:
            if other.line is not None and name_key(other.name) != name_key(first.name):
                yield RosterNote(
                    _SHARED,
                    address=quoted(other.email),
                    name=quoted(first.name),
                    place=first.place,
                    other=quoted(other.name),
                ).at(other.line, "email")


def _renamed(merge: RosterMerge) -> Iterator[RosterNote]:
    """Yield a question for each known person whose new name has no word of the old one."""
    for person, row in merge.known:
        if not set(name_key(person.name)) & set(name_key(row.name)):
            names = {"before": quoted(person.name), "name": quoted(row.name)}
            yield RosterNote(_RENAMED, address=row.email, **names).at(row.line)


def _namesakes(everybody: list[_Holder], mailbox: MailboxOf) -> Iterator[RosterNote]:
    for holders in _grouped((name_key(one.name), one) for one in everybody):
        by_mailbox = {mailbox(one.email): one for one in reversed(holders)}
        if len(by_mailbox) > 1 and any(one.line is not None for one in holders):
            places = Places(tuple((str(one.email), one.place) for one in reversed(by_mailbox.values())))
            yield RosterNote(_NAMESAKE, name=quoted(holders[0].name), places=places)


def _holders(before: Iterable[KnownPerson], merge: RosterMerge) -> list[_Holder]:
    """Return those whom the file does not touch, and then its rows by line."""
    touched = {person.number for person, _row in merge.known}
    others = [_Holder(one.name, one.email, None, one.has_left) for one in before if one.number not in touched]
    rows = sorted((*merge.new, *merge.away, *(row for _person, row in merge.known)), key=lambda row: row.line)
    return [*others, *(_Holder(row.name, row.email, row.line, has_left=False) for row in rows)]


def _grouped(keyed: Iterable[tuple[object, _Holder]]) -> list[list[_Holder]]:
    groups: dict[object, list[_Holder]] = {}
    for key, holder in keyed:
        groups.setdefault(key, []).append(holder)
    return [holders for holders in groups.values() if len(holders) > 1]
