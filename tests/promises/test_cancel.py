"""A cancelled wave is destroyed unopened."""

import pytest

from feedback.domain.errors import WaveNotReady
from feedback.domain.waves.states import WaveState
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.storage.comments import StoredComment
from feedback.storage.reports import StoredReport
from tests.promises.closing import answered_wave, begin, how_many, rows_left, state_of, stored_report
from tests.world import World


def cancel(world: World, wave: int) -> None:
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")


def test_a_cancelled_wave_is_destroyed_unopened(world: World) -> None:
    wave = answered_wave(world)
    cancel(world, wave)
    assert state_of(world, wave) == WaveState.CANCELLED
    assert rows_left(world, wave) == (0, 0)
    assert world.keys.purposes_held() == {}
    assert how_many(world, StoredReport.wave_id == wave) == how_many(world, StoredComment.wave_id == wave) == 0


def test_a_wave_that_cannot_finish_closing_can_be_cancelled(world: World) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    cancel(world, wave)
    assert rows_left(world, wave) == (0, 0)
    assert world.keys.purposes_held() == {}


def test_a_closed_wave_can_no_longer_be_cancelled(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    with pytest.raises(WaveNotReady):
        cancel(world, wave)
    assert stored_report(world, wave)


def test_a_cancelled_wave_can_neither_open_nor_close(world: World) -> None:
    wave = answered_wave(world)
    cancel(world, wave)
    with pytest.raises(WaveNotReady):
        world.open(wave)
    with pytest.raises(WaveNotReady):
        begin(world, wave)
