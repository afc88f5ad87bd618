"""Digests of a roster: equal for the same people, different after any change of a name, address, role or cohort.

And digests of persons, by which waves are compared long after the roster is gone.
"""

import hashlib
import hmac
import json
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


def person_digest(key: bytes, address: Address, same_domains: Mapping[str, str]) -> PersonDigest:
    """Return what stands for whoever has this address, in whatever spelling, in the history of an organisation."""
    person = one_address(address, same_domains)
    return PersonDigest(hmac.digest(key, b"feedback/person/1" + person.encode(), "sha256"))


def _line(entry: RosterEntry) -> list[str]:
    return [entry.email, entry.role, entry.name, entry.cohort, entry.language]


def _digest(value: Sequence[str | list[str]]) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
