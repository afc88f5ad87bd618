"""What watchers ask: alive, and ready."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from feedback.app import create_app
from feedback.config import Serves
from tests.databases import ON_SQLITE, Pair
from tests.storage.test_room import without_room
from tests.world import World


def test_a_running_process_is_alive_and_ready(world: World) -> None:
    client = world.client()
    assert (client.get("/healthz").text, client.get("/readyz").text) == ("alive\n", "ready\n")


def test_an_outdated_database_is_not_ready_but_the_process_is_alive(world: World, databases: Pair) -> None:
    engine = create_engine(databases.main)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    client = world.client()
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


@pytest.mark.parametrize("serves", list(Serves))
def test_each_process_is_ready_when_what_it_needs_is(world: World, serves: Serves, tmp_path: Path) -> None:
    settings = world.tools.settings
    no_keys = replace(settings.vault, keys_url=f"sqlite:////{tmp_path}/no/such/folder.sqlite")
    vault = None if serves is Serves.PARTICIPANTS else no_keys
    apart = replace(world, bare=create_app(replace(settings, serves=serves, vault=vault)))
    answer = apart.client().get("/readyz")
    expected = (200, "ready\n") if serves is Serves.PARTICIPANTS else (503, "a database cannot be used\n")
    assert (answer.status_code, answer.text) == expected
    assert apart.client().get("/healthz").status_code == 200
    apart.dispose()


@ON_SQLITE
@pytest.mark.parametrize("serves", [Serves.PARTICIPANTS, Serves.STAFF])
def test_a_process_whose_disk_is_full_is_not_ready(world: World, serves: Serves) -> None:
    apart = replace(world, bare=create_app(replace(world.tools.settings, serves=serves)))
    client = apart.client()
    assert client.get("/readyz").status_code == 200
    with without_room():
        answer = client.get("/readyz")
    assert (answer.status_code, answer.text.partition(":")[0]) == (503, "a database cannot be written to")
    apart.dispose()


def test_health_pages_say_nothing_about_anybody(world: World) -> None:
    client = world.client()
    before = [client.get(path).text for path in ("/healthz", "/readyz")]
    world.answer(world.links(world.open_wave())[0])
    assert [client.get(path).text for path in ("/healthz", "/readyz")] == before
