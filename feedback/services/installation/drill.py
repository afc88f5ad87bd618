"""Restore the newest copies into databases that are thrown away, and say whether a service could go on with them.

Nothing that is in use is touched. While it lasts there is one copy more of the keys, beside the one it was made of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback.domain.errors import BackupFailed
from feedback.domain.waves.states import WaveState
from feedback.services.installation.back_up import KEYS, MAIN
from feedback.services.installation.check_databases import Engines
from feedback.services.installation.check_master_key import master_key_fault
from feedback.services.waves.enter_step import see_tips
from feedback.storage.backups import restored
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.revision import is_current
from feedback.storage.waves import waves_in_state

_OLDEST = timedelta(hours=36)


@dataclass(frozen=True)
class DrillResult:
    """Which copies were restored, how many surveys are in each state in them, and what is wrong with them."""

    main: Path
    keys: Path
    waves: dict[WaveState, int]
    faults: tuple[str, ...]


def drill(
    engines: Engines, master_keys: tuple[bytes, ...], main: Path, keys: Path, migrations: Path, *, now: datetime
) -> DrillResult:
    """Restore the newest copy in each of the folders `main` and `keys`; raise BackupFailed if one cannot be."""
    if engines.keys is None:
        raise BackupFailed("This process holds no keys: run it as whoever makes the copies.")
    copies = _newest(main, MAIN), _newest(keys, KEYS)
    with restored(engines.main, copies[0]) as main_engine, restored(engines.keys, copies[1]) as keys_engine:
        store = KeyStore(keys_engine, master_keys)
        trees = Engines(main_engine, keys_engine).trees(migrations)
        with Session(main_engine) as session:
            faults = tuple(_faults(session, store, trees, copies, now))
            with reading(session):
                waves = {state: len(waves_in_state(session, state)) for state in WaveState}
    return DrillResult(*copies, waves, faults)


def _newest(folder: Path, name: str) -> Path:
    copies = sorted(folder.glob(f"{name}*"))
    if not copies:
        raise BackupFailed(f"{folder} holds no copy: `feedback db backup` writes them.")
    return copies[-1]


def _faults(
    session: Session, keys: KeyStore, trees: list[tuple[Engine, Path]], copies: tuple[Path, Path], now: datetime
) -> Iterator[str]:
    for copy in copies:
        age = now - datetime.fromtimestamp(copy.stat().st_mtime, UTC)
        if age > _OLDEST:
            yield f"{copy.name} is {age.days} days and {age.seconds // 3600} hours old: copy both every night."
    # Of another version of the program nothing more is known.
    if not all(is_current(engine, tree) for engine, tree in trees):
        yield "The copies are of another version: after a restore run `feedback db upgrade`. Copy anew, then try again."
        return
    main, held = see_tips(session, keys)
    if main != held:
        yield "The copies do not know the same openings and closes: make both with one `feedback db backup`."
    if fault := master_key_fault(keys):
        yield fault
    with reading(session):
        waves = [wave.id for state in (WaveState.OPEN, WaveState.CLOSING) for wave in waves_in_state(session, state)]
    held_now = keys.purposes_held()
    lost = [number for number in waves if Purpose.RESPONSE not in held_now.get(number, ())]
    if lost:
        yield f"The answers to these surveys could not be opened, for the copy has no key of theirs: {lost}."
