"""Bring both databases up to date; give each process its rights on PostgreSQL."""

from pathlib import Path

from feedback.domain.errors import PlanRefused
from feedback.services.installation.check_databases import Engines
from feedback.storage.grants import grant_keys, grant_main
from feedback.storage.keys import KeyStore
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base, KeyBase


def upgrade_databases(engines: Engines, keys: KeyStore, folder: Path) -> None:
    """Upgrade both databases to the newest revision; another process that does so is waited for.

    Raises KeysMissing if keys of an earlier version have to be wrapped anew and the master key is another.
    """
    for (engine, tree), base in zip(engines.trees(folder), (Base, KeyBase), strict=False):
        upgrade(engine, base.metadata, tree)
    keys.bind_all()


def grant_rights(engines: Engines) -> None:
    """Make the three group roles on PostgreSQL and give each its rights; raises PlanRefused on SQLite."""
    if engines.keys is None or engines.main.dialect.name != "postgresql":
        raise PlanRefused("Roles are PostgreSQL's: set FEEDBACK_DATABASE_URL and FEEDBACK_KEYS_URL to its databases.")
    grant_main(engines.main)
    grant_keys(engines.keys)
