"""Rewrite the databases' files, so that what was deleted is in none of them.

PostgreSQL keeps deleted bytes in its write-ahead log until that is recycled: see docs/deployment.md.
"""

from sqlalchemy import Connection, Engine, text

from feedback.domain.errors import ScrubUnfinished

_ATTEMPTS = 5
_LOCK_TIMEOUT = "5s"
_READER = "A reader kept the database from being rewritten; it is tried again at the next tick."
# Rows that an older snapshot can still see survive a rewrite: a backup that runs meanwhile is such a snapshot.
_OLD_SNAPSHOTS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
AND age(backend_xmin) >= age(cast(cast(:before AS text) AS xid))
"""


def scrub(engine: Engine, *tables: str) -> None:
    """Rewrite `tables` (SQLite: the whole file); raise ScrubUnfinished if deleted bytes may have stayed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            _scrub_sqlite(connection)
        else:
            _scrub_postgresql(connection, tables)


def _scrub_sqlite(connection: Connection) -> None:
    _truncate_log(connection)
    connection.execute(text("VACUUM"))
    _truncate_log(connection)


def _truncate_log(connection: Connection) -> None:
    for _attempt in range(_ATTEMPTS):
        busy, _frames, _moved = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
        if not busy:
            return
    raise ScrubUnfinished(_READER)


def _scrub_postgresql(connection: Connection, tables: tuple[str, ...]) -> None:
    _check_maintainer(connection, tables)
    before = connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
    connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
    try:
        if connection.scalar(text(_OLD_SNAPSHOTS), {"before": str(int(str(before)) % 2**32)}):
            raise ScrubUnfinished(_READER)
        connection.execute(text(f"VACUUM (FULL) {', '.join(tables)}"))
    finally:
        connection.execute(text("RESET lock_timeout"))


# PostgreSQL skips, with no more than a warning, a table that the role may not maintain.
def _check_maintainer(connection: Connection, tables: tuple[str, ...]) -> None:
    for table in tables:
        if not connection.scalar(text("SELECT has_table_privilege(:table, 'MAINTAIN')"), {"table": table}):
            raise ScrubUnfinished(
                f"This database role may not rewrite the table {table}, so deleted bytes would stay: "
                "run `feedback db grants` as the owner."
            )
