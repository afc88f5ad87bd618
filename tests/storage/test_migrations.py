"""Migrations: up and down with data in every table, equal to the models, safe when two begin at once."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from feedback.resources import migrations_folder
from feedback.storage.database import guard_engine
from feedback.storage.migrate import downgrade, is_current, upgrade
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.tables import Base, KeyBase
from tests.databases import Pair, PostgresServer, SqliteServer
from tests.storage.rows import a_named_organisation, empty_tables, insert, key_rows, main_rows

UPGRADE = """
import sys
from pathlib import Path
from sqlalchemy import create_engine
from feedback.storage.database import guard_engine
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base
engine = create_engine(sys.argv[1])
guard_engine(engine)
print("ready", flush=True)
sys.stdin.readline()
upgrade(engine, Base.metadata, Path(sys.argv[2]))
"""
_OLD_PROGRAMME = """
INSERT INTO programmes (id, organisation_id, name, word, focus, minimum_group_size, time_zone, contact_name,
  contact_email, reviewer_name)
VALUES (1, 1, 'Pilot', 'reverse', 'race', 5, 'Europe/Paris', 'Ana Contact', 'contact@example.com', 'Rea Viewer')
"""
_OLD_WAVE = """
INSERT INTO waves (id, programme_id, stage, state, closes_at, may_close_early, was_extended, minimum_group_size,
  key_backup_days, comment_days, reviewer_name)
VALUES (1, 1, 'kickoff', 'draft', '2027-03-01 09:00:00', false, false, 5, 7, 60, 'Rea Viewer')
"""
BROKEN = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None
def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer()))
    op.execute("this is no SQL")
"""


@dataclass(frozen=True)
class Tree:
    """One database with the tables that belong in it and the migrations that make them."""

    engine: Engine
    base: type[DeclarativeBase]
    folder: Path

    def up(self) -> None:
        upgrade(self.engine, self.base.metadata, self.folder)

    def down(self) -> None:
        downgrade(self.engine, self.base.metadata, self.folder, "base")

    def fill(self) -> None:
        with Session(self.engine) as session:
            insert(session, main_rows() if self.base is Base else key_rows())

    def tables(self) -> set[str]:
        return set(inspect(self.engine).get_table_names())

    @property
    def expected(self) -> set[str]:
        return {table.name for table in self.base.metadata.sorted_tables} | {"alembic_version"}


def guarded(stack: ExitStack, url: str) -> Engine:
    engine = create_engine(url)
    guard_engine(engine)
    stack.callback(engine.dispose)
    return engine


def tree_of(stack: ExitStack, pair: Pair, name: str) -> Tree:
    url, base = (pair.main, Base) if name == "main" else (pair.keys, KeyBase)
    return Tree(guarded(stack, url), base, migrations_folder() / name)


@pytest.fixture
def empty(server: SqliteServer | PostgresServer) -> Iterator[Pair]:
    with server.empty_pair() as pair:
        yield pair


@pytest.fixture(params=["main", "keys"])
def tree(request: pytest.FixtureRequest, empty: Pair) -> Iterator[Tree]:
    """An empty database and its tree."""
    with ExitStack() as stack:
        yield tree_of(stack, empty, request.param)


@pytest.fixture
def modelled(tree: Tree, server: SqliteServer | PostgresServer) -> Iterator[Engine]:
    """A second database, whose tables were made from the models themselves."""
    with ExitStack() as stack:
        pair = stack.enter_context(server.empty_pair())
        engine = guarded(stack, pair.main)
        tree.base.metadata.create_all(engine)
        yield engine


def shape(engine: Engine, table: str) -> dict[str, object]:
    """Everything that the database itself says of a table."""
    found = inspect(engine)
    columns = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)]
    return {
        "columns": columns,
        "primary key": found.get_pk_constraint(table),
        "foreign keys": sorted(map(str, found.get_foreign_keys(table))),
        "unique": sorted(map(str, found.get_unique_constraints(table))),
        "checks": sorted(map(str, found.get_check_constraints(table))),
        "indexes": sorted(map(str, found.get_indexes(table))),
    }


