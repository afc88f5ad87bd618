"""When the worker looks for programmes in which nothing has happened for long: at most once an hour."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.services.programmes.end_idle import end_idle

PAUSE = timedelta(hours=1)


class IdleRound:
    """Remembers when it was looked last. Forgetting it, as at a restart, costs one more look."""

    def __init__(self, days: int) -> None:
        """After `days` days without anything a programme is ended."""
        self._days = days
        self._looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether nobody has looked within the hour, by a clock that may have gone back since."""
        return self._looked_at is None or not self._looked_at <= now < self._looked_at + PAUSE

    def end(self, session: Session, *, now: datetime) -> None:
        """End the programmes that have been idle for so long."""
        self._looked_at = now
        end_idle(session, days=self._days, now=now)
