"""Installations of earlier releases in the middle of a programme, each as that release itself left it.

`make.py` writes the next one at a release. A file says of which revisions it is, and holds the rows of both databases,
the rights that the release granted on PostgreSQL, the links of the open wave, and a page begun with the seventh.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, DateTime, LargeBinary, MetaData, Table, create_engine, text
from sqlalchemy.types import TypeEngine

from feedback.resources import migrations_folder
from feedback.storage.database import guard_engine
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base, KeyBase
from tests.databases import Pair

FOLDER = Path(__file__).parent
RELEASES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
NEXT = "next"
BASES = {"main": Base, "keys": KeyBase}
_ROLES = """
DO $$ BEGIN {} EXCEPTION WHEN duplicate_object THEN NULL; END $$
"""
_COUNTED_ON = "SELECT setval(name, :last) FROM pg_get_serial_sequence(:table, 'id') name WHERE name IS NOT NULL"
_SAMPLED = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"


@cache
def release(name: str) -> dict[str, Any]:
    """What is known of a release; of the next one, what it would leave behind if it were made now."""
    if name == NEXT:
        from tests.released.make import made

        return json.loads(json.dumps(made()))
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def restore(name: str, pair: Pair) -> None:
    """Lay the installation of a release into two empty databases."""
    for database, address in (("main", pair.main), ("keys", pair.keys)):
        engine = create_engine(address)
        guard_engine(engine)
        folder = migrations_folder() / database
        upgrade(engine, BASES[database].metadata, folder, release(name)["revisions"][database])
        metadata = MetaData()
        metadata.reflect(engine)
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                _fill(connection, table, release(name)["rows"][database].get(table.name))
            if engine.dialect.name == "postgresql":
                _as_it_was_kept(connection, release(name)["rights"][database])
        engine.dispose()


def _fill(connection: Connection, table: Table, kept: dict[str, Any] | None) -> None:
    if kept is None:
        return
    types = [table.c[name].type for name in kept["columns"]]
    rows = [
        {name: _read(kind, value, connection) for name, kind, value in zip(kept["columns"], types, row, strict=True)}
        for row in kept["rows"]
    ]
    connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql" and "id" in table.c and not isinstance(table.c.id.type, LargeBinary):
        last = {"table": table.name, "last": max(row["id"] for row in rows)}
        connection.execute(text(_COUNTED_ON), last)


def _read(kind: TypeEngine[Any], value: Any, connection: Connection) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value)
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if connection.dialect.name == "sqlite" else f"{value}+00:00"
    return bool(value) if isinstance(kind, Boolean) else value


# With the rights of that time, under which columns have policies, and sampled as PostgreSQL does by itself.
def _as_it_was_kept(connection: Connection, rights: list[str]) -> None:
    for role in ("participants", "staff", "worker"):
        connection.execute(text(_ROLES.format(f"CREATE ROLE feedback_{role} NOLOGIN;")))
    for statement in rights:
        connection.execute(text(statement))
    for table, column in connection.execute(text(_SAMPLED)).all():
        if not table.startswith(("procrastinate", "keys_held")):
            connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS -1"))
    connection.execute(text("ANALYZE"))
