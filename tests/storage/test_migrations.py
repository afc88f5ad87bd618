"""Migrations: up and down with data in every table, equal to the models, safe when two begin at once."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from feedback.domain.errors import MigrationGivenUp
from feedback.domain.staff import StaffRole
from feedback.resources import migrations_folder
from feedback.storage.database import guard_engine
from feedback.storage.deliveries import Batch, sent_mail
from feedback.storage.grants import grant_main
from feedback.storage.job_queue import TABLES, is_ours, renew_job_queue
from feedback.storage.migrate import MigrationTimeouts, downgrade, upgrade
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.revision import is_current, newest_revision
from feedback.storage.staff import StaffMember, staff_of
from feedback.storage.tables import Base, KeyBase
from tests.databases import IN_TURN, ON_POSTGRESQL, ON_SQLITE, Pair, PostgresServer, SqliteServer
from tests.storage.rows import empty_tables, insert, key_rows, main_rows

UPGRADE = """
import sys
from pathlib import Path
from sqlalchemy import create_engine
from feedback.storage.database import guard_engine
from feedback.storage.job_queue import TABLES, is_ours, renew_job_queue
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base
engine = create_engine(sys.argv[1])
guard_engine(engine)
print("ready", flush=True)
sys.stdin.readline()
upgrade(engine, Base.metadata, Path(sys.argv[2]))
"""
# In words of their own: the models have columns that were not there yet.
_OLD_ROWS = (
    "INSERT INTO organisations (id, name) VALUES (1, 'Example')",
    """
INSERT INTO programmes (id, organisation_id, name, word, focus, minimum_group_size, time_zone, contact_name,
  contact_email, reviewer_name)
VALUES (1, 1, 'Pilot', 'reverse', 'race', 5, 'Europe/Paris', 'Ana', 'ana@example.com', 'Rea Viewer')
""",
    """
INSERT INTO waves (id, programme_id, stage, state, closes_at, may_close_early, was_extended, minimum_group_size,
  key_backup_days, comment_days, reviewer_name)
VALUES (1, 1, 'kickoff', 'draft', '2027-03-01 09:00:00', false, false, 5, 7, 60, 'Rea Viewer')
""",
)
_OLD_PERSON = """
INSERT INTO participants (id, programme_id, name, email, role, cohort, language, has_left)
VALUES (1, 1, 'Mia', 'mia@example.com', 'mentor', '', 'en', false)
"""
_OLD_BATCH = "INSERT INTO mail_batches (id, wave_id, mail, not_before_at) VALUES (:id, 1, :mail, '2027-02-01 09:00:00')"
_OLD_DELIVERY = """
INSERT INTO deliveries (id, batch_id, wave_id, participant_id, mail, state, attempts)
VALUES (:id, :id, 1, 1, :mail, 'queued', 0)
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
        engines_own = set(TABLES) if self.base is Base and self.engine.dialect.name == "postgresql" else set()
        return {table.name for table in self.base.metadata.sorted_tables} | {"alembic_version"} | engines_own


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
    with server.unmigrated_pair() as pair:
        yield pair


@pytest.fixture
def migrated(request: pytest.FixtureRequest, server: SqliteServer | PostgresServer) -> Iterator[Tree]:
    """A database that all migrations have made, copied, and its tree: the main one if no test says otherwise."""
    with server.pair() as pair, ExitStack() as stack:
        yield tree_of(stack, pair, getattr(request, "param", "main"))


@pytest.fixture
def modelled(migrated: Tree, server: SqliteServer | PostgresServer) -> Iterator[Engine]:
    """A second database, whose tables were made from the models themselves."""
    with ExitStack() as stack:
        pair = stack.enter_context(server.unmigrated_pair())
        engine = guarded(stack, pair.main)
        migrated.base.metadata.create_all(engine)
        yield engine


EACH_TREE = pytest.mark.parametrize("migrated", ["main", "keys"], indirect=True)


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
        "indexes": sorted(map(_as_text, found.get_indexes(table))),
    }


def _as_text(index: Mapping[str, Any]) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})


