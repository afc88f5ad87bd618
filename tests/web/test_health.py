"""What watchers ask: alive, and ready."""

from sqlalchemy import create_engine, text

from tests.databases import Pair
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


def test_health_pages_say_nothing_about_anybody(world: World) -> None:
    client = world.client()
    before = [client.get(path).text for path in ("/healthz", "/readyz")]
    world.answer(world.links(world.open_wave())[0])
    assert [client.get(path).text for path in ("/healthz", "/readyz")] == before
