"""Promise: after a restore nobody is thanked for an answer that is lost, and no wave is closed or mailed twice.

Whoever restores a database from a copy brings back what was true then. Copies are put back row by row here; the
database's own tools do it in tests/promises/test_backups.py.
"""

import pytest

from feedback.domain.epochs import RestoreDoubt
from feedback.domain.errors import DatabasesDiffer, WaveClosed
from feedback.domain.waves.states import News, WaveState
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.enter_step import see_epochs
from feedback.services.waves.stop_lost_waves import resume_stopped_waves
from feedback.storage.reports import StoredReport
from feedback.storage.waves import wave_by_id
from feedback.worker.restore_watch import restore_doubts
from tests.answering import opened, respond
from tests.promises.closing import (
    Stopped,
    answered_wave,
    begin,
    finish,
    how_many,
    rows_left,
    state_of,
    stop_after,
)
from tests.restoring import copy_keys, copy_main, put_back
from tests.world import World, noted


def tick(world: World) -> tuple[RestoreDoubt, ...]:
    """What a worker does in one tick: it looks, and only if it does not doubt does what is due."""
    with world.session() as session:
        doubts = restore_doubts(session, world.keys, world.clock)
        if not doubts:
            resume_stopped_waves(session, now=world.clock())
    if not doubts:
        world.do_what_is_due()
    return doubts


def step_counts(world: World) -> tuple[int, int]:
    with world.session() as session:
        compared = see_epochs(session, world.keys)
    return len(compared.main), len(compared.keys)


def test_every_step_that_cannot_be_undone_is_known_to_both_databases(world: World) -> None:
    assert step_counts(world) == (0, 0)
    wave = answered_wave(world)
    assert step_counts(world) == (1, 1)
    world.close(wave)
    # With comments that wait for review, whose key is destroyed later.
    assert step_counts(world) == (3, 3)


def test_nothing_that_participants_do_begins_an_epoch(world: World) -> None:
    wave = world.open_wave()
    before = step_counts(world)
    respond(world, world.links(wave)[:7])
    assert step_counts(world) == before


def test_a_main_database_from_before_the_close_thanks_nobody_and_closes_nothing(world: World) -> None:
    wave = answered_wave(world)
    links, yesterday = world.links(wave), copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    assert state_of(world, wave) == WaveState.OPEN
    world.clock.pass_time(days=-3)
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert state_of(world, wave) == WaveState.CLOSED
    with pytest.raises(WaveClosed):
        opened(world, links[0])
    assert world.client().get(f"/s/{links[0]}").status_code == 404
    world.clock.pass_time(days=30)
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert how_many(world, StoredReport.wave_id == wave) == 0
    # Nothing is destroyed: a later copy may turn up.
    assert rows_left(world, wave) == (20, 27)
    assert noted(world, "its end was lost in a restore") == [("service", f"wave {wave}")]


def test_a_sending_that_was_under_way_in_the_restored_database_is_refused(world: World) -> None:
    wave = answered_wave(world)
    link, yesterday = world.links(wave)[25], copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    world.clock.pass_time(days=-3)
    followed = opened(world, link)
    tick(world)
    assert followed.survey
    with pytest.raises(WaveClosed):
        respond(world, [link])
    assert rows_left(world, wave)[0] == 20


def test_people_are_not_told_again_that_a_wave_was_cancelled(world: World) -> None:
    wave = answered_wave(world)
    yesterday = copy_main(world)
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    put_back(world, yesterday)
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert state_of(world, wave) == WaveState.CANCELLED
    with world.session() as session:
        assert wave_by_id(session, wave).news is not News.CANCELLED


def test_no_step_is_taken_by_anybody_while_the_databases_differ(world: World) -> None:
    wave = answered_wave(world)
    second = world.planned_wave(world.new_programme(14, 13, ("",)), days=40)
    yesterday = copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    held = world.keys.purposes_held()
    with pytest.raises(DatabasesDiffer, match="feedback db restored"):
        world.open(second)
    with world.session() as session, pytest.raises(DatabasesDiffer):
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    assert state_of(world, second) != WaveState.OPEN
    assert world.keys.purposes_held()[wave] == held[wave]
    assert rows_left(world, wave) == (20, 27)


def test_a_key_store_from_before_the_close_is_emptied_again_by_itself(world: World) -> None:
    wave = answered_wave(world)
    yesterday = copy_keys(world)
    world.close(wave)
    put_back(world, yesterday)
    assert tick(world) == ()
    assert world.keys.purposes_held().get(wave, set()) <= {"comment"}
    assert len(set(step_counts(world))) == 1


def test_a_key_store_from_before_the_opening_thanks_nobody(world: World) -> None:
    first, yesterday = world.programme(), copy_keys(world)
    wave = answered_wave(world, first)
    link = world.links(wave)[25]
    put_back(world, yesterday)
    assert tick(world) == (RestoreDoubt.KEYS,)
    with pytest.raises(WaveClosed):
        opened(world, link)
    world.clock.pass_time(days=30)
    assert tick(world) == (RestoreDoubt.KEYS,)
    assert (state_of(world, wave), rows_left(world, wave)) == (WaveState.CLOSING, (20, 27))


@pytest.mark.parametrize(
    "step",
    ["opened", "attacked", "written", "committed", "followed", "scrubbed", "destruction noted", "destroyed"],
)
def test_a_crash_between_two_notes_is_no_restore_and_the_close_goes_on(world: World, step: str) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    with pytest.raises(Stopped):
        finish(world, wave, stop_after(step))
    assert tick(world) == ()
    assert tick(world) == ()
    assert state_of(world, wave) == WaveState.CLOSED
    assert how_many(world, StoredReport.wave_id == wave) == 1
    assert world.keys.purposes_held().get(wave, set()) <= {"comment"}
    assert len(set(step_counts(world))) == 1


def test_a_crash_after_the_opening_is_no_restore(world: World) -> None:
    wave = world.planned_wave(world.programme())
    world.open(wave)
    steps = world.keys.mirror.steps()
    world.keys.mirror.follow(steps[:-1])
    assert tick(world) == ()
    assert world.keys.mirror.steps() == steps
    assert state_of(world, wave) == WaveState.OPEN


def test_status_says_what_was_found_and_what_to_do(world: World) -> None:
    wave = answered_wave(world)
    yesterday = copy_main(world)
    world.close(wave)
    assert world.status().restored == ()
    put_back(world, yesterday)
    assert world.status().restored == (RestoreDoubt.MAIN,)


def test_a_process_that_holds_keys_is_not_ready_while_the_databases_differ(world: World) -> None:
    wave = answered_wave(world)
    yesterday = copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    reply = world.client().get("/readyz")
    assert reply.status_code == 503
    assert reply.text == (
        "The main database is older than the key store, so it was restored from a copy. Closed since, report missing: "
        f"wave {wave}. Nothing that cannot be undone is done. Run `feedback db restored`, which asks what is to be "
        "done.\n"
    )
