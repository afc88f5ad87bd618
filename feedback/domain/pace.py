"""How fast mails may go out: so many a minute, in portions that are spaced evenly."""

from dataclasses import dataclass
from datetime import timedelta

# A portion may begin this much after its turn; later than that it takes a new turn.
GRACE = timedelta(seconds=5)
_MINUTE = timedelta(minutes=1)
_PORTIONS = 20


@dataclass(frozen=True)
class Pace:
    """A relay's quota. In no minute do more mails begin than it allows, however late within `GRACE` each portion is.

    If more than the quota q began within a minute, all but the last portion p would be q + 1 − p mails at least. These
    take a minute and `GRACE`, of which lateness can take away no more than `GRACE`.
    """

    mails_per_minute: int

    @property
    def portion(self) -> int:
        """Return how many mails go out at a time, at most."""
        return max(1, self.mails_per_minute // _PORTIONS)

    def takes(self, mails: int) -> timedelta:
        """Return how long nothing else may begin once a portion of `mails` has begun."""
        return (_MINUTE + GRACE) * (mails / (self.mails_per_minute + 1 - self.portion))
