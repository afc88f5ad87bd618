"""Promise: nobody learns what a few people answered by subtracting two reports on nearly the same people (R11)."""

import json
from datetime import timedelta

import pytest

from feedback.domain.errors import PlanRefused
from feedback.domain.waves.states import WaveState
from feedback.reporting.forecast_words import forecast_words
from feedback.services.roster.import_roster import import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.plan_wave import WavePlan
from feedback.services.waves.preview_wave import preview_wave
from feedback.storage.waves import wave_by_id, waves_of
from forms.bank import pair
from tests.answering import respond
from tests.promises.closing import state_of, stored_report
from tests.world import World, roster_csv

K = 5


def kickoff(world: World, programme: int, answers: int = 20) -> int:
    wave = world.open(world.planned_wave(programme))
    respond(world, world.links(wave)[:answers])
    world.close(wave)
    return wave


def exit_wave(world: World, programme: int) -> int:
    return world.planned_wave(programme, stage="exit", questionnaires=pair("exit"))


def leave(world: World, programme: int, count: int) -> None:
    for number in range(count):
        with world.session() as session:
            leave_programme(session, programme, f"mentor.{number}@example.com", now=world.clock(), actor="test")


def join(world: World, programme: int, mentors: int, mentees: int) -> None:
    with world.session() as session:
        data = roster_csv(mentors, mentees)
        import_roster(session, world.keys, programme, data, now=world.clock(), actor="test")


def twins_of(world: World, wave: int) -> list[dict[str, str]]:
    with world.session() as session:
        return wave_by_id(session, wave).twins


def test_the_same_stage_is_not_planned_again_for_nearly_the_same_people(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme)
    leave(world, programme, 1)
    with pytest.raises(PlanRefused, match=r"nearly the same people \(mentor\)"):
        world.planned_wave(programme)
    with world.session() as session:
        assert len(waves_of(session, programme)) == 1


def test_whoever_becomes_a_twin_after_planning_is_not_opened(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme)
    again = world.planned_wave(programme)
    leave(world, programme, 1)
    with pytest.raises(PlanRefused, match=r"nearly the same people \(mentor\)"):
        world.open(again)
    assert state_of(world, again) == WaveState.DRAFT


@pytest.mark.parametrize(("difference", "refused"), [(0, False), (1, True), (K - 1, True), (K, False)])
def test_a_roll_out_that_differs_from_its_pilot_by_a_few_is_refused(
    world: World, difference: int, refused: bool
) -> None:
    kickoff(world, world.programme(mentors=14, mentees=13))
    roll_out = world.programme(mentors=14 + difference, mentees=13)
    if refused:
        with pytest.raises(PlanRefused, match="Pilot"):
            world.planned_wave(roll_out)
    else:
        world.open(world.planned_wave(roll_out))


def test_within_the_sequence_such_a_wave_is_labelled(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme)
    leave(world, programme, 2)
    wave = world.open(exit_wave(world, programme))
    assert twins_of(world, wave) == [{"group": "mentor", "stage": "kickoff"}]
    respond(world, world.links(wave)[:20])
    world.close(wave)
    assert json.loads(stored_report(world, wave).document)["twins"] == [{"group": "mentor", "stage": "kickoff"}]


def test_participants_are_told_before_the_first_question(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme)
    join(world, programme, mentors=15, mentees=13)
    wave = world.open(exit_wave(world, programme))
    page = world.client().get(f"/s/{world.links(wave)[0]}").text
    assert "Nearly the same people were asked before (Kick-off)" in page


def test_where_nobody_joined_or_left_nothing_is_labelled(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme)
    wave = world.open(exit_wave(world, programme))
    assert twins_of(world, wave) == []
    assert "Nearly the same people" not in world.client().get(f"/s/{world.links(wave)[0]}").text


def test_a_wave_that_published_nothing_is_nobodys_twin(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme, answers=K - 1)
    leave(world, programme, 1)
    world.open(world.planned_wave(programme))


def test_a_cancelled_wave_is_nobodys_twin(world: World) -> None:
    programme = world.programme()
    wave = world.open(world.planned_wave(programme))
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    leave(world, programme, 1)
    world.open(world.planned_wave(programme))


def test_a_wave_that_is_still_open_counts(world: World) -> None:
    programme = world.programme()
    world.open(world.planned_wave(programme))
    leave(world, programme, 1)
    with pytest.raises(PlanRefused):
        world.planned_wave(programme)


def test_within_the_sequence_the_coordinator_reads_of_it_at_planning(world: World) -> None:
    programme = world.programme()
    kickoff(world, programme)
    leave(world, programme, 2)
    plan = WavePlan(programme, "exit", pair("exit"), None, world.clock() + timedelta(days=14))
    with world.app.test_request_context(), world.session() as session:
        seen = preview_wave(session, plan, now=world.clock())
        words = forecast_words(seen.forecast, seen.twins)
    assert any("Kick-off survey asked nearly the same people (Mentors)" in one for one in words.warnings)
