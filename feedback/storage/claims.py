"""Claim what is due before it is tried: of several workers one does it, and one that dies does not try every second."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import InstrumentedAttribute, Session


def claim(
    session: Session,
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    *which: ColumnElement[bool],
    now: datetime,
    until: datetime,
) -> bool:
    """Put one row off `until` then, which also tells later whether it is still as it was claimed.

    False if it is not due, no more, or another worker was faster.
    """
    due = update(moment.class_).where(moment <= now, *which).values({moment: until}).returning(moment)
    return session.execute(due, execution_options={"synchronize_session": False}).first() is not None
