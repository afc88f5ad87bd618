"""Planning: every date is checked before anybody is told of it."""

from datetime import timedelta

import pytest

from feedback.domain.errors import NotFound, PlanRefused
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.storage.waves import moments_of, questionnaires_of, wave_by_id
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.world import START, World

pytestmark = ON_SQLITE
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def planned(world: World, programme: int | None = None, **changes: object) -> int:
    """Plan a wave of two weeks that opens by hand."""
    values = {
        "programme_id": programme or world.programme(),
        "stage": "kickoff",
        "questionnaires": pair("kickoff"),
        "opens_at": None,
        "closes_at": START + 14 * DAY,
    }
    with world.session() as session:
        plan = WavePlan(**(values | changes))
        return plan_wave(session, world.keys, plan, key_backup_days=3, comment_days=30, now=START, actor="test")


def calendar(world: World, wave: int, kind: MomentKind) -> list[timedelta]:
    """When the moments of one kind are due, after the start."""
    with world.session() as session:
        return [moment.due_at - START for moment in moments_of(session, wave) if moment.kind == kind]


def test_a_wave_without_an_opening_time_is_a_draft(world: World) -> None:
    wave = planned(world)
    with world.session() as session:
        assert wave_by_id(session, wave).state == WaveState.DRAFT


def test_a_wave_with_an_opening_time_is_scheduled(world: World) -> None:
    wave = planned(world, opens_at=START + DAY)
    with world.session() as session:
        assert wave_by_id(session, wave).state == WaveState.SCHEDULED


def test_a_wave_takes_its_terms_from_programme_and_settings(world: World) -> None:
    wave = planned(world, world.programme(k=8))
    with world.session() as session:
        row = wave_by_id(session, wave)
        terms = (row.minimum_group_size, row.key_backup_days, row.comment_days, row.reviewer_name)
    assert terms == (8, 3, 30, "Rea Viewer")


def test_a_questionnaire_is_asked_in_the_programmes_words(world: World) -> None:
    wave = planned(world)
    with world.session() as session:
        asked = questionnaires_of(session, wave)[Role.MENTEE]
    assert asked.questions[0].text["en"] == "How confident are you when you talk about race and ethnicity at work?"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"opens_at": START - HOUR}, "lies in the past"),
        ({"closes_at": START}, "at least an hour"),
        ({"closes_at": START + timedelta(minutes=59)}, "at least an hour"),
        ({"opens_at": START + DAY, "closes_at": START + DAY}, "at least an hour"),
        ({"reminders_at": (START,)}, "must lie between"),
        ({"reminders_at": (START + 14 * DAY,)}, "must lie between"),
        ({"opens_at": START + 3 * DAY, "reminders_at": (START + 2 * DAY,)}, "must lie between"),
        ({"look_at": START + 15 * DAY}, "must lie between"),
        ({"look_at": START}, "must lie between"),
        ({"reminders_at": tuple(START + day * DAY for day in (1, 2, 3, 4))}, "at most 3"),
    ],
)
def test_a_date_that_cannot_be_is_refused(world: World, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(PlanRefused, match=complaint):
        planned(world, **changes)


def test_a_refused_plan_leaves_nothing(world: World) -> None:
    with pytest.raises(PlanRefused):
        planned(world, closes_at=START)
    with world.session() as session, pytest.raises(NotFound):
        wave_by_id(session, 1)


def test_a_wave_needs_a_programme(world: World) -> None:
    with pytest.raises(NotFound):
        planned(world, programme=99)


def test_an_hour_is_long_enough(world: World) -> None:
    assert planned(world, closes_at=START + HOUR)


def test_reminders_are_numbered_in_order_of_time(world: World) -> None:
    wave = planned(world, reminders_at=(START + 9 * DAY, START + 5 * DAY))
    with world.session() as session:
        found = [(m.number, m.due_at) for m in moments_of(session, wave) if m.kind == MomentKind.REMINDER]
    assert found == [(1, START + 5 * DAY), (2, START + 9 * DAY)]


def test_without_a_wish_the_look_is_half_way(world: World) -> None:
    assert calendar(world, planned(world), MomentKind.LOOK) == [7 * DAY]


def test_the_look_is_when_it_was_wished_for(world: World) -> None:
    assert calendar(world, planned(world, look_at=START + 3 * DAY), MomentKind.LOOK) == [3 * DAY]


def test_from_a_hundred_invited_there_is_a_look_a_week(world: World) -> None:
    wave = planned(world, world.programme(mentors=50, mentees=50), closes_at=START + 22 * DAY)
    assert calendar(world, wave, MomentKind.LOOK) == [7 * DAY, 14 * DAY, 21 * DAY]


def test_below_a_hundred_invited_there_is_one_look(world: World) -> None:
    wave = planned(world, world.programme(mentors=50, mentees=49), closes_at=START + 22 * DAY)
    assert calendar(world, wave, MomentKind.LOOK) == [11 * DAY]


def test_no_look_falls_on_the_close(world: World) -> None:
    wave = planned(world, world.programme(mentors=50, mentees=50), closes_at=START + 21 * DAY)
    assert calendar(world, wave, MomentKind.LOOK) == [7 * DAY, 14 * DAY]
