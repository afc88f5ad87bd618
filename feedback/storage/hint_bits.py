"""Keep PostgreSQL from marking whose link was looked at.

Whoever first reads a row that was written lately marks it as committed, in the table's file: after the opening of a
wave exactly the rows of those who looked. So the rows are frozen before anybody can look, and never marked again.
"""

from sqlalchemy import Connection, Engine, text

from feedback.storage.scrubbing import check_maintainer

_ATTEMPTS = 20
_TABLES = ("entitlements", "opt_outs")
# Both numbers were written by the VACUUM before; a page counts as visible to all once each of its rows is marked.
_UNMARKED = "SELECT count(*) FROM pg_class WHERE oid = ANY(:tables ::regclass[]) AND relallvisible < relpages"


def freeze_links(engine: Engine) -> bool:
    """Mark every row that a link leads to; False if an older open transaction keeps some of them from it.

    Raises ScrubUnfinished if the role may not. SQLite marks nothing when it reads.
    """
    if engine.dialect.name == "sqlite":
        return True
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        check_maintainer(connection, _TABLES)
        return any(_freeze(connection) for _attempt in range(_ATTEMPTS))


# The database's own upkeep reads the tables too, and ends at once.
def _freeze(connection: Connection) -> bool:
    # Of few deleted rows among many it would leave the places, which keep their page from counting as visible to all.
    connection.execute(text(f"VACUUM (FREEZE, INDEX_CLEANUP ON) {', '.join(_TABLES)}"))
    if not connection.scalar(text(_UNMARKED), {"tables": list(_TABLES)}):
        return True
    connection.execute(text("SELECT pg_sleep(0.1)"))
    return False
