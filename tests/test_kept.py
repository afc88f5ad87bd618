"""A wave that is put into empty databases is the one that was opened, and others follow it."""

from feedback.demo.mailbox import Mailbox
from tests.databases import PostgresServer, SqliteServer
from tests.kept import everything
from tests.killing import fresh_world


def test_what_is_put_is_what_was_made_and_the_next_gets_the_next_number(
    server: SqliteServer | PostgresServer, environment: dict[str, str], mailbox: Mailbox, kind: str
) -> None:
    with (
        fresh_world(server, environment, mailbox, kind) as (first, _),
        fresh_world(server, environment, mailbox, kind) as (second, _),
    ):
        assert first.open_wave(7, 8) == second.open_wave(7, 8)
        assert everything(first) == everything(second)
        assert [world.open_wave(7, 8) for world in (first, second)] == [2, 2]
        assert everything(first) != everything(second)
