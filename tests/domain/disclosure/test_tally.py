from collections.abc import Callable

import pytest

from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.tally import FieldCount, OptionCount, Tally
from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.asked import asked_questions
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Order, Role

Build = Callable


def counted(tally: Tally, code: str) -> FieldCount:
    """Return the counts of the first question, among the mentors, in the field `code`."""
    return tally.field_count(tally.groups[0], tally.questions[0], code)


def test_choices_are_counted_by_option_in_the_questions_order(ask: Build, wave: Build) -> None:
    made = wave(ask("C1", 3))
    made.rate("mentor", "C1", ["2", "0", "2"])
    assert counted(made.tally, "C1") == FieldCount(3, (OptionCount("0", 1), OptionCount("1", 0), OptionCount("2", 2)))


def test_who_prefers_not_to_say_answers_the_wave_but_not_the_question(ask: Build, wave: Build) -> None:
    made = wave(ask("C1"))
    made.rate("mentor", "C1", ["1", PREFER_NOT_TO_SAY])
    assert (made.tally.answered(made.groups[0]), counted(made.tally, "C1").n) == (2, 1)


def test_none_of_these_answers_the_question_and_ticks_nothing(ask_many: Build, wave: Build) -> None:
    made = wave(ask_many("B1", options=2))
    made.rate("mentor", "B1", [NONE_OF_THESE, ("0", "1"), ("1",)])
    assert counted(made.tally, "B1") == FieldCount(3, (OptionCount("0", 1), OptionCount("1", 2)))


def test_groups_are_counted_apart(ask: Build, wave: Build) -> None:
    made = wave(ask("C1"))
    made.rate("mentor", "C1", ["0"] * 3)
    made.rate("mentee", "C1", ["0"] * 4)
    assert [made.tally.answered(group) for group in made.groups] == [3, 4]
    assert counted(made.tally, "C1").n == 3


def test_then_and_now_are_counted_apart(ask: Build, wave: Build) -> None:
    made = wave(ask("C1", 2, then_now=True))
    made.tally.add("mentor", Role.MENTOR, Answer({"C1-then": "0", "C1-now": "1"}))
    assert [[one.count for one in counted(made.tally, field).counts] for field in ("C1-then", "C1-now")] == [
        [1, 0],
        [0, 1],
    ]


def test_only_written_comments_are_counted(ask_open: Build, wave: Build) -> None:
    made = wave(ask_open("F1"))
    for text in ("More time.", ""):
        made.tally.add("mentor", Role.MENTOR, Answer({}, {"F1": text}))
    assert made.tally.wrote(made.groups[0], made.tally.questions[0]) == 1


def test_two_wordings_of_one_code_are_counted_apart_in_the_same_group(
    ask: Build, wave: Build, everybody: tuple[Group, ...]
) -> None:
    mentor, mentee = ask("C1", text={"en": "Raise?"}), ask("C1", text={"en": "Discuss?"})
    made = wave(mentor=(mentor,), mentee=(mentee,), groups=everybody)
    made.rate("all", "C1", ["0"], Role.MENTOR)
    made.rate("all", "C1", ["1", "1"], Role.MENTEE)
    tally = made.tally
    assert [tally.field_count(everybody[0], asked, "C1").n for asked in tally.questions] == [1, 2]


def test_an_answer_that_does_not_fit_leaves_the_tally_as_it_was(ask: Build, wave: Build) -> None:
    made = wave(ask("C1"), ask("C2"))
    with pytest.raises(AnswerRefused):
        made.tally.add("mentor", Role.MENTOR, Answer({"C1": "0", "C2": "9"}))
    assert (made.tally.answered(made.groups[0]), counted(made.tally, "C1").n) == (0, 0)


@pytest.mark.parametrize("group", ["nobody", "mentee"])
def test_an_answer_for_a_group_that_its_role_is_not_in_is_refused(ask: Build, wave: Build, group: str) -> None:
    with pytest.raises(ValueError, match="no such group"):
        wave(ask("C1")).tally.add(group, Role.MENTOR, Answer({"C1": "0"}))


def test_equal_words_are_one_question_put_to_both_roles(ask: Build, wave: Build) -> None:
    asked = asked_questions(wave(ask("C1")).questionnaires)
    assert [one.roles for one in asked] == [(Role.MENTOR, Role.MENTEE)]


def test_equal_words_with_another_order_are_two_questions(ask: Build, wave: Build) -> None:
    made = wave(mentor=(ask("C1"),), mentee=(ask("C1", order=Order.FALLING),))
    assert [one.roles for one in asked_questions(made.questionnaires)] == [(Role.MENTOR,), (Role.MENTEE,)]


def test_wordings_of_one_code_stand_side_by_side(ask: Build, wave: Build) -> None:
    made = wave(mentor=(ask("C1"), ask("C2")), mentee=(ask("C1", text={"en": "Other?"}), ask("C3"), ask("C2")))
    assert [one.question.code for one in asked_questions(made.questionnaires)] == ["C1", "C1", "C2", "C3"]


def test_memory_does_not_grow_with_the_number_of_answers(ask: Build, wave: Build) -> None:
    made = wave(ask("C1", 2))
    made.rate("mentor", "C1", ["0", "1"])
    cells = [len(part) for part in vars(made.tally).values() if hasattr(part, "__len__")]
    made.rate("mentor", "C1", ["0", "1"] * 500)
    assert [len(part) for part in vars(made.tally).values() if hasattr(part, "__len__")] == cells
