"""`feedback status`: a short table for people, an exit code for watchers, JSON for scripts."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from feedback.domain.clocks import ClockDoubt
from feedback.domain.waves.states import WaveState
from feedback.services.installation.clock_doubts import CLOCK_DOUBTS
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.heartbeat import Heartbeat, record_doubt, record_heartbeat
from feedback.storage.waves import Wave
from tests.cli.test_commands import output, run
from tests.databases import ON_SQLITE
from tests.promises.visits import engine_of, keys_engine_of
from tests.storage.test_room import without_room
from tests.world import World


def tick(world: World) -> None:
    with world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, world.clock())


def late_wave(world: World) -> int:
    wave = world.open_wave(days=14)
    world.send_mails()
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    world.clock.pass_time(days=7, hours=2)
    return wave


@pytest.mark.usefixtures("sound_server")
def test_a_service_that_is_well_says_so_and_exits_with_0(world: World) -> None:
    world.open_wave()
    world.send_mails()
    tick(world)
    told = output(world, "status", "--check")
    assert "All is well." in told
    assert "27 accepted" in told
    assert "Pilot, kickoff: open; next: look, 2027-03-08 09:00:00 UTC" in told


def test_a_service_without_a_worker_says_so_and_exits_with_1(world: World) -> None:
    result = run(world, "status", "--check")
    assert result.exit_code == 1
    assert "No worker is at work: none has reported yet. Start `feedback work`." in result.output
    assert run(world, "status").exit_code == 0


def test_what_waits_says_until_when_and_what_lets_it_go(world: World) -> None:
    wave = world.open_wave()
    with world.session() as session:
        session.execute(update(Batch).values(has_turn=True, not_before_at=world.clock() + timedelta(minutes=2)))
        session.commit()
    said = "Emails wait for their turn, so that no more go out than the mail relay allows. The next ones go at "
    assert f"Waits       Wave {wave}: {said}2027-03-01 09:02:00 UTC." in output(world, "status")
    assert f"  {said}2027-03-01 10:02 CET." in output(world, "wave", "status", str(wave))
    told = json.loads(output(world, "status", "--json"))
    assert told["waits"] == [{"wave": wave, "for": "turn", "until": "2027-03-01T09:02:00+00:00"}]


def test_what_is_late_is_named_with_its_age(world: World) -> None:
    wave = late_wave(world)
    tick(world)
    result = run(world, "status", "--check")
    assert result.exit_code == 1
    assert f"Late: close of wave {wave} has been due for 2 h 0 min." in result.output


def test_a_relay_that_takes_nothing_is_named(world: World) -> None:
    world.open_wave()
    world.clock.pass_time(hours=1)
    tick(world)
    with world.session() as session:
        session.execute(update(Batch).values(not_before_at=world.clock() + timedelta(minutes=5)))
        session.execute(update(Delivery).values(fence=b"fence"))
        session.commit()
    assert "for 1 h 0 min; the mail relay does not take it." in run(world, "status").output


@pytest.mark.own_databases
@pytest.mark.parametrize("statement", ["UPDATE alembic_version SET version_num = '0001'", "DROP TABLE alembic_version"])
def test_an_outdated_database_is_named(world: World, statement: str) -> None:
    with engine_of(world).begin() as connection:
        connection.execute(text(statement))
    result = run(world, "status", "--check")
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert "The main database is not up to date: run `feedback db upgrade`." in result.output


@pytest.mark.own_databases
def test_a_key_store_that_is_gone_is_named_and_the_rest_is_told(world: World) -> None:
    tick(world)
    with keys_engine_of(world).begin() as connection:
        connection.execute(text("DROP VIEW keys_held"))
        connection.execute(text("DROP TABLE alembic_version"))
    result = run(world, "status", "--check")
    assert "The key store is not up to date" in result.output
    assert "Worker      last tick 2027-03-01 09:00:00 UTC" in result.output


# On PostgreSQL the server writes, and not this process.
@ON_SQLITE
def test_a_full_disk_is_named_and_the_rest_is_told(world: World) -> None:
    world.open_wave()
    tick(world)
    with without_room():
        result = run(world, "status", "--check")
    assert result.exit_code == 1
    assert "The main database cannot be written to, so no answer is taken" in result.output
    assert "27 queued" in result.output


@pytest.mark.usefixtures("sound_server")
def test_scripts_get_the_same_as_json(world: World) -> None:
    wave = late_wave(world)
    told = json.loads(run(world, "status", "--json").output)
    assert told["due"] == [{"act": "close", "wave": wave, "since": "2027-03-15T09:00:00+00:00", "put_off": False}]
    assert (told["mails"]["accepted"], told["waves"]["open"], told["last_tick"]) == (27, 1, None)
    assert len(told["wrong"]) == 2
    assert told["running"][0]["next_act"] == "close"


def test_a_worker_that_doubts_its_clock_is_named(world: World) -> None:
    tick(world)
    with world.session() as session:
        record_doubt(session, ClockDoubt.JUMPED)
    result = run(world, "status", "--check")
    assert result.exit_code == 1
    assert f"A worker does nothing: {CLOCK_DOUBTS[ClockDoubt.JUMPED]}" in result.output


def test_keys_that_outlive_their_survey_are_named(world: World) -> None:
    wave = world.open_wave()
    tick(world)
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(state=WaveState.CANCELLED))
        session.commit()
    assert "1 waves that are over still have keys. A worker destroys them at its next tick." in output(world, "status")
