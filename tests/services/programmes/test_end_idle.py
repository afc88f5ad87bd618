"""A programme that nobody ends is ended by the service, announced, and never by a clock that was wrong for a while."""

from datetime import date

import pytest

from feedback.domain.staff import Reviewer
from feedback.services.programmes.end_idle import end_idle
from feedback.services.programmes.end_programme import take_back_end
from feedback.services.programmes.show_ending import EndingView, ending_view
from feedback.services.roster.import_roster import import_roster
from feedback.services.support.read_support_requests import read_support_requests
from feedback.services.waves.cancel_wave import cancel_wave
from tests.answering import respond
from tests.ending import known
from tests.promises.closing import spread
from tests.reviewing import newly_reviewed_wave
from tests.world import World, noted, roster_csv

DAYS = 365


def look(world: World, programme: int = 1) -> EndingView | None:
    """What comes of the worker's look for programmes in which nothing happens."""
    with world.session() as session:
        end_idle(session, days=DAYS, now=world.clock())
    with world.session() as session:
        return ending_view(session, programme)


def closed(world: World) -> None:
    wave = world.open_wave()
    respond(world, spread(world, wave, 20))
    world.close(wave)


def test_it_ends_so_long_after_its_last_survey_and_names_stay_for_thirty_days(world: World) -> None:
    closed(world)
    world.clock.pass_time(days=DAYS - 1, hours=23)
    assert look(world) is None
    world.clock.pass_time(hours=2)
    ending = look(world)
    assert ending is not None
    assert (ending.is_by_itself, ending.purge_on) == (True, date(2028, 4, 13))
    assert noted(world, "ended: nothing has happened for long") == [("service", "programme 1")]
    assert look(world) == ending


def test_without_a_survey_it_counts_from_the_last_change_of_anything(world: World) -> None:
    programme = world.programme()
    world.clock.pass_time(days=300)
    with world.session() as session:
        import_roster(session, world.keys, programme, roster_csv(15, 13), now=world.clock(), actor="staff 1")
    world.clock.pass_time(days=300)
    assert look(world) is None
    with world.session() as session:
        reader = Reviewer(1, "staff 1", is_owner=True)
        read_support_requests(session, world.keys, programme, now=world.clock(), reader=reader)
    world.clock.pass_time(days=70)
    assert look(world) is not None


def test_a_programme_with_a_survey_under_way_or_comments_in_review_goes_on(world: World) -> None:
    world.planned_wave(world.programme(), days=900)
    newly_reviewed_wave(world)
    world.clock.pass_time(days=40)
    with world.session() as session:
        end_idle(session, days=30, now=world.clock())
    with world.session() as session:
        assert [ending_view(session, number) for number in (1, 2)] == [None, None]


def test_a_cancellation_counts_like_a_close(world: World) -> None:
    wave = world.open_wave()
    world.clock.pass_time(days=10)
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="staff 1")
    world.clock.pass_time(days=DAYS - 5)
    assert look(world) is None
    world.clock.pass_time(days=6)
    assert look(world) is not None


def test_an_end_that_was_taken_back_counts_anew(world: World) -> None:
    closed(world)
    world.clock.pass_time(days=DAYS + 1)
    assert look(world) is not None
    with world.session() as session:
        take_back_end(session, 1, now=world.clock(), actor="staff 1")
    world.clock.pass_time(days=DAYS - 1)
    assert look(world) is None
    world.clock.pass_time(days=2)
    assert look(world) is not None


def test_an_end_by_a_clock_in_the_future_is_undone_once_it_is_right(world: World) -> None:
    closed(world)
    right = world.clock()
    world.clock.pass_time(days=DAYS + 1)
    assert look(world) is not None
    world.clock.now = right
    assert look(world) is None
    assert known(world, 1).taken_back_at is None
    assert noted(world, "undid an end in the future") == [("service", "programme 1")]
    world.clock.pass_time(days=DAYS + 1)
    assert look(world) is not None


@pytest.mark.parametrize("days", [31, 400])
def test_names_are_deleted_by_themselves_in_the_end(world: World, days: int) -> None:
    closed(world)
    world.clock.pass_time(days=DAYS + 1)
    assert look(world) is not None
    world.clock.pass_time(days=days)
    world.do_what_is_due()
    world.clock.pass_time(days=1)
    world.do_what_is_due()
    assert known(world, 1).purged_at == world.clock()
