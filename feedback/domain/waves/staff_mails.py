"""What staff are told by mail, beside what everybody who was invited hears of; and when none of that goes out."""

from datetime import time, timedelta
from enum import StrEnum

from feedback.domain.waves.quiet_times import QuietTimes


class StaffMail(StrEnum):
    """A mail to those who plan waves, read comments or help; its value names the folder of its words."""

    REFUSED = "refusal"
    POSTPONED = "postponement"
    OPENED = "opened"
    UNREACHED = "unreached"
    TOO_FEW = "too-few"
    CLOSES_SOON = "closes-soon"
    HELD = "held"
    REPORT = "report-ready"
    COMMENTS = "comments-wait"
    COMMENTS_EXPIRE = "comments-expire"
    SUPPORT = "support"


ABOUT_COMMENTS = frozenset({StaffMail.COMMENTS, StaffMail.COMMENTS_EXPIRE})
"""To nobody but the reviewer whose name participants were told."""
LAST_DAY = timedelta(days=1)
"""So long before a wave closes staff are told that it will."""
UNREACHED_AFTER = timedelta(hours=4)
"""So long after the opening, and each day from then on, staff are told if mails do not arrive."""
NIGHT = QuietTimes(time(20), time(7), frozenset())
"""No mail to staff goes out at night, but for those of `AT_ANY_HOUR`."""
AT_ANY_HOUR = frozenset({StaffMail.SUPPORT})
"""Whoever asks for help may be in trouble now; a contact who wants to sleep can silence a phone."""
