"""A table can be read without importing its module: by the tables that are known, by a driver, by SQL as text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.storage.tables import Base, KeyBase
from tests.house.test_walls import MAY_IMPORT, ROOT

STORAGE = ROOT / "feedback" / "storage"
# What may be named outside of storage: whoever names more writes SQL, and could name any table in it.
# An address is read as it will be used.
OF_SQLALCHEMY = {"Connection", "Engine", "MetaData", "Session", "URL", "make_url"}
OF_DB = {"engine", "engines", "init_app", "session"}
DRIVERS = {"aiosqlite", "psycopg", "psycopg2", "psycopg_pool", "sqlite3"}
LEADS_ANYWHERE = {
    "__mapper__",
    "__table__",
    "_sa_registry",
    "column_descriptions",
    "cursor",
    "dbapi_connection",
    "driver_connection",
    "exec_driver_sql",
    "foreign_keys",
    "mappers",
    "metadata",
    "raw_connection",
    "registry",
}
OUTSIDE = {
    "feedback/__main__.py": {"psycopg"},  # the error of a role that may not
    "feedback/worker/engine.py": {"psycopg", "driver_connection"},  # jobs, deferred in a session's transaction
    "feedback/worker/worker.py": {"psycopg"},  # its errors
}
NAMES_WALLED_TABLES = {
    "column_statistics": "of which columns PostgreSQL keeps no statistics",
    "database": "“keys” is what the second database is called",
    "grants": "which role may do what",
    "hint_bits": "which tables are frozen as a whole",
    "inserted_migrations": "which migration made which table",
    "scrubbing": "which tables are rewritten as a whole",
}
PLANTED = {
    "the base of all": "from feedback.storage.database import Base\nBase.metadata.tables['participants'].select()",
    "a column's": "from feedback.storage.reports import StoredReport\nStoredReport.__table__.c.id",
    "an open one's": "from feedback.storage import reports\nreports.StoredReport.metadata",
    "by the extension": "from feedback.storage.database import db\ndb.session.execute(db.text('SELECT 1'))",
    "by the extension's tables": "from feedback.storage import database\ndatabase.db.metadatas",
    "by a driver": "import sqlite3\nsqlite3.connect('feedback.db')",
    "by a driver's part": "from psycopg.rows import dict_row",
    "below the session": "def read(session):\n    return session.connection().connection.cursor()",
    "past the dialect": "def read(connection):\n    connection.exec_driver_sql('SELECT 1')",
    "by a statement": "from sqlalchemy import select",
    "by all of it": "import sqlalchemy as sa",
    "by a name of storage's": "from feedback.storage.bulk import insert",
}


def shipped() -> Iterator[Path]:
    for tree in ("feedback", "forms"):
        yield from (path for path in sorted((ROOT / tree).rglob("*.py")) if path.parent != STORAGE)


def ways(source: str) -> set[str]:
    """What a module names that leads to every table."""
    return {name for node in ast.walk(ast.parse(source)) for name in ways_of(node)}


def ways_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Attribute):
        is_db = isinstance(node.value, ast.Name | ast.Attribute) and ast.unparse(node.value).split(".")[-1] == "db"
        return {node.attr} & LEADS_ANYWHERE | ({node.attr} - OF_DB if is_db else set())
    if isinstance(node, ast.Import):
        return {name.name for name in node.names if name.name.split(".")[0] in {"sqlalchemy", *DRIVERS}}
    if isinstance(node, ast.ImportFrom):
        names, package = {name.name for name in node.names}, (node.module or "").split(".")
        if package[0] in DRIVERS:
            return {package[0]}
        if package[0] == "sqlalchemy" and node.module != "sqlalchemy.exc":
            return names - OF_SQLALCHEMY
        if package[:2] == ["feedback", "storage"]:
            return {name for name in names if name in {"Base", "KeyBase"} or is_of_sqlalchemy(node.module, name)}
    return set()


def is_of_sqlalchemy(module: str | None, name: str) -> bool:
    path = ROOT / f"{(module or '').replace('.', '/')}.py"
    imports = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ()
    found = [
        node for node in imports if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
    ]
    return any(one.name == name for node in found for one in node.names)


def tables_in_text(path: Path, walled: set[str]) -> set[str]:
    """Which of these tables a module names in a text that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said]
    words = {word for one in texts if isinstance(one.value, str) for word in re.findall(r"\w+", one.value)}
    return words & walled


@pytest.fixture(scope="module")
def walled() -> set[str]:
    classes = [mapper.class_ for base in (Base, KeyBase) for mapper in base.registry.mappers]
    return {one.__tablename__ for one in classes if one.__module__ in MAY_IMPORT}


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED)
def test_a_way_around_the_walls_is_seen(source: str) -> None:
    assert ways(source) != set()


def test_nothing_but_storage_reaches_a_table_that_it_does_not_import() -> None:
    found = {str(path.relative_to(ROOT)): ways(path.read_text(encoding="utf-8")) for path in shipped()}
    assert {name: some for name, some in found.items() if some} == OUTSIDE


def test_sql_as_text_is_seen(tmp_path: Path, walled: set[str]) -> None:
    planted = tmp_path / "linked.py"
    planted.write_text('"""Participants."""\nQUERY = text("SELECT * FROM participants, sealed_responses")\n')
    assert tables_in_text(planted, walled) == {"participants", "sealed_responses"}


def test_a_module_of_storage_names_a_table_behind_a_wall_in_text_only_for_a_reason(walled: set[str]) -> None:
    open_modules = [path for path in STORAGE.glob("*.py") if f"feedback.storage.{path.stem}" not in MAY_IMPORT]
    assert {path.stem for path in open_modules if tables_in_text(path, walled)} == set(NAMES_WALLED_TABLES)
