"""Where the main database lies, noted in itself, so that a copy of it that lies elsewhere is known for one.

PostgreSQL names each cluster, each of its timelines and each object in it by numbers that no dump carries: after a
restore into another database, or by an archive to another moment, they are others. A sequence keeps their digest; its
own number is among them. A volume that is set back as a whole has the same numbers, and is not known.
"""

import hashlib

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

SERVER_MARK = "server_mark"
_CAN_TELL = f"""
SELECT has_sequence_privilege(to_regclass('{SERVER_MARK}'), 'SELECT') AND NOT pg_is_in_recovery()
  AND has_function_privilege('pg_control_system()', 'EXECUTE')
  AND has_function_privilege('pg_walfile_name(pg_lsn)', 'EXECUTE')
  AND has_function_privilege('pg_current_wal_lsn()', 'EXECUTE')
"""
_PLACE = f"""
SELECT system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8),
       (SELECT oid FROM pg_database WHERE datname = current_database()), to_regclass('{SERVER_MARK}')::oid
FROM pg_control_system()
"""
_NOTED = f"SELECT last_value FROM {SERVER_MARK} WHERE is_called"


def lies_elsewhere(session: Session) -> bool:
    """Tell whether the database lies elsewhere than was noted; False where nothing was, or nobody can tell."""
    if session.get_bind().dialect.name != "postgresql" or not session.scalar(text(_CAN_TELL)):
        return False
    noted = session.scalar(text(_NOTED))
    return noted is not None and noted != _mark(session)


def note_place(engine: Engine) -> None:
    """Note where the database lies, if that was not done before. As the owner of the tables."""
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SEQUENCE IF NOT EXISTS {SERVER_MARK}"))
        if connection.scalar(text(_CAN_TELL)) and connection.scalar(text(_NOTED)) is None:
            _note(connection)


def note_place_anew(engine: Engine) -> None:
    """Let the database be at home where it lies now, if it was noted where it lay. As the owner of the tables."""
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        if connection.scalar(text(_CAN_TELL)):
            _note(connection)


def _note(connection: Connection) -> None:
    connection.execute(text(f"SELECT setval('{SERVER_MARK}', :mark)"), {"mark": _mark(connection)})


def _mark(connection: Connection | Session) -> int:
    place = "|".join(map(str, connection.execute(text(_PLACE)).one()))
    return int.from_bytes(hashlib.sha256(place.encode()).digest()[:7], "big") + 1
