"""Several surveys are planned at once or not at all, in their order; what has not opened can be changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from feedback.domain.errors import ClosingRefused, OpeningRefused, PlanRefused, ReminderRefused, WaveNotReady
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.domain.waves.schedule import read_offset
from feedback.domain.waves.states import SEQUENCE, MomentKind, WaveState
from feedback.services.waves.change_plan import change_plan, show_plan
from feedback.services.waves.plan_wave import WavePlan, plan_waves
from feedback.services.waves.preview_wave import preview_waves
from feedback.services.waves.set_quiet_times import set_quiet_times
from feedback.storage.waves import Wave, moments_of, wave_by_id
from forms.bank import pair
from tests.world import START, World

DAY = timedelta(days=1)


def three(programme: int, apart: int = 90) -> list[WavePlan]:
    """The plans of the three stages, each open for two weeks."""
    return [
        WavePlan(
            programme_id=programme,
            stage=stage,
            questionnaires=pair(stage),
            opens_at=START + (1 + place * apart) * DAY,
            closes_at=START + (15 + place * apart) * DAY,
            reminders=(read_offset("+5@10:00"), read_offset("-2@10:00")),
        )
        for place, stage in enumerate(SEQUENCE)
    ]


def plan(world: World, plans: Sequence[WavePlan]) -> tuple[int, ...]:
    with world.session() as session:
        return plan_waves(session, world.keys, plans, key_backup_days=3, comment_days=30, now=START, actor="test")


def change(world: World, wave: int, **changes: object) -> None:
    with world.session() as session:
        known = show_plan(session, wave, now=world.clock()).plan
        change_plan(session, world.keys, wave, replace(known, **changes), now=world.clock(), actor="test")


def stored(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(Wave.stage).order_by(Wave.id)))


def dates(world: World, wave: int) -> tuple[object, ...]:
    with world.session() as session:
        row = wave_by_id(session, wave)
        moments = [(moment.kind, moment.due_at, moment.wish) for moment in moments_of(session, wave)]
        return row.state, row.opens_at, row.closes_at, row.may_close_early, moments


def test_three_surveys_are_stored_together(world: World) -> None:
    plan(world, three(world.programme()))
    assert stored(world) == [*SEQUENCE]


def test_one_that_cannot_be_keeps_all_from_being_stored(world: World) -> None:
    plans = three(world.programme())
    wrong = replace(plans[2], reminders=(read_offset("+40@10:00"),))
    with pytest.raises(ReminderRefused):
        plan(world, [*plans[:2], wrong])
    assert stored(world) == []


def test_one_that_the_database_refuses_takes_the_others_with_it(world: World) -> None:
    plans = three(world.programme())
    nameless = replace(plans[2], stage=None)  # type: ignore[arg-type]  # what no form can send
    with pytest.raises(IntegrityError):
        plan(world, [*plans[:2], nameless])
    assert stored(world) == []


@pytest.mark.parametrize("apart", [0, 7, -90])
def test_surveys_that_overlap_or_stand_in_the_wrong_order_are_refused(world: World, apart: int) -> None:
    plans = three(world.programme())
    moved = replace(plans[1], opens_at=START + (1 + apart) * DAY, closes_at=START + (15 + apart) * DAY)
    with pytest.raises(PlanRefused):
        plan(world, [plans[0], moved, plans[2]])
    assert stored(world) == []


def test_those_that_are_stored_already_are_seen(world: World) -> None:
    programme = world.programme()
    plan(world, three(programme)[2:])
    late = replace(three(programme)[0], closes_at=START + 182 * DAY)
    with pytest.raises(ClosingRefused):
        plan(world, [late])
    assert stored(world) == ["exit"]


def test_a_preview_says_which_one_cannot_be_and_writes_nothing(world: World) -> None:
    plans = three(world.programme(), apart=10)
    with world.session() as session:
        found = preview_waves(session, world.keys, plans, now=START)
    assert [type(one.refusal) for one in found] == [type(None), OpeningRefused, OpeningRefused]
    assert stored(world) == []


def test_a_look_falls_into_hours_in_which_emails_go_out(world: World) -> None:
    programme = world.programme(quiet=DEFAULT_QUIET_TIMES)
    sunday = datetime(2027, 3, 14, 1, 0, tzinfo=UTC)
    wave = plan(world, [replace(three(programme)[0], look_at=sunday)])[0]
    with world.session() as session:
        looks = [moment.due_at for moment in moments_of(session, wave) if moment.kind == MomentKind.LOOK]
    assert looks == [datetime(2027, 3, 15, 7, 0, tzinfo=UTC)]


def test_the_look_of_a_planned_survey_leaves_new_quiet_times_and_that_of_an_open_one_stays(world: World) -> None:
    programme = world.programme()
    night = datetime(2027, 3, 10, 1, 0, tzinfo=UTC)
    wave = plan(world, [replace(three(programme)[0], look_at=night)])[0]
    opened = world.open(world.planned_wave(world.programme(name="Another", mentors=30), look_at=night))
    with world.session() as session:
        for one in (programme, wave_by_id(session, opened).programme_id):
            set_quiet_times(session, one, DEFAULT_QUIET_TIMES, now=START, actor="test")
        looks = [
            moment.due_at for one in (wave, opened) for moment in moments_of(session, one) if moment.kind == "look"
        ]
    assert looks == [datetime(2027, 3, 10, 7, 0, tzinfo=UTC), night]


def test_a_planned_survey_is_changed_by_the_rules_of_planning(world: World) -> None:
    wave = plan(world, three(world.programme())[:1])[0]
    change(world, wave, opens_at=START + 3 * DAY, closes_at=START + 20 * DAY, may_close_early=True)
    state, opens_at, closes_at, may_close_early, moments = dates(world, wave)
    assert (state, opens_at, closes_at) == (WaveState.SCHEDULED, START + 3 * DAY, START + 20 * DAY)
    assert may_close_early
    assert [(kind, wish) for kind, _at, wish in moments] == [
        (MomentKind.REMINDER, "+5@10:00"),
        (MomentKind.LOOK, None),
        (MomentKind.REMINDER, "-2@10:00"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"opens_at": START - DAY},
        {"closes_at": START},
        {"reminders": (read_offset("+50@10:00"),)},
        {"closes_at": START + 95 * DAY},
    ],
)
def test_a_change_that_cannot_be_leaves_everything_as_it_was(world: World, changes: dict[str, object]) -> None:
    wave = plan(world, three(world.programme()))[0]
    before = dates(world, wave)
    with pytest.raises(PlanRefused):
        change(world, wave, **changes)
    assert dates(world, wave) == before


def test_a_plan_that_is_shown_and_saved_as_it_is_stays_as_it_is(world: World) -> None:
    for one in three(world.programme()):
        wave = plan(world, [one])[0]
        before = dates(world, wave)
        change(world, wave)
        assert dates(world, wave) == before


def test_what_was_opened_by_time_can_be_opened_by_hand_instead(world: World) -> None:
    wave = plan(world, three(world.programme())[:1])[0]
    change(world, wave, opens_at=None)
    assert dates(world, wave)[:2] == (WaveState.DRAFT, None)


def test_an_open_survey_is_not_changed(world: World) -> None:
    wave = world.open_wave()
    before = dates(world, wave)
    with pytest.raises(WaveNotReady):
        change(world, wave, closes_at=START + 300 * DAY)
    assert dates(world, wave) == before
