"""The worker reports that it is there, and logs what is late: once, and again each time its age has doubled.

A report that fails must not keep anybody from working.
"""

import logging
import math
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.services.waves.find_due import Act, find_due
from feedback.storage.database import reading
from feedback.storage.heartbeat import Heartbeat, record_heartbeat

_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Alarm:
    """Looks for what is late, at most once a minute."""

    def __init__(self, alarm_after: timedelta) -> None:
        """An act is late when it has been due for longer than `alarm_after`."""
        self._alarm_after = alarm_after
        self._looked_at: datetime | None = None
        self._has_complained = False
        self._said: dict[tuple[Act, int], int] = {}

    def report(self, session: Session, now: datetime) -> None:
        """Note that a worker is there, and log what is late. Never raises."""
        try:
            record_heartbeat(session, Heartbeat.TICK, now)
            if self._looked_at is None or abs(now - self._looked_at) >= _EVERY:
                self._looked_at = now
                self._look(session, now)
            self._has_complained = False
        except Exception:
            if not self._has_complained:
                log.exception("the worker cannot report that it is there; it works all the same")
            self._has_complained = True
        finally:
            session.rollback()

    def _look(self, session: Session, now: datetime) -> None:
        ages: dict[tuple[Act, int], timedelta] = {}
        with reading(session):
            for one in find_due(session, now):
                ages.setdefault((one.act, one.wave_id), one.age(now))
        late = {what: age for what, age in ages.items() if age > self._alarm_after}
        self._said = {what: doublings for what, doublings in self._said.items() if what in late}
        for what, age in late.items():
            self._say(what, age)

    def _say(self, what: tuple[Act, int], age: timedelta) -> None:
        doublings = int(math.log2(age / self._alarm_after))
        if doublings <= self._said.get(what, -1):
            return
        self._said[what] = doublings
        act, wave_id = what
        seconds = int(age.total_seconds())
        log.error(
            "late: %s of wave %d has been due for %d minutes",
            act,
            wave_id,
            seconds // 60,
            extra={"act": str(act), "wave": wave_id, "late_seconds": seconds},
        )
