"""The steps that cannot be undone, as the main database notes them: with the wave, and without a time or a person."""

from dataclasses import asdict

from sqlalchemy import LargeBinary, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.epochs import EpochStep, StepAct, Steps, Tip
from feedback.storage.database import Base


class Epoch(Base):
    """One step, and the random value that tells its epoch from any other."""

    __tablename__ = "epochs"

    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[bytes] = mapped_column(LargeBinary(16))
    act: Mapped[str] = mapped_column(String(10))
    wave_id: Mapped[int | None]


_COLUMNS = (Epoch.serial, Epoch.value, Epoch.act, Epoch.wave_id)


def steps_of(session: Session) -> Steps:
    """Return all steps, the first one first."""
    rows = session.execute(select(*_COLUMNS).order_by(Epoch.serial))
    return tuple(EpochStep(serial, value, StepAct(act), wave_id) for serial, value, act, wave_id in rows)


def last_tip(session: Session) -> Tip | None:
    """Return the epoch that lasts."""
    row = session.execute(select(Epoch.serial, Epoch.value).order_by(Epoch.serial.desc()).limit(1)).first()
    return None if row is None else (row.serial, row.value)


def add_step(session: Session, step: EpochStep) -> None:
    """Note one step more; the caller commits."""
    session.execute(insert(Epoch), [asdict(step)])


def replace_steps(session: Session, steps: Steps) -> None:
    """Note these steps and no others; the caller commits."""
    session.execute(delete(Epoch))
    session.execute(insert(Epoch), [asdict(step) for step in steps])
