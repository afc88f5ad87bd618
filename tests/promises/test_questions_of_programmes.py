"""Promise: a programme's own questions are asked, counted and reported like ours, whatever its size."""

import json
from collections.abc import Collection

import pytest

from feedback.domain.survey.questionnaires import Role
from feedback.services.waves.change_questions import switch_questions
from feedback.services.waves.find_questionnaires import questionnaires_to_ask
from forms.bank import pair
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.promises.closing import stored_report
from tests.world import World

pytestmark = ON_SQLITE


def switch_off(world: World, programme: int, off: Collection[str], stage: str = "kickoff", seen: int = 0) -> None:
    with world.session() as session:
        switch_questions(session, programme, pair(stage), off, seen=seen, now=world.clock(), actor="test")


def planned(world: World, programme: int, stage: str = "kickoff") -> int:
    with world.session() as session:
        asked = questionnaires_to_ask(session, programme, pair(stage))
    return world.planned_wave(programme, questionnaires=asked, stage=stage)


def reported(world: World, wave: int) -> set[str]:
    """Close a wave that everybody answered, and return the codes of all questions that its report speaks of."""
    world.open(wave)
    respond(world, [*world.links(wave, Role.MENTOR), *world.links(wave, Role.MENTEE)])
    world.close(wave)
    document = json.loads(stored_report(world, wave).document)
    assert document["outcome"] == "published"
    return {one["question"] for one in document["statements"] if "question" in one}


@pytest.mark.parametrize(("mentors", "mentees"), [(14, 13), (8, 8)])
def test_what_is_switched_off_is_not_reported_and_all_else_is(world: World, mentors: int, mentees: int) -> None:
    programme = world.programme(mentors, mentees)
    switch_off(world, programme, {"C1", "I1"})
    found = reported(world, planned(world, programme))
    assert not {"C1", "I1"} & found
    assert {"C2", "S1", "V1"} <= found
