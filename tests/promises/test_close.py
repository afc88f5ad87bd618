"""A wave closes once, whatever interrupts it, and never earlier than was announced."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from feedback.domain.errors import KeysMissing, WaveNotReady
from feedback.domain.waves.states import WaveState
from feedback.services.waves.close_wave import begin_closing
from feedback.services.waves.open_wave import open_wave
from feedback.storage.comments import StoredComment
from feedback.storage.organisations import Organisation
from feedback.storage.reports import StoredReport
from tests.databases import IN_TURN
from tests.promises.closing import (
    COMMENTS,
    HOW_MANY,
    Stopped,
    answered_wave,
    begin,
    finish,
    finish_in_a_crowd,
    how_many,
    rows_left,
    state_of,
    stop_after,
    stored_report,
)
from tests.world import World, entries_about

STEPS = (
    *("opened", "attacked", "written", "committed", "followed", "scrubbed"),
    *("destruction noted", "destroyed", "keys destroyed"),
)


def test_the_close_tells_of_every_step_in_order(world: World) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    heard: list[str] = []
    finish(world, wave, heard.append)
    assert tuple(heard) == STEPS


@IN_TURN
@pytest.mark.parametrize("step", STEPS)
def test_a_close_that_dies_after_any_step_ends_as_an_undisturbed_one(world: World, step: str) -> None:
    calm, disturbed = answered_wave(world), answered_wave(world)
    world.close(calm)
    begin(world, disturbed)
    with pytest.raises(Stopped):
        finish(world, disturbed, stop_after(step))
    world.do_what_is_due()
    assert state_of(world, disturbed) == WaveState.CLOSED
    assert stored_report(world, disturbed).statement_hash == stored_report(world, calm).statement_hash
    assert rows_left(world, disturbed) == (0, 0)
    assert world.keys.purposes_held() == {calm: {"comment"}, disturbed: {"comment"}}
    assert times_published(world, disturbed) == 1
    assert how_many(world, StoredComment.wave_id == disturbed) == len(COMMENTS)


def times_published(world: World, wave: int) -> int:
    """How often the audit log says that a wave's report was published."""
    with world.session() as session:
        return sum(entry.act.startswith("published") for entry in entries_about(session, f"wave {wave}"))


@pytest.mark.parametrize("step", ["opened", "written"])
def test_a_close_that_dies_before_the_commit_has_published_nothing(world: World, step: str) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    with pytest.raises(Stopped):
        finish(world, wave, stop_after(step))
    assert how_many(world, StoredReport.wave_id == wave) == 0
    assert rows_left(world, wave) == (HOW_MANY, 27)


def test_a_second_close_is_refused(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    with pytest.raises(WaveNotReady):
        begin(world, wave)
    with pytest.raises(WaveNotReady):
        finish(world, wave)


def test_an_open_wave_cannot_be_finished_before_it_stopped_accepting(world: World) -> None:
    wave = answered_wave(world)
    with pytest.raises(WaveNotReady):
        finish(world, wave)
    assert rows_left(world, wave) == (HOW_MANY, 27)


def test_two_workers_that_close_at_once_publish_one_report(world: World) -> None:
    wave = answered_wave(world)
    begin(world, wave)

    def attempt(_worker: int) -> bool:
        try:
            finish_in_a_crowd(world, wave)
        except WaveNotReady:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert True in set(pool.map(attempt, range(2)))
    assert how_many(world, StoredReport.wave_id == wave) == 1


def test_a_wave_does_not_close_before_its_time(world: World) -> None:
    wave = answered_wave(world)
    with world.session() as session, pytest.raises(WaveNotReady, match="cannot close earlier"):
        begin_closing(session, wave, now=world.clock(), actor="test")


def test_a_wave_closes_before_its_time_if_that_was_announced(world: World) -> None:
    wave = answered_wave(world, may_close_early=True)
    with world.session() as session:
        begin_closing(session, wave, now=world.clock(), actor="test")
    finish(world, wave)
    assert state_of(world, wave) == WaveState.CLOSED


@pytest.mark.parametrize("state", ["open", "closing", "closed"])
def test_a_wave_past_scheduled_never_gets_new_keys(world: World, state: str) -> None:
    wave = answered_wave(world)
    if state != "open":
        begin(world, wave)
    if state == "closed":
        finish(world, wave)
    world.keys.destroy_wave_keys(wave, keep_comments=False)
    with world.session() as session, pytest.raises(WaveNotReady):
        open_wave(session, world.keys, wave, now=world.clock(), actor="test")
    assert world.keys.purposes_held() == {}


def test_a_wave_whose_key_is_lost_stays_closing_and_keeps_its_responses(world: World) -> None:
    wave = answered_wave(world)
    world.keys.destroy_wave_keys(wave, keep_comments=False)
    begin(world, wave)
    with pytest.raises(KeysMissing):
        finish(world, wave)
    assert state_of(world, wave) == WaveState.CLOSING
    assert rows_left(world, wave) == (HOW_MANY, 27)


def test_a_report_is_not_signed_with_a_key_that_nobody_published(world: World) -> None:
    wave = answered_wave(world)
    with world.session() as session:
        session.scalars(select(Organisation)).one().signing_public_key = bytes(32)
        session.commit()
    begin(world, wave)
    with pytest.raises(KeysMissing, match="signing key"):
        finish(world, wave)
    assert rows_left(world, wave) == (HOW_MANY, 27)
