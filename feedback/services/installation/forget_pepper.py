"""Let the pepper be another one, while no wave is open. Participants' processes cannot."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PepperRefused
from feedback.storage.audit_log import note
from feedback.storage.pepper import forget_fingerprint
from feedback.storage.waves import open_waves_with_pepper


def forget_pepper(session: Session, *, now: datetime, actor: str) -> None:
    """Let the next participants' process bring another pepper; PepperRefused while a wave is open that has one."""
    waves = open_waves_with_pepper(session)
    if waves:
        named = ", ".join(map(str, waves))
        raise PepperRefused(
            f"Waves that are open: {named}. With another pepper nobody could change an answer; wait until they close."
        )
    forget_fingerprint(session)
    note(session, now, actor, "forgot the pepper", "main database")
    session.commit()
