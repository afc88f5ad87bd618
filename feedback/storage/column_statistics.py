"""Keep PostgreSQL from copying values: its ANALYZE samples columns into a catalogue that no rewrite of a table reaches.

Up to a hundred values of a column would lie there after the rows are gone: digests, wrapped keys, sealed bodies. So
every column of both databases is left out, but for those named here, which the planner needs and which say no more
than the published report and the roster's size. What an earlier version let be sampled is dropped by the upgrade; the
dropped rows' bytes stay in the catalogue's file until a superuser rewrites it (`feedback db scrub-statistics`).
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

SAMPLED: Mapping[str, tuple[str, ...]] = {
    "participants": ("id", "programme_id"),
    "mail_batches": ("id", "wave_id"),
    "deliveries": ("id", "wave_id", "batch_id"),
    "waves": ("id", "programme_id"),
    "programmes": ("id", "organisation_id"),
}
"""Numbers that count people who were invited. Never of `entitlements` or `sealed_responses`: how many rows a wave has
there is how many have answered."""

_COLUMNS = """
SELECT c.relname, a.attname, a.attstattarget IS DISTINCT FROM 0 AS is_sampled,
       format_type(a.atttypid, a.atttypmod) AS type,
       EXISTS (SELECT FROM pg_stats s
               WHERE s.schemaname = 'public' AND s.tablename = c.relname AND s.attname = a.attname) AS is_known
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, 2
"""
SAMPLES_LEFT = "statistics_left"
"""A sequence that exists once samples were dropped, and holds the number of the catalogue's file at that time."""
_FILE = "pg_relation_filenode('pg_catalog.pg_statistic')::bigint"
_IS_LEFT = f"SELECT last_value = {_FILE} FROM {SAMPLES_LEFT} WHERE is_called"
_FORGET = """
DELETE FROM pg_catalog.pg_statistic s USING pg_attribute a
WHERE a.attrelid = s.starelid AND a.attnum = s.staattnum AND a.attstattarget = 0
"""


def stop_sampling(connection: Connection) -> None:
    """Have no column sampled but those of `SAMPLED`, and drop what was sampled of others. As the tables' owner."""
    if connection.dialect.name != "postgresql":
        return
    was_sampled = False
    for table, name, is_sampled, kind, is_known in connection.execute(text(_COLUMNS)).all():
        if name in SAMPLED.get(table, ()):
            continue
        if is_sampled:
            connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" SET STATISTICS 0'))
        if is_known:
            was_sampled = True
            _drop_sample(connection, table, name, kind)
    if was_sampled:
        connection.execute(text(f"CREATE SEQUENCE IF NOT EXISTS {SAMPLES_LEFT} MINVALUE 0"))
        connection.execute(text(f"SELECT setval('{SAMPLES_LEFT}', {_FILE})"))


# Naming the type anew drops a column's sample; where a view or a policy names the column it is left to a superuser.
def _drop_sample(connection: Connection, table: str, name: str, kind: str) -> None:
    try:
        with connection.begin_nested():
            connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" TYPE {kind}'))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _FEATURE_NOT_SUPPORTED:
            raise


_FEATURE_NOT_SUPPORTED = "0A000"


def samples_are_left(connection: Connection) -> bool:
    """Tell whether the catalogue's file may still hold what an earlier version let be sampled."""
    if (
        connection.dialect.name != "postgresql"
        or connection.scalar(text(f"SELECT to_regclass('{SAMPLES_LEFT}')")) is None
    ):
        return False
    return bool(connection.scalar(text(_IS_LEFT)))


def scrub_statistics(engine: Engine) -> None:
    """Rewrite the catalogue without anything sampled of columns that are left out. As a superuser."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(_FORGET))
        connection.execute(text("VACUUM (FULL) pg_catalog.pg_statistic"))
        connection.execute(text("CHECKPOINT"))