def tables_without_rowid(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {row.name for row in connection.execute(text("PRAGMA table_list")) if row.wr}


@EACH_TREE
def test_an_upgrade_makes_every_table(migrated: Tree) -> None:
    assert migrated.tables() == migrated.expected
    assert is_current(migrated.engine, migrated.folder)


@EACH_TREE
def test_the_rows_of_these_tests_are_in_every_table(migrated: Tree) -> None:
    migrated.fill()
    with Session(migrated.engine) as session:
        assert empty_tables(session, migrated.base) == []


@EACH_TREE
def test_a_downgrade_with_data_in_every_table_leaves_nothing(migrated: Tree) -> None:
    migrated.fill()
    migrated.down()
    assert migrated.tables() == {"alembic_version"}
    assert not is_current(migrated.engine, migrated.folder)


@EACH_TREE
def test_up_down_and_up_again_leaves_usable_tables_and_no_stray_one(migrated: Tree) -> None:
    migrated.fill()
    migrated.down()
    migrated.up()
    migrated.fill()
    assert migrated.tables() == migrated.expected


@EACH_TREE
def test_an_upgrade_of_an_upgraded_database_changes_nothing(migrated: Tree) -> None:
    migrated.fill()
    migrated.up()
    with Session(migrated.engine) as session:
        assert empty_tables(session, migrated.base) == []


@EACH_TREE
def test_the_migrated_tables_are_those_of_the_models(migrated: Tree) -> None:
    with migrated.engine.connect() as connection:
        opts = {
            "compare_type": True,
            "compare_server_default": True,
            "render_as_batch": True,
            "include_object": is_ours,
        }
        compared = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(compared, migrated.base.metadata) == []


@EACH_TREE
def test_the_migrated_constraints_are_those_of_the_models(migrated: Tree, modelled: Engine) -> None:
    for table in migrated.base.metadata.sorted_tables:
        assert shape(migrated.engine, table.name) == shape(modelled, table.name)


@ON_SQLITE
@EACH_TREE
def test_the_migrated_tables_keep_no_order_where_the_models_keep_none(migrated: Tree, modelled: Engine) -> None:
    assert tables_without_rowid(migrated.engine) == tables_without_rowid(modelled)


@EACH_TREE
def test_a_migration_that_fails_leaves_nothing_half_done(migrated: Tree, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrated.folder, folder)
    newest = sorted(path.name[:4] for path in (folder / "versions").glob("[0-9]*.py"))[-1]
    (folder / "versions" / "9999_broken.py").write_text(BROKEN.format(before=newest))
    with pytest.raises(DBAPIError):
        upgrade(migrated.engine, migrated.base.metadata, folder)
    assert migrated.tables() == migrated.expected
    assert is_current(migrated.engine, migrated.folder)


PLANTED = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None
def upgrade():
    op.execute("{statement}")
"""


def planted(migrated: Tree, folder: Path, statement: str) -> Path:
    """A copy of the tree, in `folder`, with one more migration."""
    shutil.copytree(migrated.folder, folder)
    planted = PLANTED.format(before=newest_revision(migrated.folder), statement=statement)
    (folder / "versions" / "9999_planted.py").write_text(planted)
    return folder


@ON_POSTGRESQL
@EACH_TREE
def test_a_migration_does_not_wait_for_ever_for_a_table_in_use(migrated: Tree, tmp_path: Path) -> None:
    used = sorted(migrated.expected - set(TABLES))[-1]
    folder = planted(migrated, tmp_path / "tree", f"ALTER TABLE {used} ADD COLUMN late integer")
    with migrated.engine.connect() as reader:
        reader.execute(text(f"SELECT count(*) FROM {used}"))
        with pytest.raises(MigrationGivenUp, match="Somebody uses the tables that the upgrade changes; nothing was"):
            upgrade(migrated.engine, migrated.base.metadata, folder, timeouts=MigrationTimeouts(lock="50ms"))
    assert is_current(migrated.engine, migrated.folder)
    upgrade(migrated.engine, migrated.base.metadata, folder)
    assert is_current(migrated.engine, folder)


@ON_POSTGRESQL
@EACH_TREE
def test_a_step_of_a_migration_does_not_last_for_ever(migrated: Tree, tmp_path: Path) -> None:
    folder = planted(migrated, tmp_path / "tree", "SELECT pg_sleep(600)")
    with pytest.raises(MigrationGivenUp, match="took too long; nothing was changed"):
        upgrade(migrated.engine, migrated.base.metadata, folder, timeouts=MigrationTimeouts(statement="50ms"))
    assert is_current(migrated.engine, migrated.folder)


@ON_POSTGRESQL
@EACH_TREE
def test_a_migration_is_given_ten_seconds_for_a_table_and_five_minutes_for_a_step(
    migrated: Tree, tmp_path: Path
) -> None:
    told = "current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS step"
    upgrade(
        migrated.engine,
        migrated.base.metadata,
        planted(migrated, tmp_path / "tree", f"CREATE TABLE told AS SELECT {told}"),
    )
    with migrated.engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM told")).one() == ("10s", "5min")
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "0"


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
        assert keys.tables() == {"keys", "mirrored_epochs", "alembic_version"}
        assert main.tables() & keys.tables() == {"alembic_version"}


def things_of_the_engine(engine: Engine) -> set[tuple[str, str]]:
    """All that the job engine has in a database: tables, functions and types, by name."""
    query = """
        SELECT 'table', tablename::text FROM pg_tables WHERE tablename LIKE 'procrastinate%'
        UNION SELECT 'function', oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%'
        UNION SELECT 'type', typname::text FROM pg_type WHERE typname LIKE 'procrastinate%'
    """
    with engine.connect() as connection:
        return {(kind, name) for kind, name in connection.execute(text(query))}


@ON_POSTGRESQL
def test_a_downgrade_takes_away_all_that_the_job_engine_made(migrated: Tree) -> None:
    assert {kind for kind, _name in things_of_the_engine(migrated.engine)} == {"table", "function", "type"}
    migrated.down()
    assert things_of_the_engine(migrated.engine) == set()


@ON_POSTGRESQL
def test_a_downgrade_is_not_kept_from_a_column_by_a_grant_that_names_it(migrated: Tree) -> None:
    grant_main(migrated.engine)
    migrated.down()
    assert migrated.tables() == {"alembic_version"}


@ON_POSTGRESQL
def test_the_job_queue_can_be_made_anew_at_any_time(migrated: Tree) -> None:
    before = things_of_the_engine(migrated.engine)
    with migrated.engine.begin() as connection:
        connection.execute(text("SELECT procrastinate_register_worker_v1()"))
        renew_job_queue(connection)
        assert connection.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0
    assert things_of_the_engine(migrated.engine) == before


@ON_POSTGRESQL
def test_a_comparison_with_the_models_leaves_the_job_engine_alone(migrated: Tree) -> None:
    with migrated.engine.connect() as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": True})
        dropped = {step[1].name for step in compare_metadata(compared, Base.metadata) if step[0] == "remove_table"}
    assert dropped == set(TABLES)


def test_the_newest_job_queue_of_the_migrations_is_that_of_the_installed_engine() -> None:
    """If this fails, the library came with other tables: add a migration that calls `renew_job_queue` anew."""
    named = [
        found[1]
        for path in sorted((migrations_folder() / "main" / "versions").glob("*.py"))
        if (found := re.search(r'^JOB_QUEUE = "(\w+)"', path.read_text(), re.MULTILINE))
    ]
    assert named[-1] == hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:16]


@IN_TURN
def test_comments_in_review_survive_the_upgrade_undecided_and_unnumbered(empty: Pair) -> None:
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0002")
        with Session(tree.engine) as session:
            for statement in _OLD_ROWS:
                session.execute(text(statement))
            old = text("INSERT INTO comments (id, wave_id, question, sealed) VALUES (:id, 1, 'F2', :sealed)")
            session.execute(old, {"id": bytes(16), "sealed": b"sealed"})
            session.commit()
        tree.up()
        with tree.engine.connect() as connection:
            row = connection.execute(text("SELECT sealed, decision, redacted FROM comments")).one()
    assert (bytes(row.sealed), row.decision, row.redacted) == (b"sealed", "undecided", None)


@IN_TURN
def test_an_older_programme_has_its_words_in_english(empty: Pair) -> None:
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0004")
        with Session(tree.engine) as session:
            for statement in _OLD_ROWS:
                session.execute(text(statement))
            session.commit()
        tree.up()
        with Session(tree.engine) as session:
            assert words_of(programme_by_id(session, 1)) == {"en": {"focus": "race", "word": "reverse"}}


@IN_TURN
def test_older_staff_are_found_by_the_one_spelling_of_their_address(empty: Pair) -> None:
    add = text("INSERT INTO staff (id, organisation_id, name, email, role) VALUES (:id, 1, 'Ana', :email, 'reviewer')")
    emails = ["ana@bücher.example", "bo@example.com", "cy@bücher.example", "cy@xn--bcher-kva.example", "dee"]
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0004")
        with Session(tree.engine) as session:
            session.execute(text(_OLD_ROWS[0]))
            session.execute(add, [{"id": number, "email": email} for number, email in enumerate(emails, start=1)])
            session.commit()
        tree.up()
        with Session(tree.engine) as session:
            found = session.scalars(text("SELECT email FROM staff ORDER BY id")).all()
    assert found == ["ana@xn--bcher-kva.example", *emails[1:]]


_FORMER = (StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR, StaffRole.REVIEWER)


@IN_TURN
def test_whoever_had_access_keeps_it_and_who_has_lost_it_gets_it_back_by_no_downgrade(empty: Pair) -> None:
    add = text("INSERT INTO staff (id, organisation_id, name, email, role) VALUES (:id, 1, 'Ana', :email, :role)")
    owner = "INSERT INTO organisations (id, name, approves_rosters, domains) VALUES (1, 'Example', false, '[]')"
    accounts = [{"id": n, "email": f"ana{n}@example.com", "role": role} for n, role in enumerate(_FORMER, start=1)]
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0027")
        with Session(tree.engine) as session:
            session.execute(text(owner))
            session.execute(add, accounts)
            session.commit()
        tree.up()
        with Session(tree.engine) as session:
            kept = [(one.email, one.role) for one in staff_of(session, 1)]
            session.get_one(StaffMember, 1).is_removed = True
            session.commit()
        downgrade(tree.engine, tree.base.metadata, tree.folder, "0027")
        with Session(tree.engine) as session:
            found = session.scalars(text("SELECT email FROM staff ORDER BY id")).all()
    assert kept == [(one["email"], one["role"]) for one in accounts]
    assert found == ["removed-1@invalid", "ana2@example.com", "ana3@example.com"]


_NAMES = (
    "invitation",
    "invitation-2",
    "reminder-1",
    "reminder-12",
    "extension",
    "cancellation",
    "results",
    "unreported",
)


@IN_TURN
def test_a_mail_has_the_same_name_before_and_after_it_has_a_number(empty: Pair) -> None:
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0004")
        with Session(tree.engine) as session:
            insert_old_mails(session)
        tree.up()
        with Session(tree.engine) as session:
            batches = session.scalars(select(Batch).order_by(Batch.id))
            sent = (sent_mail(session, number) for number in range(1, len(_NAMES) + 1))
            assert [str(one.mail) for one in batches] == [str(one.mail) for one in sent if one] == list(_NAMES)
        downgrade(tree.engine, tree.base.metadata, tree.folder, "0012")
        with tree.engine.connect() as connection:
            for table in ("mail_batches", "deliveries"):
                assert tuple(connection.scalars(text(f"SELECT mail FROM {table} ORDER BY id"))) == _NAMES


def insert_old_mails(session: Session) -> None:
    """One mail of each name, to one person, as they were before."""
    for statement in (*_OLD_ROWS, _OLD_PERSON):
        session.execute(text(statement))
    for number, name in enumerate(_NAMES, start=1):
        for statement in (_OLD_BATCH, _OLD_DELIVERY):
            session.execute(text(statement), {"id": number, "mail": name})
    session.commit()


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


_ACCOUNT = """
INSERT INTO staff (id, organisation_id, name, email, role, is_removed)
VALUES (:id, 1, :name, :email, :role, :out)
"""
_NAMED = """
INSERT INTO programmes (id, organisation_id, name, word, focus, minimum_group_size, time_zone, contact_name,
  contact_email, reviewer_name, translated)
VALUES (:id, 1, 'Pilot', 'reverse', 'race', 5, 'Europe/Paris', 'Ana', :contact, :reviewer, '{}')
"""
_ACCOUNTS = (
    ("Ana", "ana@example.com", "coordinator", False),
    ("Rea", "rea@example.com", "reviewer", False),
    ("Two", "two@example.com", "reviewer", False),
    ("Two", "too@example.com", "reviewer", False),
    ("Cem", "cem@example.com", "coordinator", False),
    ("Gone", "gone@example.com", "reviewer", True),
)
# (contact's address, reviewer's name) of a programme, and whose accounts these are taken for; 7 is made.
_TAKEN_FOR = {
    ("Ana@example.com", "Rea"): (1, 2),
    ("new@example.com", "Two"): (7, None),
    ("New@Example.com", "Cem"): (7, None),
    ("gone@example.com", "Gone"): (None, None),
}


@IN_TURN
def test_a_name_is_taken_for_whoever_bears_it_alone_and_a_contact_for_whoever_has_the_address(empty: Pair) -> None:
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0028")
        with Session(tree.engine) as session:
            session.execute(text("INSERT INTO organisations VALUES (1, 'Example', NULL, false, '[]')"))
            for number, (name, email, role, out) in enumerate(_ACCOUNTS, start=1):
                values = {"id": number, "name": name, "email": email, "role": role, "out": out}
                session.execute(text(_ACCOUNT), values)
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SELECT setval(pg_get_serial_sequence('staff', 'id'), 6)"))
            for number, (contact, reviewer) in enumerate(_TAKEN_FOR, start=1):
                session.execute(text(_NAMED), {"id": number, "contact": contact, "reviewer": reviewer})
            session.commit()
        tree.up()
        with Session(tree.engine) as session:
            found = session.execute(text("SELECT contact_id, reviewer_id FROM programmes ORDER BY id")).all()
            made = session.get_one(StaffMember, 7)
            assert [tuple(row) for row in found] == list(_TAKEN_FOR.values())
            assert (made.name, made.email, made.role, made.is_limited) == ("Ana", "new@example.com", "contact", False)
        downgrade(tree.engine, tree.base.metadata, tree.folder, "0028")
        with Session(tree.engine) as session:
            has_access = session.scalars(text("SELECT email FROM staff WHERE NOT is_removed ORDER BY id")).all()
    assert has_access == [email for _name, email, _role, out in _ACCOUNTS if not out]


# What stood in the log before entries said whose they are: actor, subject, and whose that is.
_LOGGED = (
    ("service", "programme 1", 1),
    ("service", "programme 1, participant 5", 1),
    ("service", "wave 1", 1),
    ("service", "wave 11", None),
    ("staff 7", "programme-1-changes.csv", 1),
    ("staff 7 by command line", "kickoff.csv", 1),
    ("service", "staff 7", 1),
    ("command line", "organisation 1", 1),
    ("service", "an unknown link", None),
    ("command line", "main database", None),
)


@IN_TURN
def test_entries_of_an_older_log_are_given_to_whose_they_are(empty: Pair) -> None:
    add = text("INSERT INTO audit_log (id, at, actor, act, subject) VALUES (:id, :at, :actor, 'did', :subject)")
    staff = (
        "INSERT INTO staff (id, organisation_id, name, email, role) VALUES (7, 1, 'Ana', 'a@example.com', 'reviewer')"
    )
    with ExitStack() as stack:
        tree = tree_of(stack, empty, "main")
        upgrade(tree.engine, tree.base.metadata, tree.folder, "0003")
        with Session(tree.engine) as session:
            for row in (*_OLD_ROWS, staff):
                session.execute(text(row))
            for number, (actor, subject, _owner) in enumerate(_LOGGED, start=1):
                values = {"id": number, "at": "2027-03-01 09:00:00", "actor": actor, "subject": subject}
                session.execute(add, values)
            session.commit()
        tree.up()
        with Session(tree.engine) as session:
            found = session.scalars(text("SELECT organisation_id FROM audit_log ORDER BY id")).all()
    assert found == [owner for _actor, _subject, owner in _LOGGED]
