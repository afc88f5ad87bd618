"""Promise: on a full disk nothing is half done. Whoever sends is told to try again, and what was accepted stays.

SQLite is given no page more. For PostgreSQL the file of a table is put aside, and in its place lies /dev/full: the
kernel then tells the server what it tells on a full disk. So the server must keep its files on this machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, event, text
from sqlalchemy.exc import OperationalError

from feedback.domain.waves.states import WaveState
from feedback.storage.responses import count_responses
from tests.answering import ready_to_send
from tests.databases import ON_POSTGRESQL
from tests.promises.closing import rows_left, state_of
from tests.promises.visits import engine_of
from tests.world import World

pytestmark = pytest.mark.own_databases

# Answers are long: PostgreSQL keeps them in the table beside their table.
_FILES = text(
    "SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) FROM pg_class "
    "WHERE oid = to_regclass(:table) OR oid = (SELECT reltoastrelid FROM pg_class WHERE oid = to_regclass(:table)) "
    "ORDER BY oid"
)


@contextmanager
def full_disk(world: World, table: str) -> Iterator[None]:
    """Let no table grow on SQLite, on PostgreSQL this one."""
    with _sqlite_full(world) if world.kind == "sqlite" else _postgresql_full(world, table):
        yield


@contextmanager
def _sqlite_full(world: World) -> Iterator[None]:
    _limit_pages(world, "SELECT page_count FROM pragma_page_count")
    yield
    _limit_pages(world, "SELECT 1000000000")


def _limit_pages(world: World, how_many_pages: str) -> None:
    engine = engine_of(world)
    with engine.connect() as connection:
        pages = connection.scalar(text(how_many_pages))
    engine.dispose()
    event.listen(engine, "begin", lambda one: one.exec_driver_sql(f"PRAGMA max_page_count={pages}"), insert=True)


@contextmanager
def _postgresql_full(world: World, table: str) -> Iterator[None]:
    world.dispose()
    _forget_pages(engine_of(world).url)
    files = _files(engine_of(world).url, table)
    for file in files:
        file.rename(f"{file}.aside")
        file.symlink_to("/dev/full")
    yield
    world.dispose()
    for file in files:
        Path(f"{file}.aside").rename(file)


def _forget_pages(url: URL) -> None:
    """Let a copy of the files take the database's place: no page of it is in the server's memory."""
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in (
            'CREATE DATABASE "{0}_copy" TEMPLATE "{0}" STRATEGY file_copy',
            'DROP DATABASE "{0}" WITH (FORCE)',
            'ALTER DATABASE "{0}_copy" RENAME TO "{0}"',
        ):
            connection.execute(text(statement.format(url.database)))
    admin.dispose()


def _files(url: URL, table: str) -> list[Path]:
    engine = create_engine(url)
    with engine.connect() as connection:
        files = [Path(name) for name in connection.scalars(_FILES, {"table": table})]
    engine.dispose()
    return files


def stored(world: World, wave: int) -> int:
    with world.session() as session:
        return count_responses(session, wave)


def test_a_full_disk_answers_503_and_stores_nothing(world: World) -> None:
    wave = world.open_new_wave()
    link = world.links(wave)[0]
    form = ready_to_send(world, link)
    with full_disk(world, "sealed_responses"):
        page = world.client().post(f"/s/{link}/send", data=form)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert stored(world, wave) == 0
    assert world.client().post(f"/s/{link}/send", data=form).status_code == 200


def test_what_was_accepted_before_the_disk_was_full_is_counted(world: World) -> None:
    wave = world.open_new_wave()
    links = world.links(wave)
    assert {world.answer(link).status_code for link in links[:20]} == {200}
    late = [ready_to_send(world, link) for link in links[20:]]
    with full_disk(world, "sealed_responses"):
        pages = [world.client().post(f"/s/{link}/send", data=form) for link, form in zip(links[20:], late, strict=True)]
    assert {page.status_code for page in pages} == {503}
    assert stored(world, wave) == 20
    world.close(wave)
    assert (state_of(world, wave), rows_left(world, wave)) == (WaveState.CLOSED, (0, 0))


def test_an_opening_on_a_full_disk_leaves_the_wave_as_it_was(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=200, mentees=200))
    with full_disk(world, "entitlements"), pytest.raises(OperationalError, match=r"full|No space left"):
        world.open(wave)
    assert (state_of(world, wave), rows_left(world, wave)) == (WaveState.DRAFT, (0, 0))
    world.open(wave)


@ON_POSTGRESQL
def test_the_server_says_that_its_disk_is_full(world: World) -> None:
    wave = world.planned_wave(world.programme())
    with full_disk(world, "entitlements"), pytest.raises(OperationalError) as failed:
        world.open(wave)
    assert getattr(failed.value.orig, "sqlstate", None) == "53100"
