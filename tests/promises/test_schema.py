"""Promise: no record says who answered. The tables themselves have no place where that could be written.

Looks at the live databases, as migrated, not at the classes that describe them.
"""

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import LargeBinary, String

from feedback.storage.tables import KeyBase
from tests.databases import IN_TURN, ON_POSTGRESQL, ON_SQLITE
from tests.promises.visits import engine_of, keys_engine_of
from tests.world import World

pytestmark = [IN_TURN, pytest.mark.own_databases]

ANONYMOUS = ("entitlements", "sealed_responses")
COLUMNS = {
    "entitlements": {"digest", "wave_id", "role", "group_name"},
    "sealed_responses": {"response_key", "wave_id", "lock", "sealed"},
    "comments": {"id", "wave_id", "question", "sealed", "decision", "redacted"},
    "opt_outs": {"digest", "programme_id", "wants_no_mail"},
    "counted_receipts": {"digest", "wave_id"},
    "support_requests": {"id", "programme_id", "sealed", "expires_on", "tell_at", "is_done"},
}
PEOPLE = {"participants", "deliveries", "address_notices", "staff", "sign_ins", "sign_in_requests", "staff_sessions"}
PERSONAL = ("participant", "person", "mentor", "mentee", "email", "name_of", "address", "ip", "agent", "answered")


@pytest.fixture
def main(world: World) -> Engine:
    return engine_of(world)


def columns(engine: Engine, table: str) -> list[ReflectedColumn]:
    return inspect(engine).get_columns(table)


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_an_anonymous_table_has_these_columns_and_no_other(main: Engine, table: str) -> None:
    assert {column["name"] for column in columns(main, table)} == COLUMNS[table]


@pytest.mark.parametrize("table", ANONYMOUS)
def test_an_anonymous_table_holds_bytes_and_words_and_its_wave_only(main: Engine, table: str) -> None:
    free = [column for column in columns(main, table) if column["name"] != "wave_id"]
    assert all(isinstance(column["type"], LargeBinary | String) for column in free)


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_the_database_fills_in_nothing_by_itself(main: Engine, table: str) -> None:
    for column in columns(main, table):
        assert column["default"] is None
        assert column.get("identity") is None
        assert column.get("computed") is None
        assert column.get("autoincrement") in (False, None, "auto")


@pytest.mark.parametrize("table", [*ANONYMOUS, "comments"])
def test_an_anonymous_table_points_to_waves_and_nowhere_else(main: Engine, table: str) -> None:
    assert [key["referred_table"] for key in inspect(main).get_foreign_keys(table)] == ["waves"]


def test_nothing_points_to_an_anonymous_table(main: Engine) -> None:
    look = inspect(main)
    referred = {key["referred_table"] for name in look.get_table_names() for key in look.get_foreign_keys(name)}
    assert not referred & COLUMNS.keys()


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_the_primary_key_of_an_anonymous_table_is_random_bytes(main: Engine, table: str) -> None:
    look = inspect(main)
    (key,) = look.get_pk_constraint(table)["constrained_columns"]
    (kind,) = [column["type"] for column in columns(main, table) if column["name"] == key]
    assert isinstance(kind, LargeBinary)


@ON_SQLITE
@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_sqlite_gives_the_rows_of_an_anonymous_table_no_number(main: Engine, table: str) -> None:
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    with main.connect() as connection:
        written = connection.execute(query, {"table": table}).scalar_one()
    assert "WITHOUT ROWID" in written


@ON_SQLITE
def test_sqlite_remembers_no_highest_number(main: Engine) -> None:
    with main.connect() as connection:
        written = connection.execute(text("SELECT name, sql FROM sqlite_master")).all()
    assert not [name for name, sql in written if name == "sqlite_sequence" or "AUTOINCREMENT" in (sql or "").upper()]


@ON_POSTGRESQL
def test_postgresql_counts_nothing_in_an_anonymous_table(main: Engine) -> None:
    owned = text(
        "SELECT refobjid::regclass::text FROM pg_depend WHERE classid = 'pg_class'::regclass "
        "AND objid IN (SELECT oid FROM pg_class WHERE relkind = 'S') AND refobjsubid > 0"
    )
    with main.connect() as connection:
        assert not set(connection.execute(owned).scalars()) & COLUMNS.keys()


@ON_POSTGRESQL
def test_postgresql_keeps_no_time_of_any_transaction(main: Engine) -> None:
    with main.connect() as connection:
        assert connection.execute(text("SHOW track_commit_timestamp")).scalar_one() == "off"


def test_nothing_in_the_database_acts_by_itself(main: Engine) -> None:
    triggers = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        # Those of the job engine act on its own tables, which know batches and waves by number.
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text "
        "NOT LIKE 'procrastinate%'",
    }
    with main.connect() as connection:
        assert connection.execute(text(triggers[main.dialect.name])).all() == []


def test_no_table_outside_the_roster_and_the_mails_has_a_column_for_a_person(main: Engine) -> None:
    found = sorted(
        f"{table}.{column['name']}"
        for table in inspect(main).get_table_names()
        if table not in PEOPLE
        for column in columns(main, table)
        if any(word in column["name"].split("_") for word in PERSONAL)
    )
    assert found == ["history.person_digest", "programmes.contact_email"]


def test_the_main_database_has_no_table_of_the_key_store(main: Engine) -> None:
    assert not set(inspect(main).get_table_names()) & set(KeyBase.metadata.tables)


def test_the_key_store_holds_keys_and_which_steps_were_taken(world: World) -> None:
    engine = keys_engine_of(world)
    assert set(inspect(engine).get_table_names()) == {"keys", "mirrored_epochs", "alembic_version"}
    columns = {one["name"] for one in inspect(engine).get_columns("mirrored_epochs")}
    assert columns == {"serial", "value", "act", "wave_id"}
