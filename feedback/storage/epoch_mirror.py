"""The same steps as the key store and the journal know them, a moment after the main database."""

from sqlalchemy import Engine, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.epochs import EpochStep, StepAct, Steps, Tip
from feedback.storage.database import KeyBase


class MirroredEpoch(KeyBase):
    """One step, as the main database noted it."""

    __tablename__ = "mirrored_epochs"

    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[bytes] = mapped_column(LargeBinary(16))
    act: Mapped[str] = mapped_column(String(10))
    wave_id: Mapped[int | None]


class EpochMirror:
    """The steps in the key store. Each method is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Use the key store's `engine`."""
        self._engine = engine

    def steps(self) -> Steps:
        """Return all steps, the first one first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(MirroredEpoch).order_by(MirroredEpoch.serial))
            return tuple(EpochStep(row.serial, row.value, StepAct(row.act), row.wave_id) for row in rows)

    def last_tip(self) -> Tip | None:
        """Return the epoch that lasts."""
        query = select(MirroredEpoch.serial, MirroredEpoch.value).order_by(MirroredEpoch.serial.desc()).limit(1)
        with Session(self._engine) as session:
            row = session.execute(query).first()
        return None if row is None else (row.serial, row.value)

    def follow(self, steps: Steps) -> None:
        """Know these steps and no others; where more were added only, add them."""
        known = self.steps()
        if known == steps[: len(known)]:
            self._add(steps[len(known) :])
        else:
            self._add(steps, afresh=True)

    def _add(self, steps: Steps, *, afresh: bool = False) -> None:
        with Session(self._engine) as session:
            if afresh:
                session.execute(delete(MirroredEpoch))
            for step in steps:
                session.add(MirroredEpoch(serial=step.serial, value=step.value, act=step.act, wave_id=step.wave_id))
            session.commit()
