"""Empty databases for tests: SQLite files and PostgreSQL databases, copied from a migrated template.

On PostgreSQL most tests of a process use one pair in turn, which is emptied between them (2 ms; a copy takes 200).
"""

import contextlib
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zlib import crc32

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from feedback.resources import migrations_folder
from feedback.services.installation.check_databases import Engines
from feedback.services.installation.upgrade_databases import grant_rights
from feedback.storage.database import guard_engine
from feedback.storage.grants import GroupRole
from feedback.storage.migrate import upgrade
from feedback.storage.tables import Base, KeyBase

KINDS = ("sqlite", "postgresql")
ON_SQLITE, ON_POSTGRESQL = (pytest.mark.only_on(kind) for kind in KINDS)
"""For a test, or a whole module, that asks nothing of the other one; without a mark it runs on both."""
LARGE = pytest.mark.large
"""For what `make test` has no time for: a neighbour shows the same on a smaller scale."""


def first_of(count: int, cases: Iterable[object]) -> list[object]:
    """Mark all cases but the first so many as `LARGE`."""
    return [case if place < count else pytest.param(*_as_values(case), marks=LARGE) for place, case in enumerate(cases)]


def _as_values(case: object) -> tuple[object, ...]:
    return case if isinstance(case, tuple) else (case,)


BOTH = pytest.mark.both
"""For a test, or a whole module, each of whose cases is to be seen on each database."""
IN_TURN = pytest.mark.in_turn
"""The same, of which `make test` sees one case on the one database and the next on the other."""
_EDGES = ("cli", "demo", "web")
"""They hold no statement of their own: the tests of services and of promises run theirs on both databases."""


_TURNS = ("promises", "services", "worker")
"""Their statements are those of storage, whose tests run on both. What is about files is marked `BOTH`."""


