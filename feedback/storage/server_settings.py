"""Settings and rights under which a PostgreSQL server would keep what it must not, tell when it came, or lose it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

# What each has to be, if the server knows it at all; docs/deployment.md has the reasons, deploy/postgresql the files.
QUIET: Mapping[str, set[str]] = {
    "log_statement": {"none", "ddl"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_duration": {"off"},
    "log_parameter_max_length": {"0"},
    "log_parameter_max_length_on_error": {"0"},
    "log_min_error_statement": {"panic"},
    "log_error_verbosity": {"terse"},
    "log_checkpoints": {"off"},
    "debug_print_parse": {"off"},
    "debug_print_rewritten": {"off"},
    "debug_print_plan": {"off"},
    "track_commit_timestamp": {"off"},
    "auto_explain.log_min_duration": {"-1"},
    "pg_stat_statements.track": {"none"},
}
SAFE: Mapping[str, set[str]] = {
    "fsync": {"on"},
    # All of these wait for this server's own disk.
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}
FORGETTING: Mapping[str, set[str]] = {"archive_mode": {"off"}, "wal_recycle": {"off"}}
FORGETTING_ALONE: Mapping[str, set[str]] = {**FORGETTING, "wal_level": {"minimal"}, "max_wal_senders": {"0"}}
"""What the key store's server has to be told besides; the last two if it is a server of its own."""
_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY(:names) ORDER BY name"
_EXTENDED = "SELECT stxname FROM pg_statistic_ext ORDER BY stxname"

# What refuse.sql takes from everybody, and temporary tables, which `feedback db grants` takes as the owner.
_LEFT = """
SELECT proname FROM pg_proc, pg_roles
WHERE rolname = ANY(:roles) AND has_table_privilege(pg_roles.oid, to_regclass('waves'), 'SELECT')
  AND pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege(pg_roles.oid, pg_proc.oid, 'EXECUTE')
  AND (proname = ANY(:functions) OR (proname LIKE 'pg\\_stat\\_get\\_%' AND proargtypes = '26'))
UNION SELECT 'temporary tables' FROM pg_roles
WHERE rolname = ANY(:roles) AND has_table_privilege(pg_roles.oid, to_regclass('waves'), 'SELECT')
  AND has_database_privilege(pg_roles.oid, current_database(), 'TEMPORARY')
ORDER BY 1
"""
_REFUSED = (
    *("lo_creat", "lo_create", "lo_from_bytea", "pg_lock_status"),
    *("pg_relation_size", "pg_table_size", "pg_total_relation_size", "pg_indexes_size"),
)


def rights_left(connection: Connection, roles: Sequence[str]) -> tuple[str, ...]:
    """Return what one of `roles` may do only because PostgreSQL lets everybody; nothing where they have no rights."""
    if connection.dialect.name != "postgresql":
        return ()
    return tuple(connection.scalars(text(_LEFT), {"roles": list(roles), "functions": list(_REFUSED)}))


def telling_settings(connection: Connection) -> tuple[str, ...]:
    """Return what would keep values or times of statements, as "name = value"; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return ()
    settings = _otherwise(connection, QUIET)
    return (*settings, *(f"extended statistics {name}" for name in connection.scalars(text(_EXTENDED))))


def losing_settings(connection: Connection) -> tuple[str, ...]:
    """Return with what a crash of the server loses what was acknowledged, as "name = value"; nothing on SQLite."""
    return tuple(_otherwise(connection, SAFE))


def keeping_settings(connection: Connection, *, is_alone: bool) -> tuple[str, ...]:
    """Return with what destroyed keys outlive themselves in the log of the key store's server; nothing on SQLite.

    `is_alone`: the server has no other database of the service.
    """
    return tuple(_otherwise(connection, FORGETTING_ALONE if is_alone else FORGETTING))


def server_of(connection: Connection) -> str | None:
    """Return what tells a running PostgreSQL server from another; None on SQLite."""
    if connection.dialect.name != "postgresql":
        return None
    return str(connection.scalar(text("SELECT pg_postmaster_start_time()::text")))


def _otherwise(connection: Connection, wanted: Mapping[str, set[str]]) -> Iterable[str]:
    if connection.dialect.name != "postgresql":
        return []
    rows = connection.execute(text(_SETTINGS), {"names": list(wanted)}).all()
    return [f"{name} = {setting}" for name, setting in rows if setting not in wanted[name]]
