"""The job engine's own tables on PostgreSQL, as the installed library makes them.

They hold no facts: what is due follows from the waves and the delivery ledger, so they may be thrown away at any time.
So a migration to another version of the library drops them and creates them again.
"""

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection

PREFIX = "procrastinate_"
TABLES = tuple(f"{PREFIX}{name}" for name in ("jobs", "events", "periodic_defers", "workers"))

_REMOVE = """
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables
      WHERE schemaname = current_schema AND starts_with(tablename, 'procrastinate_') LOOP
    EXECUTE format('DROP TABLE %I CASCADE', name);
  END LOOP;
  FOR name IN SELECT oid::regprocedure::text FROM pg_proc
      WHERE pronamespace = current_schema::regnamespace AND starts_with(proname, 'procrastinate_') LOOP
    EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT oid::regtype::text FROM pg_type
      WHERE typnamespace = current_schema::regnamespace AND starts_with(typname, 'procrastinate_')
      AND typtype IN ('c', 'e') LOOP
    EXECUTE 'DROP TYPE ' || name || ' CASCADE';
  END LOOP;
END $$
"""
_CLOSE_DOORS = """
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT oid::regprocedure::text FROM pg_proc
      WHERE pronamespace = current_schema::regnamespace AND starts_with(proname, 'procrastinate_') LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
  END LOOP;
END $$
"""


def renew_job_queue(connection: Connection) -> None:
    """Create the engine's tables again, empty, as the installed library wants them. Nobody may use them yet."""
    remove_job_queue(connection)
    _run(connection, SchemaManager.get_schema())
    _run(connection, _CLOSE_DOORS)


def remove_job_queue(connection: Connection) -> None:
    """Drop everything that the engine ever created in the database."""
    _run(connection, _REMOVE)


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Tell Alembic's comparison which tables belong to the models: not the engine's."""
    return kind != "table" or not str(name).startswith(PREFIX)


# Several statements at once: the driver takes them only without parameters.
def _run(connection: Connection, statements: str) -> None:
    connection.execution_options(no_parameters=True).exec_driver_sql(statements)
