"""When the worker looks whether entries of the audit log are old enough to be forgotten: at most once an hour."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.services.audit_log.keep_log import forget_log

PAUSE = timedelta(hours=1)


class LogRound:
    """Remembers when it was looked last. Forgetting it, as at a restart, costs one more look."""

    def __init__(self, days: int) -> None:
        """Entries are kept for `days` days."""
        self._days = days
        self._looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether nobody has looked within the hour, by a clock that may have gone back since."""
        return self._looked_at is None or not self._looked_at <= now < self._looked_at + PAUSE

    def forget(self, session: Session, *, now: datetime) -> None:
        """Forget the entries that are old enough."""
        self._looked_at = now
        forget_log(session, days=self._days, now=now)
