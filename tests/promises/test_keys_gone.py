"""The day named on the promise page, by which the last backup of a wave's keys is gone, holds however the wave ends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.waves.calendar import keys_gone_by
from feedback.locales.moments import day
from feedback.services.waves.late_closes import gives_up_at
from feedback.storage.keys import Purpose
from feedback.storage.waves import Wave, wave_by_id
from tests.databases import ON_SQLITE
from tests.promises.closing import answered_wave, begin
from tests.promises.test_held import hold, try_again
from tests.world import START, World

PARIS = ZoneInfo("Europe/Paris")
BACKUP_DAYS = 7
LATE = {"days": 5, "hours": 23}


def nobody_mends_it(world: World, wave: int) -> None:
    hold(world, wave)


def a_last_try_fails(world: World, wave: int) -> None:
    hold(world, wave)
    world.clock.pass_time(days=6, hours=23)
    try_again(world, wave)
    hold(world, wave)


def a_late_worker_fails(world: World, wave: int) -> None:
    world.clock.pass_time(**LATE)
    hold(world, wave)


def a_late_worker_closes(world: World, wave: int) -> None:
    world.clock.pass_time(**LATE)


def answers_can_be_opened(world: World, wave: int) -> bool:
    return Purpose.RESPONSE in world.keys.purposes_held().get(wave, set())


@pytest.mark.parametrize("end", [nobody_mends_it, a_last_try_fails, a_late_worker_fails, a_late_worker_closes])
def test_the_day_on_the_promise_page_holds_however_the_wave_ends(
    world: World, end: Callable[[World, int], None]
) -> None:
    wave = answered_wave(world)
    page = world.client().get(f"/s/{world.links(wave)[0]}").text
    with world.session() as session:
        promised = keys_gone_by(wave_by_id(session, wave).closes_at.astimezone(PARIS).date(), BACKUP_DAYS)
    assert page.count(f"is gone by {day(promised, 'en')}.") == 2
    begin(world, wave)
    end(world, wave)
    while answers_can_be_opened(world, wave):
        backed_up_at = world.clock()
        assert (backed_up_at + timedelta(days=BACKUP_DAYS)).astimezone(PARIS).date() <= promised
        world.do_what_is_due()
        world.clock.pass_time(hours=12)


@ON_SQLITE
@given(
    closes_at=st.timedeltas(timedelta(), timedelta(days=366)).map(START.__add__),
    first_try=st.timedeltas(timedelta(), timedelta(days=6)),
    backup_days=st.integers(0, 7),
)
def test_a_wave_first_tried_within_six_days_is_gone_in_time_whatever_the_clocks_do(
    closes_at: datetime, first_try: timedelta, backup_days: int
) -> None:
    wave = Wave(closes_at=closes_at, close_failed_at=closes_at + first_try, awaits_retry=False)
    last_backup = gives_up_at(wave) + timedelta(minutes=5, days=backup_days)
    assert last_backup.astimezone(PARIS).date() <= keys_gone_by(closes_at.astimezone(PARIS).date(), backup_days)


@ON_SQLITE
@given(late=st.timedeltas(timedelta(days=7), timedelta(days=400)))
def test_however_late_a_worker_comes_it_tries_for_a_day(late: timedelta) -> None:
    wave = Wave(closes_at=START, close_failed_at=START + late, awaits_retry=False)
    assert gives_up_at(wave) == START + late + timedelta(days=1)
