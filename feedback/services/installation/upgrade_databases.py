"""Bring both databases up to date; give each process its rights on PostgreSQL; change the master key."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.services.installation.check_databases import KEY_STORE, Engines, check_servers
from feedback.services.waves.fill_history import Misfit, fill_history
from feedback.storage.audit_log import note
from feedback.storage.grants import grant_keys, grant_main
from feedback.storage.keys import KeyStore
from feedback.storage.migrate import upgrade
from feedback.storage.server_mark import note_place
from feedback.storage.tables import METADATA


def upgrade_databases(engines: Engines, keys: KeyStore, folder: Path, *, now: datetime, actor: str) -> list[Misfit]:
    """Upgrade both databases to the newest revision; another process that does so is waited for.

    Returns the groups of which it could not be filled in who was invited. Raises KeysMissing if keys of an earlier
    version have to be wrapped anew and the master key is another, DatabaseOutdated if a server is too old.
    """
    check_servers(engines)
    for (engine, tree), tables in zip(engines.trees(folder), METADATA, strict=False):
        upgrade(engine, tables, tree)
    # A copy that was put elsewhere goes on saying where it came from, until somebody has answered for it.
    note_place(engines.main)
    _note_wrapped(engines, keys.bind_all(), now, actor)
    with Session(engines.main) as session:
        return fill_history(session, keys)


def rewrap_keys(engines: Engines, keys: KeyStore, *, now: datetime, actor: str) -> int:
    """Wrap every key with the first master key; return how many had been wrapped with another one."""
    wrapped = keys.rewrap()
    _note_wrapped(engines, wrapped, now, actor)
    return wrapped


def grant_rights(engines: Engines, *, now: datetime, actor: str) -> None:
    """Make the three group roles on PostgreSQL and give each its rights; raises PlanRefused on SQLite."""
    if engines.keys is None or engines.main.dialect.name != "postgresql":
        raise PlanRefused("Roles are PostgreSQL's: set FEEDBACK_DATABASE_URL and FEEDBACK_KEYS_URL to its databases.")
    for subject, grant, engine in (("main database", grant_main, engines.main), (KEY_STORE, grant_keys, engines.keys)):
        grant(engine)
        _note(engines, "granted rights", subject, now, actor)


def _note_wrapped(engines: Engines, wrapped: int, now: datetime, actor: str) -> None:
    if wrapped:
        _note(engines, f"wrapped {wrapped} keys anew", KEY_STORE, now, actor)


# After the act: the key store and the catalogue of rights are not of the log's transaction.
def _note(engines: Engines, act: str, subject: str, now: datetime, actor: str) -> None:
    with Session(engines.main) as session:
        note(session, now, actor, act, subject)
        session.commit()
