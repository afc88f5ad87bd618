"""Where a wave belongs: every page below one asks for it, as its breadcrumbs name it; and which ones are open."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from feedback.domain.waves.states import WaveState
from feedback.storage.database import RawRead
from feedback.storage.programmes import Programme
from feedback.storage.waves import Wave


class WavePlace(NamedTuple):
    """Which wave of which programme this is."""

    programme_id: int
    programme: str
    wave_id: int
    stage: str


_WAVES, _PROGRAMMES = Wave.__table__.c, Programme.__table__.c
_PLACE = RawRead(
    select(_PROGRAMMES.id, _PROGRAMMES.name, _WAVES.id, _WAVES.stage)
    .join_from(Wave.__table__, Programme.__table__, _WAVES.programme_id == _PROGRAMMES.id)
    .where(_WAVES.id == bindparam("wave_id"))
)


def place_of(session: Session, wave_id: int) -> WavePlace | None:
    """Return where a wave belongs, or None if there is no such wave."""
    row = _PLACE.row(session.connection(), wave_id=wave_id)
    return None if row is None else WavePlace(*row)


def open_wave_ids(connection: Connection) -> frozenset[int]:
    """Return the waves that take answers."""
    return frozenset(connection.scalars(select(Wave.id).where(Wave.state == WaveState.OPEN)))