def shown_elsewhere(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Give those whose twins on the other database show as much.

    On PostgreSQL the tests of edges, and of several cases all but the first; of the others' first cases, every second
    one, and on SQLite the rest of them. Of what is marked `IN_TURN`, every second case on each.
    """
    seen = Counter[tuple[str, str]]()
    for item in items:
        kind, test = _kind_of(item), item.nodeid.partition("[")[0]
        if kind and _is_shown_elsewhere(item, kind, seen[kind, test], crc32(test.replace("::", " ").encode()) % 2):
            yield item
        seen[kind, test] += 1


def _is_shown_elsewhere(item: pytest.Item, kind: str, before: int, turn: int) -> bool:
    """Tell it of a test of which so many cases came before; on which database its first one is left out is its turn."""
    folder = Path(item.location[0]).parts[1]
    if item.get_closest_marker("only_on"):
        return folder in _EDGES and kind == "postgresql" and before > 0
    if item.get_closest_marker("in_turn"):
        return kind == KINDS[(before + turn) % 2]
    if item.get_closest_marker("both"):
        return False
    if before or folder in _EDGES:
        return kind == "postgresql"
    return folder in _TURNS and kind == KINDS[turn]


def _kind_of(item: pytest.Item) -> str:
    given = getattr(item, "callspec", None)
    return str(given.params.get("kind", "")) if given else ""


@dataclass(frozen=True)
class Pair:
    """Addresses of a main database and its key store."""

    main: str
    keys: str


def migrate(pair: Pair) -> None:
    for url, base, name in ((pair.main, Base, "main"), (pair.keys, KeyBase, "keys")):
        engine = create_engine(url)
        guard_engine(engine)
        upgrade(engine, base.metadata, migrations_folder() / name)
        engine.dispose()


class SqliteServer:
    """Hands out copies of a migrated pair of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template"
        self._template.mkdir()
        migrate(_sqlite_pair(self._template))

    def pair(self) -> contextlib.AbstractContextManager[Pair]:
        return self._copy(self._template)

    def copy_of(self, pair: Pair) -> contextlib.AbstractContextManager[Pair]:
        """Another pair with all that this one holds, and with its write-ahead logs if it is still open."""
        return self._copy(Path(str(make_url(pair.main).database)).parent)

    @contextlib.contextmanager
    def _copy(self, template: Path) -> Iterator[Pair]:
        folder = self._folder / uuid.uuid4().hex
        shutil.copytree(template, folder)
        yield _sqlite_pair(folder)
        shutil.rmtree(folder)

    def shared_pair(self) -> contextlib.AbstractContextManager[Pair]:
        """A copy as well: nothing is quicker."""
        return self.pair()

    @contextlib.contextmanager
    def unmigrated_pair(self) -> Iterator[Pair]:
        folder = self._folder / uuid.uuid4().hex
        folder.mkdir()
        yield _sqlite_pair(folder)
        shutil.rmtree(folder)


_END_ALL = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
_END_OTHERS = text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = ANY(:names)")
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
_SEQUENCES = "SELECT sequencename, start_value FROM pg_sequences ORDER BY sequencename"
_GUARD = """CREATE FUNCTION refuse_another_schema() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'other tests use this database: mark whoever changes more than rows as own_databases';
END $$;
CREATE EVENT TRIGGER refuse_another_schema ON ddl_command_end EXECUTE FUNCTION refuse_another_schema();
CREATE EVENT TRIGGER refuse_to_drop ON sql_drop EXECUTE FUNCTION refuse_another_schema()"""


class SharedDatabase:
    """A database that is emptied and used again. It refuses whatever emptying would not undo, such as a new table."""

    def __init__(self, address: str) -> None:
        self._engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with self._engine.connect() as connection:
            tables = connection.scalars(text(_TABLES)).all()
            self._emptying = [*_emptying(connection, tables)]
        # Autovacuum would write to the log whose growth some tests measure.
        self._run(f"ALTER TABLE {table} SET (autovacuum_enabled = false)" for table in tables)
        self._run([_GUARD])

    def empty(self) -> None:
        """End what earlier tests left running, delete all rows, let sequences begin again."""
        self._run(self._emptying)

    def dispose(self) -> None:
        """Let go of it, and refuse nothing any more."""
        self._run(["DROP EVENT TRIGGER refuse_another_schema", "DROP EVENT TRIGGER refuse_to_drop"])
        self._engine.dispose()

    def _run(self, statements: Iterable[str]) -> None:
        # All at once, which the driver takes without parameters only: one exchange, one transaction.
        with self._engine.connect().execution_options(no_parameters=True) as connection:
            connection.exec_driver_sql("; ".join(statements))


def _emptying(connection: Connection, tables: Iterable[str]) -> Iterator[str]:
    yield _END_ALL
    # Without it rows could be deleted in one order only; a superuser may say so.
    yield "SET LOCAL session_replication_role = replica"
    yield from (f"DELETE FROM {table}" for table in tables)
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    yield f"INSERT INTO alembic_version VALUES ('{revision}')"
    for name, start in connection.execute(text(_SEQUENCES)):
        yield f"SELECT setval('{name}', {start}, false)"


Logins = dict[GroupRole, Pair]


@contextlib.contextmanager
def logins_of(pair: Pair) -> Iterator[Logins]:
    """Grant the roles their rights on a pair, and make a login in each."""
    main, keys = create_engine(pair.main), create_engine(pair.keys)
    grant_rights(Engines(main, keys), now=datetime.now(UTC), actor="command line")
    logins = {role: f"{role}_{uuid.uuid4().hex[:8]}" for role in GroupRole}
    with main.begin() as connection:
        for role, login in logins.items():
            connection.execute(text(f"CREATE ROLE {login} LOGIN PASSWORD 'secret' IN ROLE {role}"))
    # Emptying ends whatever else is connected.
    main.dispose()
    keys.dispose()
    yield {role: Pair(_as(pair.main, login), _as(pair.keys, login)) for role, login in logins.items()}
    for engine in (main, keys):
        with engine.begin() as connection:
            for login in logins.values():
                connection.execute(text(f"DROP OWNED BY {login}"))
    with main.begin() as connection:
        for login in logins.values():
            connection.execute(text(f"DROP ROLE {login}"))
    main.dispose()
    keys.dispose()


def _as(address: str, login: str) -> str:
    return make_url(address).set(username=login, password="secret").render_as_string(hide_password=False)


class SharedPair:
    """A pair that the tests of this process use one after another; with `roles`, their logins have rights on it."""

    def __init__(self, server: "PostgresServer", *, roles: bool) -> None:
        self._kept = contextlib.ExitStack()
        self._pair = self._kept.enter_context(server.pair())
        self.logins = self._kept.enter_context(logins_of(self._pair)) if roles else {}
        self._databases = SharedDatabase(self._pair.main), SharedDatabase(self._pair.keys)

    def empty(self) -> Pair:
        """Make it as good as new."""
        for database in self._databases:
            database.empty()
        return self._pair

    def close(self) -> None:
        """Drop it."""
        for database in self._databases:
            database.dispose()
        self._kept.close()


class PostgresServer:
    """Hands out copies of a migrated pair of databases, on a server of its own or TEST_DATABASE_URL's."""

    def __init__(self, address: str) -> None:
        self._url = make_url(address).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._main, self._keys = f"template_main_{os.getpid()}", f"template_keys_{os.getpid()}"
        self._create(self._main)
        self._create(self._keys)
        migrate(self._pair(self._main, self._keys))
        self._kept = contextlib.ExitStack()

    def pair(self) -> contextlib.AbstractContextManager[Pair]:
        return self._named(self._main, self._keys)

    def copy_of(self, pair: Pair) -> contextlib.AbstractContextManager[Pair]:
        """Another pair with all that this one holds; whoever is connected to this one is cut off."""
        main, keys = (str(make_url(url).database) for url in (pair.main, pair.keys))
        with self._admin.connect() as connection:
            connection.execute(_END_OTHERS, {"names": [main, keys]})
        return self._named(main, keys)

    @contextlib.contextmanager
    def told(self, **settings: str) -> Iterator[None]:
        """Have the server set otherwise for a while."""
        with self._admin.connect() as connection:
            before = {name: str(connection.scalar(text(f"SHOW {name}"))) for name in settings}
            self._tell(connection, settings)
            yield
            self._tell(connection, before)

    @staticmethod
    def _tell(connection: Connection, settings: dict[str, str]) -> None:
        for name, value in settings.items():
            connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
        connection.execute(text("SELECT pg_reload_conf()"))
        while any(connection.scalar(text(f"SHOW {name}")) != value for name, value in settings.items()):
            pass

    @contextlib.contextmanager
    def shared_pair(self) -> Iterator[Pair]:
        """The pair that the tests of this process use one after another, as good as new."""
        yield self._shared.empty()

    @contextlib.contextmanager
    def shared_pair_with_roles(self) -> Iterator[Pair]:
        """Another such pair, on which each role has its rights and a login."""
        yield self._shared_with_roles.empty()

    @property
    def logins(self) -> Logins:
        """Who may use the shared pair with roles."""
        return self._shared_with_roles.logins

    @contextlib.contextmanager
    def unmigrated_pair(self) -> Iterator[Pair]:
        with self._named("template0", "template0") as pair:
            yield pair

    @cached_property
    def _shared(self) -> SharedPair:
        return self._shared_for(roles=False)

    @cached_property
    def _shared_with_roles(self) -> SharedPair:
        return self._shared_for(roles=True)

    def _shared_for(self, *, roles: bool) -> SharedPair:
        shared = SharedPair(self, roles=roles)
        self._kept.callback(shared.close)
        return shared

    def stop(self) -> None:
        self._kept.close()
        self._drop(self._main)
        self._drop(self._keys)
        self._admin.dispose()

    @contextlib.contextmanager
    def _named(self, main_template: str, keys_template: str) -> Iterator[Pair]:
        name = uuid.uuid4().hex
        self._create(f"main_{name}", main_template)
        self._create(f"keys_{name}", keys_template)
        yield self._pair(f"main_{name}", f"keys_{name}")
        self._drop(f"main_{name}")
        self._drop(f"keys_{name}")

    def _pair(self, main: str, keys: str) -> Pair:
        return Pair(self._address(main), self._address(keys))

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _create(self, name: str, template: str = "template0") -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))

    def _drop(self, name: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def _sqlite_pair(folder: Path) -> Pair:
    return Pair(f"sqlite:///{folder}/feedback.sqlite", f"sqlite:///{folder}/keys.sqlite")
