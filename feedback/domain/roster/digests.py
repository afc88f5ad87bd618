"""Digests of a roster: the same for the same people, another one for any change of a name, address, role or cohort."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback.domain.address import Address

_LABEL = "feedback/roster/1"


@dataclass(frozen=True)
class RosterEntry:
    """One person who is in the programme now. `number` says who it is, through every change."""

    number: int
    name: str
    email: Address
    role: str
    cohort: str
    language: str

    @property
    def digest(self) -> str:
        """What is known of the person, as 64 hexadecimal characters."""
        return _digest(_line(self))


def roster_digest(entries: Iterable[RosterEntry]) -> bytes:
    """Return the digest of a roster, 32 bytes, in whatever order it is given."""
    return bytes.fromhex(_digest([_LABEL, *sorted(_line(entry) for entry in entries)]))


def _line(entry: RosterEntry) -> list[str]:
    return [entry.email, entry.role, entry.name, entry.cohort, entry.language]


def _digest(value: Sequence[str | list[str]]) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
