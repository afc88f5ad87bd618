"""The chain of the audit log: each entry's digest covers the one before, so that no entry changes unnoticed.

What it proves: whoever keeps a head sees whether anything up to it was altered, left out, put in or moved since.
Whoever can write to the database can write all of it anew; nobody sees that who kept no head.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from feedback.domain.errors import HeadRefused

BEGINNING = bytes(32)
FORGOT = "forgot entries up to position"
SUBJECT = "audit log"
SERVICE = "service"
LEAST_DAYS = 365
"""So long at least an entry is kept, whatever is set."""
_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)


class LoggedAct(NamedTuple):
    """An entry of the log, as its digest covers it. `at` is aware; `organisation_id` is None for the installation's."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    organisation_id: int | None

    @property
    def content(self) -> bytes:
        """SHA-256 of the entry as JSON, without spaces: a list in the order of the fields, the moment in UTC."""
        told = [self.id, written(self.at), *self[2:]]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).digest()


class Head(NamedTuple):
    """Where a chain ends, and the digest there."""

    position: int
    digest: bytes

    def __str__(self) -> str:
        """Write it as people keep it: POSITION:DIGEST, the digest in 64 hexadecimal digits."""
        return f"{self.position}:{self.digest.hex()}"


class Link(NamedTuple):
    """One link of the chain: `entry` is None once it was forgotten, or taken away."""

    position: int
    made_at: datetime
    content: bytes
    digest: bytes
    entry: LoggedAct | None


@dataclass
class ChainVerdict:
    """What a check of a chain has found. `wrong_at` is the first position at which something is wrong, and `why`."""

    head: Head | None = None
    present: int = 0
    forgotten: int = 0
    wrong_at: int | None = None
    why: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.wrong_at is None

    def find_wrong(self, position: int, why: str) -> None:
        """Note what is wrong, unless something before it is."""
        if self.wrong_at is None or position < self.wrong_at:
            self.wrong_at, self.why = position, why


def written(at: datetime) -> str:
    """Write a moment as digests cover it: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def next_digest(previous: bytes, made_at: datetime, content: bytes) -> bytes:
    """Return the digest of a link: SHA-256 of the digest before it, the entry's moment and its content's digest."""
    return hashlib.sha256(previous + written(made_at).encode() + content).digest()


def read_head(text: str) -> Head:
    """Read POSITION:DIGEST, or raise HeadRefused."""
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise HeadRefused("A head is a position, a colon and 64 digits from 0 to 9 and a to f. Copy all of it.")
    return Head(int(found[1]), bytes.fromhex(found[2]))


def check_chain(links: Iterable[Link], *, now: datetime, kept: Head | None = None) -> ChainVerdict:
    """Check a whole chain, given by position, and against a head that somebody `kept`.

    Entries may be missing at its beginning, as far as a later one says that they were forgotten, and only if the last
    of them was at least `LEAST_DAYS` old by then.
    """
    verdict, missing, forgettings = ChainVerdict(), dict[int, datetime](), list[LoggedAct]()
    before = Head(0, BEGINNING)
    for link in links:
        _check_link(verdict, before, link)
        if link.entry is None:
            missing[link.position] = link.made_at
        else:
            verdict.present += 1
            if _forgets(link.entry):
                forgettings.append(link.entry)
        if kept is not None and link.position == kept.position and link.digest != kept.digest:
            verdict.find_wrong(kept.position, "the digest is not that of the head that was kept")
        before = Head(link.position, link.digest)
    verdict.head = before if before.position else None
    if kept is not None and kept.position > before.position:
        verdict.find_wrong(before.position + 1, "the log ends before the head that was kept")
    verdict.forgotten = max((_reach(one, missing, now) for one in forgettings), default=0)
    for position in missing:
        if position > verdict.forgotten:
            verdict.find_wrong(position, "the entry was taken away")
    return verdict


def _check_link(verdict: ChainVerdict, before: Head, link: Link) -> None:
    if link.position != before.position + 1:
        verdict.find_wrong(before.position + 1, "the chain has a gap")
    if link.digest != next_digest(before.digest, link.made_at, link.content):
        verdict.find_wrong(link.position, "the digest does not follow from the one before")
    if link.entry is not None and (link.entry.content, link.entry.at) != (link.content, link.made_at):
        verdict.find_wrong(link.position, "the entry was altered")


def _forgets(entry: LoggedAct) -> bool:
    return entry.actor == SERVICE and entry.subject == SUBJECT and entry.act.startswith(FORGOT)


def _reach(entry: LoggedAct, missing: dict[int, datetime], now: datetime) -> int:
    """Return up to which position an entry has the right to say that entries were forgotten."""
    said = entry.act.removeprefix(FORGOT).strip()
    made_at = missing.get(int(said)) if said.isascii() and said.isdecimal() else None
    is_old = made_at is not None and made_at < min(entry.at, now) - timedelta(days=LEAST_DAYS)
    return int(said) if is_old else 0
