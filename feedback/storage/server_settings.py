"""Settings and rights under which a PostgreSQL server would keep values of statements, or tell when they came."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# What each has to be, if the server knows it at all; see docs/deployment.md for the reasons.
_QUIET = {
    "log_statement": {"none", "ddl"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_duration": {"off"},
    "log_parameter_max_length_on_error": {"0"},
    "log_min_error_statement": {"panic"},
    "log_error_verbosity": {"terse"},
    "debug_print_parse": {"off"},
    "debug_print_rewritten": {"off"},
    "debug_print_plan": {"off"},
    "track_commit_timestamp": {"off"},
    "auto_explain.log_min_duration": {"-1"},
    "pg_stat_statements.track": {"none"},
}
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
    rows = connection.execute(text(_SETTINGS), {"names": list(_QUIET)}).all()
    settings = [f"{name} = {setting}" for name, setting in rows if setting not in _QUIET[name]]
    return (*settings, *(f"extended statistics {name}" for name in connection.scalars(text(_EXTENDED))))
