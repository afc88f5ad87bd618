"""Before it does anything that cannot be undone, a worker asks whether its clock can be trusted.

A clock that runs ahead would close every survey, destroy the keys and mail the results before anybody has answered. So
a worker that doubts does nothing and says why, until the clock is right or somebody has said that it is.
"""

import threading
import time
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from feedback.domain.clocks import ClockDoubt, ClockReading, LastReading, MachineRun, doubt_about
from feedback.runtime import Clock, system_clock
from feedback.storage.database import reading
from feedback.storage.heartbeat import (
    Heartbeat,
    database_clock,
    last_doubt,
    last_heartbeat,
    last_run,
    record_doubt,
    record_heartbeat,
    record_run,
)

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class ClockWatch:
    """Compares the clock of this machine with the database's, with the last tick, and with the time since its start."""

    def __init__(self, clock: Clock, *, accepts: bool = False) -> None:
        """`accepts`: somebody has said that the clock is right as it is. Any other clock than this machine's is."""
        self._clock, self._accepts = clock, accepts
        self._accepted = timedelta()
        # Jobs run on threads of their own, and ask as well.
        self._alone = threading.Lock()
        self._recorded: MachineRun | None = None
        self._said: ClockDoubt | None = None
        self._trusted: datetime | None = None

    def now(self) -> datetime:
        """Return the time that was last found right: between that and another look at the clock, it may jump."""
        return self._trusted or self._clock()

    def doubt(self, session: Session) -> ClockDoubt | None:
        """Return why nothing may be done now, or None. Notes what the next worker compares with."""
        if self._clock is not system_clock:
            return None
        with self._alone:
            return self._doubt(session)

    def _doubt(self, session: Session) -> ClockDoubt | None:
        with reading(session):
            now = ClockReading(self._clock(), _run_at(self._clock()), database_clock(session))
            last = LastReading(last_heartbeat(session, Heartbeat.TICK), self._last_of(now.run, last_run(session)))
            noted = last_doubt(session)
        if self._accepts:
            self._accept(session, now)
            self._trusted = now.now
            return None
        doubt = doubt_about(now, last, self._accepted)
        # Another worker's doubt is its own to take back.
        if doubt is not self._said or (doubt is not None and noted is not doubt):
            record_doubt(session, doubt)
            self._said = doubt
        if doubt is None:
            self._trusted = now.now
            self._record(session, now.run, last.run)
        return doubt

    def _last_of(self, run: MachineRun | None, noted: MachineRun | None) -> MachineRun | None:
        """Return what this machine noted last, if the last note is another machine's."""
        is_own = run is not None and noted is not None and run.id == noted.id
        return noted if is_own else self._recorded or noted

    def _accept(self, session: Session, now: ClockReading) -> None:
        self._accepts = False
        self._accepted = now.now - now.database if now.database else timedelta()
        record_heartbeat(session, Heartbeat.TICK, now.now)
        self._record(session, now.run, None)
        record_doubt(session, None)

    def _record(self, session: Session, run: MachineRun | None, last: MachineRun | None) -> None:
        if run is not None and run != last:
            record_run(session, run)
        self._recorded = run


def _run_at(now: datetime) -> MachineRun | None:
    """Return the run of this machine; None where the system does not tell one from another."""
    try:
        boot = _BOOT.read_bytes().strip()
        since_start = time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError):
        return None
    began_at = now - timedelta(seconds=since_start)
    # To the minute: a clock that is kept right by the network moves it by a little all the time.
    began_at = began_at.replace(second=0, microsecond=0)
    return MachineRun(int.from_bytes(sha256(boot).digest()[:4], "big") >> 1, began_at)
