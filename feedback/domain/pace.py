"""How fast mails may go out: so many a minute, in portions that are spaced evenly."""

from dataclasses import dataclass
from datetime import timedelta

# A portion may begin this much after its turn; later than that it takes a new turn.
GRACE = timedelta(seconds=5)
_SHARE = 0.9


@dataclass(frozen=True)
class Pace:
    """A relay's quota. Portions are a tenth of it and begin at nine tenths of its rate.

    The tenth that is left free pays for a portion that begins late: within any minute no more portions begin than
    make up the quota.
    """

    mails_per_minute: int

    @property
    def portion(self) -> int:
        """Return how many mails go out at a time, at most."""
        return max(1, self.mails_per_minute // 10)

    def takes(self, mails: int) -> timedelta:
        """Return how long nothing else may begin once a portion of `mails` has begun."""
        return timedelta(minutes=mails / (_SHARE * self.mails_per_minute))
