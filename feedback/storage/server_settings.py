"""Settings of a PostgreSQL server under which its log or its views would keep values of statements."""

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


def telling_settings(connection: Connection) -> tuple[str, ...]:
    """Return what would keep values or times of statements, as "name = value"; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return ()
    rows = connection.execute(text(_SETTINGS), {"names": list(_QUIET)}).all()
    settings = [f"{name} = {setting}" for name, setting in rows if setting not in _QUIET[name]]
    return (*settings, *(f"extended statistics {name}" for name in connection.scalars(text(_EXTENDED))))
