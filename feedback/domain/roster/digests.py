"""Digests of a roster: equal for the same people, different after any change of a name, address, role or cohort.

And digests of persons, by which waves are compared long after the roster is gone.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from feedback.domain.address import Address, one_address

PersonDigest = NewType("PersonDigest", bytes)
"""32 bytes that stand for a person in an organisation's history; without its key they lead to nobody."""

_LABEL = "feedback/roster/1"


@dataclass(frozen=True)
class RosterEntry:
    """One person who is in the programme now. `number` identifies them through every change."""

    number: int
    name: str
    email: Address
    role: str
    cohort: str
    language: str

    @property
    def digest(self) -> str:
        """The digest of what is known about the person, 64 hexadecimal characters."""
        return _digest(_line(self))


def roster_digest(entries: Iterable[RosterEntry]) -> bytes:
    """Return the digest of a roster, 32 bytes, whatever order it is given in."""
    return bytes.fromhex(_digest([_LABEL, *sorted(_line(entry) for entry in entries)]))


@dataclass(frozen=True)
class PeopleCount:
    """How many `people` a roster names; of them, how many are `doubled`, in both roles, or `repeated`, twice in one."""

    people: int
    doubled: int
    repeated: int


def count_people(entries: Iterable[tuple[Address, str]], same_domains: Mapping[str, str]) -> PeopleCount:
    """Count people by (address, role), whatever spelling of their address stands on the roster."""
    rights = Counter((one_address(address, same_domains), role) for address, role in entries)
    roles = Counter(person for person, _ in rights)
    repeated = {person for (person, _), number in rights.items() if number > 1}
    return PeopleCount(len(roles), sum(number > 1 for number in roles.values()), len(repeated))


def person_digest(key: bytes, address: Address, same_domains: Mapping[str, str]) -> PersonDigest:
    """Return what stands for whoever has this address, in whatever spelling, in the history of an organisation."""
    person = one_address(address, same_domains)
    return PersonDigest(hmac.digest(key, b"feedback/person/1" + person.encode(), "sha256"))


def _line(entry: RosterEntry) -> list[str]:
    return [entry.email, entry.role, entry.name, entry.cohort, entry.language]


def _digest(value: Sequence[str | list[str]]) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
