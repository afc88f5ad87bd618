"""Whether a worker's clock can be trusted. It is asked before anything that cannot be undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FARTHEST_APART = timedelta(minutes=1)
"""How far the worker's clock and the database's may be apart, and how far a last tick may lie ahead."""
LARGEST_JUMP = timedelta(hours=1)
"""By how much a clock may be set while its machine runs."""
LONGEST_SILENCE = timedelta(days=7)
"""For how long no worker may have worked, if the machine was started anew meanwhile: nothing else witnesses the gap."""


class ClockDoubt(StrEnum):
    """Why a clock is not trusted. The order is stored: add at the end."""

    APART = "apart"
    BEHIND = "behind"
    JUMPED = "jumped"
    SILENT = "silent"


@dataclass(frozen=True)
class MachineRun:
    """From one start of a machine to the next: its id, cut to 31 bits, and when it began as the clock has it now."""

    id: int
    began_at: datetime


@dataclass(frozen=True)
class ClockReading:
    """What a process reads: its clock, the run of its machine, and the database's clock. None: there is none."""

    now: datetime
    run: MachineRun | None
    database: datetime | None


@dataclass(frozen=True)
class LastReading:
    """What was noted at the last tick, by whatever worker. None: nothing is known."""

    tick: datetime | None
    run: MachineRun | None


def doubt_about(reading: ClockReading, last: LastReading, accepted: timedelta = timedelta()) -> ClockDoubt | None:
    """Return why this clock is not trusted, or None. `accepted` is how far from the database's it may be besides."""
    if reading.database is not None and abs(reading.now - reading.database - accepted) > FARTHEST_APART:
        return ClockDoubt.APART
    if last.tick is None:
        return None
    if last.tick - reading.now > FARTHEST_APART:
        return ClockDoubt.BEHIND
    if reading.run is None or last.run is None:
        return None
    if reading.run.id == last.run.id:
        return ClockDoubt.JUMPED if abs(reading.run.began_at - last.run.began_at) > LARGEST_JUMP else None
    return ClockDoubt.SILENT if reading.now - last.tick > LONGEST_SILENCE else None
