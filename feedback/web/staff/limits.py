"""How long a session of staff lasts, for the pages that say so: from what is enforced, in whole hours."""

from dataclasses import dataclass
from datetime import timedelta

from feedback.services.staff.begin_sessions import IDLE, LONGEST
from feedback.services.staff.keep_forms import KEPT


@dataclass(frozen=True)
class SessionLimits:
    """After how many hours somebody is signed out, at the latest and if they use no page; and how long a form waits."""

    longest: int
    unused: int
    kept: int


LIMITS = SessionLimits(*(limit // timedelta(hours=1) for limit in (LONGEST, IDLE, KEPT)))