def tables_without_rowid(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {row.name for row in connection.execute(text("PRAGMA table_list")) if row.wr}


def test_an_upgrade_makes_every_table(tree: Tree) -> None:
    tree.up()
    assert tree.tables() == tree.expected
    assert is_current(tree.engine, tree.folder)


def test_the_rows_of_these_tests_are_in_every_table(tree: Tree) -> None:
    tree.up()
    tree.fill()
    with Session(tree.engine) as session:
        assert empty_tables(session, tree.base) == []


def test_a_downgrade_with_data_in_every_table_leaves_nothing(tree: Tree) -> None:
    tree.up()
    tree.fill()
    tree.down()
    assert tree.tables() == {"alembic_version"}
    assert not is_current(tree.engine, tree.folder)


def test_up_down_and_up_again_leaves_usable_tables_and_no_stray_one(tree: Tree) -> None:
    tree.up()
    tree.fill()
    tree.down()
    tree.up()
    tree.fill()
    assert tree.tables() == tree.expected


def test_an_upgrade_of_an_upgraded_database_changes_nothing(tree: Tree) -> None:
    tree.up()
    tree.fill()
    tree.up()
    with Session(tree.engine) as session:
        assert empty_tables(session, tree.base) == []


def test_the_migrated_tables_are_those_of_the_models(tree: Tree) -> None:
    tree.up()
    with tree.engine.connect() as connection:
        compared = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        assert compare_metadata(compared, tree.base.metadata) == []


def test_the_migrated_constraints_are_those_of_the_models(tree: Tree, modelled: Engine) -> None:
    tree.up()
    for table in tree.base.metadata.sorted_tables:
        assert shape(tree.engine, table.name) == shape(modelled, table.name)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_migrated_tables_keep_no_order_where_the_models_keep_none(tree: Tree, modelled: Engine) -> None:
    tree.up()
    assert tables_without_rowid(tree.engine) == tables_without_rowid(modelled)


def test_a_migration_that_fails_leaves_nothing_half_done(tree: Tree, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(tree.folder, folder)
    newest = sorted(path.name[:4] for path in (folder / "versions").glob("[0-9]*.py"))[-1]
    (folder / "versions" / "9999_broken.py").write_text(BROKEN.format(before=newest))
    tree.up()
    with pytest.raises(DBAPIError):
        upgrade(tree.engine, tree.base.metadata, folder)
    assert tree.tables() == tree.expected
    assert is_current(tree.engine, tree.folder)


def test_two_processes_that_migrate_at_once_both_succeed(empty: Pair) -> None:
    command = [sys.executable, "-c", UPGRADE, empty.main, str(migrations_folder() / "main")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _turn in range(2)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    complaints = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], complaints


def test_the_key_store_shares_no_table_with_the_main_database(databases: Pair) -> None:
    with ExitStack() as stack:
        main, keys = (tree_of(stack, databases, name) for name in ("main", "keys"))
        assert keys.tables() == {"keys", "alembic_version"}
        assert main.tables() & keys.tables() == {"alembic_version"}


def test_comments_in_review_survive_the_upgrade_undecided_and_unnumbered(empty: Pair) -> None:
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0002")
        with Session(tree.engine) as session:
            insert(session, [a_named_organisation()])
            session.execute(text(_OLD_PROGRAMME))
            session.execute(text(_OLD_WAVE))
            old = text("INSERT INTO comments (id, wave_id, question, sealed) VALUES (:id, 1, 'F2', :sealed)")
            session.execute(old, {"id": bytes(16), "sealed": b"sealed"})
            session.commit()
        tree.up()
        with tree.engine.connect() as connection:
            row = connection.execute(text("SELECT sealed, decision, redacted FROM comments")).one()
    assert (bytes(row.sealed), row.decision, row.redacted) == (b"sealed", "undecided", None)


def test_an_older_programme_has_its_words_in_english(empty: Pair) -> None:
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0004")
        with Session(tree.engine) as session:
            insert(session, [a_named_organisation()])
            session.execute(text(_OLD_PROGRAMME))
            session.commit()
        tree.up()
        with Session(tree.engine) as session:
            assert words_of(programme_by_id(session, 1)) == {"en": {"focus": "race", "word": "reverse"}}


@pytest.mark.parametrize(("decision", "redacted"), [("redacted", None), ("released", b"x"), ("shouted", None)])
def test_a_comment_has_a_changed_text_only_if_it_is_redacted(
    databases: Pair, decision: str, redacted: bytes | None
) -> None:
    with ExitStack() as stack, Session(tree_of(stack, databases, "main").engine) as session:
        insert(session, main_rows())
        statement = text("UPDATE comments SET decision = :decision, redacted = :redacted")
        with pytest.raises(DBAPIError, match="ck_comments"):
            session.execute(statement, {"decision": decision, "redacted": redacted})


def test_a_wave_cannot_be_open_without_keys(databases: Pair) -> None:
    with ExitStack() as stack, Session(tree_of(stack, databases, "main").engine) as session:
        insert(session, main_rows())
        with pytest.raises(DBAPIError, match="open_has_keys"):
            session.execute(text("UPDATE waves SET state = 'open'"))


@pytest.mark.parametrize("column", ["minimum_group_size = 4", "key_backup_days = 8", "state = 'ajar'"])
def test_a_wave_cannot_promise_less_than_the_service(databases: Pair, column: str) -> None:
    with ExitStack() as stack, Session(tree_of(stack, databases, "main").engine) as session:
        insert(session, main_rows())
        with pytest.raises(DBAPIError, match="ck_waves"):
            session.execute(text(f"UPDATE waves SET {column}"))
