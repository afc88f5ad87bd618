"""Promise: after the close nothing is left, in PostgreSQL's own copies neither; and a look at a link leaves no mark.

The database samples columns, marks rows that somebody reads, and keeps both past any deletion. So it is made to do all
of that as often as it can, and then every file of both databases is read, but for the log until it is recycled.
"""

import pytest
from sqlalchemy import text

from feedback.domain.errors import WaveNotReady
from feedback.domain.links import opt_out_token, to_address
from tests.databases import ON_POSTGRESQL
from tests.promises.closing import begin, finish
from tests.promises.evidence import found, stored_bytes, what_is_where, whole_wave
from tests.promises.visits import engine_of, keys_engine_of
from tests.world import World

pytestmark = [ON_POSTGRESQL, pytest.mark.own_databases]


def sample(world: World) -> None:
    """Have PostgreSQL copy what it may of every column, as its own upkeep does now and then."""
    for engine in (engine_of(world), keys_engine_of(world)):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def test_after_the_close_no_file_of_either_database_holds_anything_of_the_wave(world: World) -> None:
    evidence = whole_wave(world)
    sample(world)
    marks = evidence.keys | evidence.sealed | evidence.unspoken
    assert found(marks, b"".join(raw for _name, raw in stored_bytes(world)))
    begin(world, evidence.wave)
    sample(world)
    finish(world, evidence.wave)
    sample(world)
    assert what_is_where(marks, dict(stored_bytes(world))) == {}


def heap_of(world: World, table: str) -> bytes:
    """Read a table's pages as they lie on disk, without a look at any row."""
    with engine_of(world).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        path = text("SELECT pg_read_binary_file(pg_relation_filepath(:table))")
        return bytes(connection.execute(path, {"table": table}).scalar_one())


def test_looking_at_a_link_marks_no_row(world: World) -> None:
    wave = world.open_new_wave()
    world.send_mails()
    before = {table: heap_of(world, table) for table in ("entitlements", "opt_outs")}
    assert all(before.values())
    for person, link in world.people_and_links(wave)[:9]:
        opt_out = to_address(opt_out_token(world.keys.opt_out_key(1), person))
        assert world.client().get(f"/s/{link}").status_code == 200
        assert world.client().get(f"/o/{opt_out}").status_code == 200
    assert {table: heap_of(world, table) for table in before} == before


def test_no_mail_leaves_while_looks_could_be_marked(world: World) -> None:
    with engine_of(world).connect().execution_options(isolation_level="REPEATABLE READ") as older:
        older.execute(text("SELECT count(*) FROM waves"))
        world.open_new_wave()
        with pytest.raises(WaveNotReady, match="older open transaction"):
            world.send_mails()
        assert world.mailbox.serials() == ()
    world.send_mails()
    assert len(world.mailbox.serials()) == 27


def test_a_few_rows_that_were_given_up_among_many_keep_no_mail_back(world: World) -> None:
    world.open_new_wave()
    many = "INSERT INTO opt_outs SELECT sha256(one::text::bytea), 1, false FROM generate_series({}, {}) one"
    with engine_of(world).connect() as connection:
        connection.execute(text(many.format(1, 20_000)))
        connection.commit()
        connection.execute(text(many.format(20_001, 20_003)))
        connection.rollback()
    world.send_mails()
    assert len(world.mailbox.serials()) == 27
