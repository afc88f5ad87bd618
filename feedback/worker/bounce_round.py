"""When the worker empties the mailbox of returned mails: at most once a minute."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.bounce_box import BounceBox
from feedback.services.mail.note_bounces import read_box
from feedback.storage.keys import KeyStore

PAUSE = timedelta(minutes=1)


class BounceRound:
    """Remembers when the mailbox was read last. Forgetting it, as at a restart, costs one more look."""

    def __init__(self, box: BounceBox | None) -> None:
        """Without a `box` there is nothing to read."""
        self._box = box
        self._next_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether there is a mailbox that has not been read for a minute."""
        return self._box is not None and (self._next_at is None or now >= self._next_at)

    def read(self, session: Session, keys: KeyStore, *, now: datetime) -> None:
        """Empty the mailbox if it is time; raise MailboxRefused if it cannot be used."""
        if self._box is not None and self.is_due(now):
            self._next_at = now + PAUSE
            read_box(session, keys, self._box, now=now)
