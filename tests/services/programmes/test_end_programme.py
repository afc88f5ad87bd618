"""A programme ends when its surveys are over; then nothing is planned, nobody enrolled or invited by whatever door."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from feedback.domain.errors import EndRefused, NotFound, ProgrammeEnded
from feedback.domain.waves.states import OPENED, WaveState
from feedback.services.programmes.end_programme import NotOver, NotOverBecause, not_over, take_back_end
from feedback.services.programmes.show_ending import ending_view
from feedback.services.roster.approve_roster import approve_roster
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.edit_person import add_person, correct_person, let_go
from feedback.services.roster.import_roster import import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.change_questions import Seen, switch_questions
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.plan_wave import WavePlan, plan_waves
from feedback.storage.programme_endings import end as record_end
from feedback.storage.waves import Wave
from forms.bank import pair
from tests.ending import end, known, planner
from tests.reviewing import newly_reviewed_wave, release
from tests.services.roster.test_edit_person import FIRST, MIA
from tests.world import World, noted, roster_csv


def obstacles(world: World, programme: int) -> list[NotOverBecause]:
    with world.session() as session:
        return [one.why for one in not_over(session, programme, now=world.clock())]


def take_back(world: World, programme: int) -> None:
    with world.session() as session:
        take_back_end(session, programme, now=world.clock(), actor="staff 1")


def test_a_programme_ends_and_says_on_which_day_its_names_are_deleted(world: World) -> None:
    programme = world.programme()
    end(world, programme, days=10)
    with world.session() as session:
        ending = ending_view(session, programme)
    assert ending is not None
    assert (ending.ended_by, ending.purge_on, ending.purged_at) == ("Ana", date(2027, 3, 11), None)
    assert noted(world, "ended, names deleted after 10 days") == [(f"staff {planner(world)}", f"programme {programme}")]


def test_the_day_is_counted_where_the_programme_is(world: World) -> None:
    programme = world.programme()
    world.clock.pass_time(hours=14, minutes=30)
    end(world, programme, days=1)
    assert known(world, programme).purge_on == date(2027, 3, 3)


@pytest.mark.parametrize("days", [0, 181, -1])
def test_it_is_ended_for_so_many_days_as_a_page_offers(world: World, days: int) -> None:
    programme = world.programme()
    with pytest.raises(EndRefused, match="1 to 180"):
        end(world, programme, days)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (WaveState.DRAFT, NotOverBecause.PLANNED),
        (WaveState.SCHEDULED, NotOverBecause.PLANNED),
        (WaveState.OPEN, NotOverBecause.OPEN),
        (WaveState.CLOSING, NotOverBecause.CLOSING),
        (WaveState.HELD, NotOverBecause.HELD),
    ],
)
def test_a_survey_under_way_keeps_it_from_ending(world: World, state: WaveState, why: NotOverBecause) -> None:
    wave = world.open_wave() if state in OPENED else world.planned_wave(world.programme())
    with world.session() as session:
        session.execute(update(Wave).values(state=state))
        session.commit()
        assert not_over(session, 1, now=world.clock()) == (NotOver(wave, "kickoff", why),)
    with pytest.raises(EndRefused, match="not over yet"):
        end(world, 1)


def test_comments_in_review_keep_it_from_ending_until_they_are_released(world: World) -> None:
    wave = newly_reviewed_wave(world)
    assert obstacles(world, 1) == [NotOverBecause.IN_REVIEW]
    with pytest.raises(EndRefused):
        end(world, 1)
    release(world, wave)
    end(world, 1)


def test_cancelled_and_closed_surveys_keep_nothing(world: World) -> None:
    world.open_wave()
    for state in (WaveState.CANCELLED, WaveState.CLOSED):
        with world.session() as session:
            session.execute(update(Wave).values(state=state))
            session.commit()
        assert obstacles(world, 1) == []


def test_it_ends_once_and_there_must_be_one(world: World) -> None:
    programme = world.programme()
    end(world, programme)
    with pytest.raises(ProgrammeEnded, match="has ended"):
        end(world, programme)
    with pytest.raises(NotFound):
        end(world, 77)


def test_an_end_that_was_taken_back_leaves_all_as_it_was(world: World) -> None:
    programme = world.programme()
    end(world, programme)
    take_back(world, programme)
    with world.session() as session:
        assert ending_view(session, programme) is None
    assert known(world, programme).taken_back_at == world.clock()
    assert noted(world, "took back the end") == [("staff 1", f"programme {programme}")]
    world.open(world.planned_wave(programme))
    with pytest.raises(EndRefused, match="has not ended"):
        take_back(world, programme)
    with pytest.raises(EndRefused, match="not over yet"):
        end(world, programme)


def test_an_end_is_not_taken_back_once_names_are_deleted(world: World) -> None:
    programme = world.programme()
    end(world, programme)
    with world.session() as session:
        ending = known(world, programme)
        session.add(ending)
        ending.purged_at = world.clock()
        session.commit()
    with pytest.raises(EndRefused, match="deleted already"):
        take_back(world, programme)
    with pytest.raises(ProgrammeEnded, match="names were deleted"):
        world.planned_wave(programme)


def _plan_three(world: World, session: object) -> None:
    plan = WavePlan(1, "kickoff", pair("kickoff"), None, world.clock().replace(month=6))
    plan_waves(session, world.keys, [plan], key_backup_days=7, comment_days=60, now=world.clock(), actor="staff 1")


DOORS: dict[str, Callable[[World, object], object]] = {
    "plan": lambda world, _: world.planned_wave(1),
    "plan three": _plan_three,
    "import": lambda world, session: import_roster(
        session, world.keys, 1, roster_csv(3, 3), now=world.clock(), actor="staff 1"
    ),
    "import of the same": lambda world, session: import_roster(
        session, world.keys, 1, roster_csv(14, 13), now=world.clock(), actor="staff 1"
    ),
    "add": lambda world, session: add_person(session, world.keys, 1, MIA, now=world.clock(), actor="staff 1"),
    "correct": lambda world, session: correct_person(
        session, world.keys, 1, 1, FIRST, now=world.clock(), actor="staff 1"
    ),
    "let go": lambda world, session: let_go(session, 1, 1, now=world.clock(), actor="staff 1"),
    "leave": lambda world, session: leave_programme(
        session, 1, "mentor.0@example.com", now=world.clock(), actor="staff 1"
    ),
    "correct an address": lambda world, session: correct_address(
        session, 1, "mentor.0@example.com", "m@example.com", now=world.clock(), actor="staff 1"
    ),
    "questions": lambda world, session: switch_questions(
        session, pair("kickoff"), ["C1"], Seen(1, 0, world.clock(), "staff 1")
    ),
    "approve": lambda world, session: approve_roster(session, 1, "00", staff_id=1, now=world.clock()),
}


@pytest.mark.parametrize("door", DOORS)
def test_an_ended_programme_is_shut_at_every_door(world: World, door: str) -> None:
    end(world, world.programme())
    with world.session() as session, pytest.raises(ProgrammeEnded):
        DOORS[door](world, session)


@pytest.mark.parametrize("opens", [open_wave, ask_opening])
def test_a_survey_that_slipped_in_does_not_open(world: World, opens: Callable[..., object]) -> None:
    programme = world.programme()
    wave = world.planned_wave(programme)
    with world.session() as session:
        day = world.clock().date()
        record_end(session, programme, at=world.clock(), by=None, purge_on=day)
        session.commit()
        with pytest.raises(ProgrammeEnded):
            opens(session, world.keys, wave, now=world.clock(), actor="staff 1")
