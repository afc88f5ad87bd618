"""The first page behind a link: true for choices and for texts, and silent about texts where none is asked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.questionnaires import Questionnaire, Role
from forms.bank import STAGES, pair
from tests.databases import ON_SQLITE
from tests.promises.test_sentences import plain
from tests.world import World

pytestmark = ON_SQLITE
READER = "Rea Viewer"


def page(world: World, link: str, way: str = "") -> str:
    return plain(world.client().get(f"/s/{link}{way}").text)


def without_texts(stage: str) -> Mapping[Role, Questionnaire]:
    return {
        role: replace(one, questions=tuple(question for question in one.questions if question.closed))
        for role, one in pair(stage).items()
    }


def test_who_reads_a_text_is_named_on_the_first_page_and_at_the_box(world: World) -> None:
    link = world.links(world.open_wave())[0]
    named = f"one person reads it, without your name : {READER}, who reads the comments for Example Organisation"
    assert named in page(world, link)
    assert f"{READER} reads this word for word, without your name" in plain(world.part_asking(link, "F2"))


def test_nothing_is_said_of_texts_where_none_is_asked(world: World) -> None:
    shown = page(world, world.links(world.open_wave(9, 9, questionnaires=without_texts("kickoff")))[0])
    said = [word for word in (READER, "write", "comment", "Texts", "word for word") if word in shown]
    assert "Nobody sees which answers you chose" in shown
    assert said == []


@pytest.mark.parametrize("stage", STAGES)
def test_each_role_is_told_how_long_its_own_questions_take(world: World, stage: str) -> None:
    wave = world.open_wave(9, 9, questionnaires=pair(stage), stage=stage)
    for role in Role:
        minutes = minutes_needed(pair(stage)[role])
        assert f"It takes about {minutes} minutes" in page(world, world.links(wave, role)[0])


def test_a_telephone_is_offered_to_whoever_does_not_trust_their_computer(world: World) -> None:
    assert "Use your own phone if you do not trust your work computer." in page(
        world, world.links(world.open_wave())[0]
    )
