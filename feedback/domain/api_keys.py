"""Keys of programs: what one may do, and how it is written.

A key is `fbk_`, 32 random bytes and a checksum, all in letters and digits: so scanners find one that lies where it
should not, and one that was copied badly is known as such before anything is looked up.
"""

import hashlib
import re
import string
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from feedback.domain.links import SECRET_BYTES

ApiSecret = NewType("ApiSecret", bytes)
"""32 random bytes inside a key; never stored."""
ApiKeyDigest = NewType("ApiKeyDigest", bytes)
"""SHA-256 of the secret: by it a key is known again."""

PREFIX = "fbk_"
_SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_SECRET_CHARS = 43
_CHECK_CHARS = 6
_WRITTEN = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_SECRET_CHARS}}})([0-9A-Za-z]{{{_CHECK_CHARS}}})")
KEY_CHARS = len(PREFIX) + _SECRET_CHARS + _CHECK_CHARS


class ApiScope(StrEnum):
    """What a key is for."""

    READ_REPORTS = "reports:read"
    MANAGE_ROSTERS = "rosters:manage"
    PLAN_WAVES = "waves:plan"
    READ_LOG = "log:read"


@dataclass(frozen=True)
class ApiCaller:
    """A program that has shown a key of an organisation; `programme_id` is the only one that it sees, None for all."""

    key_id: int
    organisation_id: int
    programme_id: int | None
    scopes: frozenset[ApiScope]

    @property
    def actor(self) -> str:
        """The key's name in the audit log."""
        return f"key {self.key_id}"

    def may(self, wanted: Iterable[ApiScope]) -> bool:
        """Tell whether the key is for any of what is wanted."""
        return not self.scopes.isdisjoint(wanted)

    def may_see(self, organisation_id: int, programme_id: int) -> bool:
        """Tell whether a programme is one that the key sees."""
        return organisation_id == self.organisation_id and self.programme_id in {None, programme_id}


def key_id_in(principal: str) -> int | None:
    """Return the number of the key that the audit log names; None for anybody else."""
    kind, _space, number = principal.partition(" ")
    return int(number) if kind == "key" and number.isascii() and number.isdecimal() else None


def written_key(secret: ApiSecret) -> str:
    """Return a key as it is shown once."""
    body = _in_signs(int.from_bytes(secret), _SECRET_CHARS)
    return f"{PREFIX}{body}{_check(body)}"


def secret_in(text: str) -> ApiSecret | None:
    """Return the secret of a key; None if it is not written as one."""
    found = _WRITTEN.fullmatch(text)
    if found is None or found[2] != _check(found[1]):
        return None
    number = 0
    for sign in found[1]:
        number = number * len(_SIGNS) + _VALUES[sign]
    return None if number >> (8 * SECRET_BYTES) else ApiSecret(number.to_bytes(SECRET_BYTES))


def key_digest(secret: ApiSecret) -> ApiKeyDigest:
    """Return by what a key is known again."""
    return ApiKeyDigest(hashlib.sha256(secret).digest())


def _check(body: str) -> str:
    return _in_signs(zlib.crc32(body.encode()), _CHECK_CHARS)


def _in_signs(number: int, length: int) -> str:
    signs = ""
    for _place in range(length):
        number, rest = divmod(number, len(_SIGNS))
        signs = _SIGNS[rest] + signs
    return signs
