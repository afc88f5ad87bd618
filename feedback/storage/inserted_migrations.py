"""Migrations that were once put in under others: a database that had passed their place never got them.

Alembic sees only how far such a database is. It is told by a table, or a column, that is missing, and given what it
lacks before it goes on. Nothing joins this list any more: what is released is frozen
(tests/released/migrations.sha256).
"""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

_INSERTED = {"0003": "comment_releases", "0005": "quiet_times"}
"""A revision of the main database, and a table that it makes."""
_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}


def add_what_was_inserted(connection: Connection, scripts: ScriptDirectory) -> None:
    """Give the main database what was put in beneath the revision that it is at; nothing to any other."""
    found = inspect(connection)
    if not found.has_table("alembic_version") or not found.has_table("sealed_responses"):
        return
    if not any(column["name"] == "terms_seal" for column in found.get_columns("waves")):
        # The first one of all made none for an hour, before there was a second.
        connection.execute(text(f"ALTER TABLE waves ADD COLUMN terms_seal {_BYTES[connection.dialect.name]}"))
    present = connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    for revision, table in _INSERTED.items():
        if present > revision and not found.has_table(table):
            with Operations.context(MigrationContext.configure(connection)):
                scripts.get_revision(revision).module.upgrade()
