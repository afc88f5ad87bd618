"""Rewrite the databases' files, so that what was deleted is in none of them.

PostgreSQL keeps deleted bytes in its write-ahead log until that is recycled: see docs/deployment.md.
"""

from sqlalchemy import Connection, Engine, text

from feedback.domain.errors import ScrubUnfinished

AT_ANY_TIME = ("history", "support_requests")
"""Tables of which rows are deleted when no key is: nothing tells a process that begins that they may lie in a file."""
AT_THE_END = ("sealed_responses", "entitlements", "comments", "comment_summaries", *AT_ANY_TIME)
"""Tables of which rows are deleted before a key is: while any may lie in a file, the key is left to say so."""
AT_A_PURGE = ("participants", "deliveries", "mail_batches", "address_notices", "opt_outs", "roster_approvals")
"""Tables that name the people of a programme, or what is known of mails to them; the programme's end says that rows of
them were deleted, until they are in no file any more."""
_ATTEMPTS = 5
_LOCK_TIMEOUT = "5s"
_HELD = (
    "An older open transaction kept the database from being rewritten; a worker tries again at its next tick, "
    "and a command can be repeated."
)
_LOOKS = 50
_PAUSE = "SELECT pg_sleep(0.1)"
# A rewrite keeps deleted rows that somebody could still see: whoever began before the deletion (a backup, an open or
# prepared transaction, a standby that reports what it reads). A writer counts in any database of the server, because
# the rewrite takes its own snapshot while that one is still running.
_OLDER = """
WITH held(number) AS (
  SELECT backend_xid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
  UNION ALL SELECT transaction FROM pg_prepared_xacts
  UNION ALL SELECT backend_xmin FROM pg_stat_activity
  WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
  UNION ALL SELECT xmin FROM pg_replication_slots
)
SELECT count(*) FROM held WHERE age(number) > age(cast(cast(:before AS text) AS xid))
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
    raise ScrubUnfinished(_HELD)


def _scrub_postgresql(connection: Connection, tables: tuple[str, ...]) -> None:
    check_maintainer(connection, tables)
    _wait_for_older_transactions(connection)
    connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
    try:
        connection.execute(text(f"VACUUM (FULL) {', '.join(tables)}"))
    finally:
        connection.execute(text("RESET lock_timeout"))


# Most end at once: autovacuum reads the tables too.
def _wait_for_older_transactions(connection: Connection) -> None:
    before = connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
    for _look in range(_LOOKS):
        if not connection.scalar(text(_OLDER), {"before": str(int(str(before)) % 2**32)}):
            return
        connection.execute(text(_PAUSE))
    raise ScrubUnfinished(_HELD)


def check_maintainer(connection: Connection, tables: tuple[str, ...]) -> None:
    """Raise ScrubUnfinished for a table that the role may not maintain: PostgreSQL skips it with a mere warning."""
    for table in tables:
        if not connection.scalar(text("SELECT has_table_privilege(:table, 'MAINTAIN')"), {"table": table}):
            raise ScrubUnfinished(
                f"This database role may not rewrite the table {table}, so deleted bytes would stay: "
                "run `feedback db grants` as the owner."
            )
