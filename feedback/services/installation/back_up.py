"""Copy both databases, so that the copies fit each other, and let copies die when their time has come.

Old copies go first: whatever fails afterwards prolongs no key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from feedback.domain.errors import BackupFailed
from feedback.services.installation.check_databases import Engines
from feedback.services.waves.enter_step import see_tips
from feedback.storage.backups import copy_database, ending_of
from feedback.storage.keys import KeyStore

_TRIES = 3
MAIN, KEYS = "feedback-main-", "feedback-keys-"


@dataclass(frozen=True)
class BackupPlan:
    """Where copies go, and for how many days each may live; one of the keys dies a day early, before the next."""

    main: Path
    keys: Path
    main_days: int
    key_days: int


@dataclass(frozen=True)
class BackupMade:
    """The files that were written, and how many old ones were deleted. None: copies of the keys may live for no day."""

    main: Path
    keys: Path | None
    deleted: int


def back_up(session: Session, keys: KeyStore, engines: Engines, plan: BackupPlan, *, now: datetime) -> BackupMade:
    """Write a copy of each database; raise BackupFailed if one cannot be made, or the folders are one.

    Where a step that cannot be undone falls between the two, both are made again, so that they know the same steps.
    """
    if plan.main.resolve() == plan.keys.resolve():
        raise BackupFailed("Both copies would lie in one folder: keys are kept apart, for fewer days.")
    deleted = _delete_old(plan.main, MAIN, now - timedelta(days=plan.main_days))
    deleted += _delete_old(plan.keys, KEYS, now - timedelta(days=max(plan.key_days - 1, 0)))
    stamp = f"{now:%Y-%m-%dT%H%M%S}{ending_of(engines.main)}"
    main = plan.main / f"{MAIN}{stamp}"
    held = plan.keys / f"{KEYS}{stamp}" if plan.key_days else None
    for _turn in range(_TRIES):
        before = see_tips(session, keys)
        if held and engines.keys is not None:
            copy_database(engines.keys, held)
        copy_database(engines.main, main)
        if see_tips(session, keys) == before:
            return BackupMade(main, held, deleted)
    raise BackupFailed("Surveys were opened or closed all the while, so the copies may not fit each other. Try again.")


def _delete_old(folder: Path, name: str, before: datetime) -> int:
    if not folder.is_dir():
        raise BackupFailed(f"{folder} is no folder: make it first, for its owner only.")
    old = [file for file in sorted(folder.glob(f"{name}*")) if file.stat().st_mtime <= before.timestamp()]
    for file in old:
        file.unlink()
    return len(old)
