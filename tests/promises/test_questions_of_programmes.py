"""Promise: a programme's own questions are asked, counted and reported like ours, whatever its size."""

import json
from collections.abc import Collection

import pytest

from feedback.domain.survey.kinds import MANY, ONE, TEXT
from feedback.domain.survey.questionnaires import Option, Order, Question, Role
from feedback.services.waves.change_questions import Seen, add_question, replace_question, switch_questions
from feedback.services.waves.find_questionnaires import questionnaires_to_ask
from feedback.services.waves.questions_left_out import questions_of_wave
from forms.bank import pair
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.promises.closing import stored_report
from tests.web.test_staff_pages import see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

BOTH = tuple(Role)
NEVER_ASKED = {"C1", "I1", "C5"}


def a_question(text: str = "How well do the rooms suit you?", **changes: object) -> Question:
    options = tuple(Option(f"a{place}", {"en": words}) for place, words in enumerate(("Badly", "So so", "Well")))
    made = {
        "kind": ONE,
        "section": "programme",
        "options": options,
        "order": Order.RISING,
        "source": "s",
        "licence": "l",
    }
    return Question("Y1", text={"en": text}, **{**made, **changes})


def an_open_question() -> Question:
    return a_question("What else?", kind=TEXT, options=(), order=Order.NONE, required=False, max_chars=500)


def seen(world: World, programme: int, version: int) -> Seen:
    return Seen(programme, version, world.clock(), "test")


def switch_off(world: World, programme: int, off: Collection[str], stage: str = "kickoff", version: int = 0) -> None:
    with world.session() as session:
        switch_questions(session, pair(stage), off, seen(world, programme, version))


def ask(
    world: World, programme: int, question: Question, version: int, roles: Collection[Role] = BOTH, *stages: str
) -> None:
    with world.session() as session:
        add_question(session, [*map(pair, stages or ["kickoff"])], question, roles, seen(world, programme, version))


def planned(world: World, programme: int, stage: str = "kickoff") -> int:
    with world.session() as session:
        asked = questionnaires_to_ask(session, programme, pair(stage))
    return world.planned_wave(programme, questionnaires=asked, stage=stage)


def reported(world: World, wave: int) -> dict[str, set[str]]:
    """Close a wave that everybody answered, and return the codes that its report shows something of, by group."""
    world.open(wave)
    respond(world, [*world.links(wave, Role.MENTOR), *world.links(wave, Role.MENTEE)], ("It is good here.",) * 10)
    world.close(wave)
    document = json.loads(stored_report(world, wave).document)
    assert document["outcome"] == "published"
    found: dict[str, set[str]] = {}
    for one in document["statements"]:
        if {"question", "group"} <= one.keys() and "reason" not in one:
            found.setdefault(one["group"], set()).add(one["question"])
    return found


@pytest.mark.parametrize(("mentors", "mentees", "groups"), [(14, 13, {"mentor", "mentee"}), (8, 8, {"all"})])
def test_a_wave_with_own_questions_and_others_off_goes_all_the_way_to_its_report(
    world: World, mentors: int, mentees: int, groups: set[str]
) -> None:
    programme = world.programme(mentors, mentees)
    switch_off(world, programme, NEVER_ASKED)
    ask(world, programme, a_question(), 1)
    ask(world, programme, a_question("Which of these help?", kind=MANY, order=Order.NONE), 2)
    ask(world, programme, an_open_question(), 3)
    found = reported(world, planned(world, programme))
    assert groups <= found.keys()
    for group in groups:
        assert {"Y1", "Y2", "C2", "S1", "V1"} <= found[group]
    assert not NEVER_ASKED & set().union(*found.values())
    shown = see(signed_in(world), "/staff/waves/1/report")
    assert "How well do the rooms suit you?" in shown


def test_in_a_small_programme_a_question_that_one_role_lacks_leaves_the_others_whole(world: World) -> None:
    """In English alone for mentors, ours in five languages for mentees: each would be another question."""
    programme = world.programme(8, 8)
    ask(world, programme, a_question(), 0, [Role.MENTOR])
    wave = planned(world, programme)
    with world.session() as session:
        asked = questions_of_wave(session, wave)
    assert {one.languages for one in asked.values()} == {frozenset({"en"})}
    assert {"C2", "S1", "V1"} <= reported(world, wave)["all"]


def test_what_is_asked_again_in_the_same_words_is_compared(world: World) -> None:
    programme = world.programme()
    ask(world, programme, a_question(), 0, BOTH, "kickoff", "exit")
    switch_off(world, programme, {"C4"}, "exit", version=1)
    for stage in ("kickoff", "exit"):
        reported(world, planned(world, programme, stage))
    compared = see(signed_in(world), "/staff/waves/2/compared-with/1")
    assert "How well do the rooms suit you?" in compared
    assert "How able are you to share" not in compared


def test_what_is_asked_again_in_other_words_is_not_compared(world: World) -> None:
    programme = world.programme()
    ask(world, programme, a_question(), 0, BOTH, "kickoff", "exit")
    reported(world, planned(world, programme))
    with world.session() as session:
        changed = a_question("Which of the rooms suit you well?")
        replace_question(session, [pair("exit")], changed, BOTH, seen(world, programme, 1))
    reported(world, planned(world, programme, "exit"))
    compared = see(signed_in(world), "/staff/waves/2/compared-with/1")
    assert "“Which of the rooms suit you well?”, Mentors; Mentees: the words or the answers were changed" in compared
    assert "How well do the rooms" not in compared
