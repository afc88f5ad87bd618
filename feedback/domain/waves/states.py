"""The states of a wave, the stages it can be, and what may happen when."""

from enum import StrEnum


class WaveState(StrEnum):
    """Where a wave stands. It moves down this list only, but that a *held* wave may try to close again.

    *Held* is a wave whose report the auditor could break; *cancelled* is reached from any but *closed*.
    """

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSING = "closing"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


NOT_OPENED = frozenset({WaveState.DRAFT, WaveState.SCHEDULED})
"""Nobody has been asked."""

LIVE = frozenset({WaveState.OPEN, WaveState.CLOSING, WaveState.HELD})
"""People have been asked, and there is no report yet."""

OPENED = LIVE | {WaveState.CLOSED}
"""People have been asked, and there is a report or may be one."""

ENDED = frozenset({WaveState.CLOSING, WaveState.HELD, WaveState.CLOSED, WaveState.CANCELLED})
"""No more answers are taken, and what was still ahead in the calendar does not happen."""

SEQUENCE = ("kickoff", "midpoint", "exit")
"""The stages that every programme plans, in order; participants are told of them before the first one."""


def stages_after(stage: str) -> tuple[str, ...]:
    """Return the planned stages that come after one; none after one of an organisation's own."""
    return SEQUENCE[SEQUENCE.index(stage) + 1 :] if stage in SEQUENCE else ()


def stages_before(stage: str) -> tuple[str, ...]:
    """Return the planned stages that come before one; none before one of an organisation's own."""
    return SEQUENCE[: SEQUENCE.index(stage)] if stage in SEQUENCE else ()


class MomentKind(StrEnum):
    """What a date in a wave's calendar is for, besides opening and closing."""

    REMINDER = "reminder"
    LOOK = "look"


class News(StrEnum):
    """What everybody invited must be told of a wave and has not been yet."""

    CANCELLED = "cancelled"
    EXTENDED = "extended"
    RESULTS = "results"
    SAID = "said"


class Band(StrEnum):
    """How much of a wave has answered, as coarsely as staff may know it while it is open."""

    FEWER_THAN_K = "fewer-than-k"
    K_OR_MORE = "k-or-more"
    QUARTER = "quarter-or-more"
    HALF = "half-or-more"
    THREE_QUARTERS = "three-quarters-or-more"


SIZE_FOR_WEEKLY_BANDS = 100


def band_seen(answered: int, invited: int, k: int, groups: int) -> Band:
    """Return what a look may show: from 100 invited in quarters, below only whether k was reached.

    Quarters are of everybody together, so with several groups a quarter less what one group's report says would
    give the number of another that is too small to be reported.
    """
    if answered < k:
        return Band.FEWER_THAN_K
    if invited < SIZE_FOR_WEEKLY_BANDS or groups > 1:
        return Band.K_OR_MORE
    for band, quarters in ((Band.THREE_QUARTERS, 3), (Band.HALF, 2), (Band.QUARTER, 1)):
        if 4 * answered >= quarters * invited:
            return band
    return Band.K_OR_MORE
