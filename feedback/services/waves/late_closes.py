"""Waves that do not close when they should: since when, how long they are tried, and which wait for their end."""

from datetime import datetime

from feedback.domain.waves.calendar import LONGEST_CLOSING, SHORTEST_TRIES, USUAL_CLOSING
from feedback.domain.waves.states import WaveState
from feedback.storage.waves import Wave


def gives_up_at(wave: Wave) -> datetime | None:
    """Return when a wave that cannot close is discarded unread; None if it was not tried, or is to be tried again.

    A week after its end, for `keys_gone_by` is promised; but whatever worker comes late has a day for its tries.
    """
    if wave.close_failed_at is None or wave.awaits_retry:
        return None
    ended_at = min(wave.closes_at, wave.close_failed_at)
    return max(ended_at + LONGEST_CLOSING, wave.close_failed_at + SHORTEST_TRIES)


def is_stopped(wave: Wave, now: datetime) -> bool:
    """Tell whether a closing wave was stopped, for its keys were lost in a restore, and only closes at its end.

    It says that it closed at its end, which is still to come. One that was closed by hand says an earlier time, even if
    that is still to come too, by a clock that is behind.
    """
    return wave.closed_at == wave.closes_at and now < wave.closes_at


def fails_since(wave: Wave, now: datetime) -> datetime | None:
    """Return since when a wave has been trying to close without success; None if it has not tried for long."""
    tried_at = wave.close_failed_at if wave.state == WaveState.CLOSING else None
    return tried_at if tried_at and now - tried_at > USUAL_CLOSING else None
