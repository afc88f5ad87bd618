"""Find what waits, for what, and until when: for a quiet time, an approval, the relay.

A worker that does nothing, and why, is said by status and on every staff page: everything waits for it. Never reads
entitlements or responses, and counts nobody.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy.orm import Session

from feedback.domain.waves.calendar import SHORTEST_OPENING
from feedback.domain.waves.states import WaveState
from feedback.domain.waves.waits import Wait, WaitReason
from feedback.services.roster.approve_roster import waits_for_approval
from feedback.services.waves.find_due import Act, find_quiet
from feedback.storage.database import reading
from feedback.storage.sender_refusals import waits_for_the_sender
from feedback.storage.waves import Wave, waves_in_state
from feedback.storage.workload import mails_put_off, waves_in_line


def find_waits(session: Session, *, now: datetime) -> tuple[Wait, ...]:
    """Return what waits in all waves, by wave."""
    with reading(session):
        planned = [_Planned.of(one) for one in waves_in_state(session, WaveState.SCHEDULED)]
        found = {*_quiet(session, now), *_mails(session, now)}
    # Each of these is a transaction of its own.
    found |= {wait for one in planned if now <= one.last_try for wait in _before_opening(session, one)}
    return tuple(sorted(found, key=lambda one: (one.wave_id, one.reason)))


class _Planned(NamedTuple):
    wave_id: int
    programme_id: int
    last_try: datetime
    was_refused: bool

    @classmethod
    def of(cls, wave: Wave) -> Self:
        return cls(wave.id, wave.programme_id, wave.closes_at - SHORTEST_OPENING, wave.opening_was_refused)


def _before_opening(session: Session, wave: _Planned) -> Iterator[Wait]:
    if waits_for_approval(session, wave.programme_id):
        yield Wait(wave.wave_id, WaitReason.APPROVAL, wave.last_try)
    elif wave.was_refused:
        yield Wait(wave.wave_id, WaitReason.KEPT_SHUT, wave.last_try)


def _quiet(session: Session, now: datetime) -> Iterator[Wait]:
    for due, ends_at in find_quiet(session, now).items():
        reason = WaitReason.QUIET_OPENING if due.act is Act.OPEN else WaitReason.QUIET_EMAILS
        yield Wait(due.wave_id, reason, ends_at)


def _mails(session: Session, now: datetime) -> Iterator[Wait]:
    put_off: dict[int, datetime] = {}
    for waiting in mails_put_off(session, now):
        next_try = waiting.next_try or now
        put_off[waiting.wave_id] = min(next_try, put_off.get(waiting.wave_id, next_try))
    refused = {one.wave_id for one in waits_for_the_sender(session)}
    for wave_id in sorted(put_off.keys() | refused):
        reason = WaitReason.SENDER if wave_id in refused else WaitReason.RELAY
        yield Wait(wave_id, reason, put_off.get(wave_id, now))
    for wave_id, next_at in waves_in_line(session, now).items():
        yield Wait(wave_id, WaitReason.TURN, next_at)
