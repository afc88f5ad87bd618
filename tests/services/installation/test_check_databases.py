"""Databases are looked at before anything is done with them, and what is wrong has a sentence."""

from collections.abc import Iterator

import pytest

from feedback.domain.errors import DatabaseOutdated
from feedback.resources import migrations_folder
from feedback.services.installation.check_databases import (
    DatabaseState,
    Engines,
    check_databases,
    check_servers,
    database_states,
)
from tests.databases import ON_POSTGRESQL
from tests.promises.visits import engine_of, keys_engine_of
from tests.world import World


@pytest.fixture
def old(world: World) -> Iterator[Engines]:
    """The databases of `world`, with a main one that says it was served by PostgreSQL 16."""
    engines = Engines(engine_of(world), keys_engine_of(world))
    assert set(database_states(engines, migrations_folder())) == {DatabaseState.CURRENT}
    engines.main.dialect.server_version_info = (16, 4)
    yield engines
    engines.main.dialect.server_version_info = (17, 0)


@ON_POSTGRESQL
def test_a_server_that_is_too_old_is_refused_with_a_sentence(old: Engines) -> None:
    for check in (check_servers, lambda engines: check_databases(engines, migrations_folder())):
        with pytest.raises(DatabaseOutdated, match="The main database is on a server older than PostgreSQL 17"):
            check(old)
    assert database_states(old, migrations_folder())[0] is DatabaseState.TOO_OLD
