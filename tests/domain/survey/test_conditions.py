"""Questions that are asked only after certain answers: who is asked, what is dropped, what may be published."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.groups import EVERYBODY, Group
from feedback.domain.disclosure.publishing import publish, withhold
from feedback.domain.disclosure.statements import Distribution, GroupStatement, Reason, Sensitive, Withheld
from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.answers import Answer, check_answer
from feedback.domain.survey.drafts import Draft, answer_in
from feedback.domain.survey.questionnaire_json import dump_questionnaire, load_questionnaire
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Condition, Question, Role
from tests.domain.conftest import Wave, questionnaire_of

Build = Callable
K = 5
LOW = Condition("P1", ("0", "1"))
MENTORS = (Group("mentor", Role.MENTOR, (), 20),)


@pytest.fixture(scope="session")
def questions(ask: Build) -> tuple[Question, ...]:
    """P1; P2 after a low answer to it; P3 after the lowest answer to P2."""
    parent = ask("P1", required=True)
    child = ask("P2", required=True, shown_when=LOW)
    return parent, child, ask("P3", required=True, shown_when=Condition("P2", ("0",)))


def codes(asked: tuple[Question, ...]) -> list[str]:
    return [question.code for question in asked]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["P1"]),
        ({"P1": "0"}, ["P1", "P2"]),
        ({"P1": "2"}, ["P1"]),
        ({"P1": PREFER_NOT_TO_SAY}, ["P1"]),
        ({"P1": "1", "P2": "0"}, ["P1", "P2", "P3"]),
        ({"P1": "4", "P2": "0"}, ["P1"]),
    ],
)
def test_a_question_is_asked_only_if_its_condition_holds(
    questions: tuple[Question, ...], chosen: dict[str, str], expected: list[str]
) -> None:
    assert codes(questionnaire_of(Role.MENTOR, questions).asked_of(chosen)) == expected


def test_what_is_not_asked_may_not_be_answered(questions: tuple[Question, ...]) -> None:
    asked = questionnaire_of(Role.MENTOR, questions)
    check_answer(asked, Answer({"P1": "4"}))
    with pytest.raises(AnswerRefused, match="does not ask"):
        check_answer(asked, Answer({"P1": "4", "P2": "0"}))


def test_what_is_asked_must_be_answered(questions: tuple[Question, ...]) -> None:
    with pytest.raises(AnswerRefused, match="P2"):
        check_answer(questionnaire_of(Role.MENTOR, questions), Answer({"P1": "0"}))


def test_an_answer_whose_condition_holds_no_longer_is_dropped(questions: tuple[Question, ...]) -> None:
    draft = Draft({"P1": ("4",), "P2": ("0",), "P3": ("1",)})
    assert answer_in(questionnaire_of(Role.MENTOR, questions), draft) == Answer({"P1": "4"})


def test_a_condition_is_kept_with_its_question(questions: tuple[Question, ...]) -> None:
    asked = questionnaire_of(Role.MENTOR, questions)
    assert load_questionnaire(dump_questionnaire(asked)) == asked


def published(questions: tuple[Question, ...], answers: list[Answer]) -> dict[str, list[GroupStatement]]:
    wave = Wave({Role.MENTOR: questions}, MENTORS)
    for answer in answers:
        wave.tally.add("mentor", Role.MENTOR, answer)
    said: dict[str, list[GroupStatement]] = {}
    for one in publish(wave.tally, K).statements:
        if isinstance(one, GroupStatement):
            said.setdefault(one.question, []).append(one)
    return said


def answers_of(parents: str, children: str = "") -> list[Answer]:
    """One answer for each letter; those with a low one answer P2 with the next of `children`, or do not say."""
    following = iter(children)
    low = [{"P2": next(following, PREFER_NOT_TO_SAY)} if said in LOW.answers else {} for said in parents]
    return [Answer({"P1": said, **more}) for said, more in zip(parents, low, strict=True)]


def test_not_asked_counts_like_did_not_say(questions: tuple[Question, ...]) -> None:
    (one,) = published(questions[:2], answers_of("000111" + "44444", "012342"))["P2"]
    assert isinstance(one, Distribution)
    assert one.n == 6


def test_too_few_who_were_asked_are_withheld(questions: tuple[Question, ...]) -> None:
    said = published(questions[:2], answers_of("0011" + "4444", "0123"))
    assert [one.reason for one in said["P2"] if isinstance(one, Withheld)] == [Reason.CONDITION_HIDDEN]


@pytest.mark.parametrize("parents", ["0" * 10, "0" * 9 + "4", "0" * 6 + "1" * 4])
def test_a_question_that_hangs_on_a_banded_one_is_withheld(questions: tuple[Question, ...], parents: str) -> None:
    said = published(questions[:2], answers_of(parents, "0123401234"))
    assert [one.reason for one in said["P2"] if isinstance(one, Withheld)] == [Reason.CONDITION_HIDDEN]


def test_who_hangs_on_what_earlier_reports_forbid_is_withheld_too(questions: tuple[Question, ...]) -> None:
    wave = Wave({Role.MENTOR: questions[:2]}, MENTORS)
    for answer in answers_of("000111" + "44444", "012342"):
        wave.tally.add("mentor", Role.MENTOR, answer)
    hidden = withhold(publish(wave.tally, K), wave.tally, {("mentor", "P1")})
    said = [one for one in hidden.statements if isinstance(one, GroupStatement)]
    assert [(one.question, one.reason) for one in said] == [("P1", Reason.WITH_EARLIER), ("P2", Reason.WITH_EARLIER)]


@pytest.mark.parametrize(("role", "known"), [("mentor", "P1"), ("mentee", "P4")])
def test_a_question_that_hangs_on_another_in_each_role_is_withheld_with_either(
    ask: Build, role: str, known: str
) -> None:
    def asked(parent: str) -> tuple[Question, ...]:
        return ask(parent), ask("P2", shown_when=Condition(parent, ("0", "1")))

    everybody = Group(EVERYBODY, None, (), 40)
    wave = Wave({Role.MENTOR: asked("P1"), Role.MENTEE: asked("P4")}, (everybody,))
    for place in range(20):
        following = {"P2": str(place % 4)} if place % 5 < 2 else {}
        wave.tally.add(EVERYBODY, Role.MENTOR, Answer({"P1": str(place % 5), **following}))
        wave.tally.add(EVERYBODY, Role.MENTEE, Answer({"P4": str(place % 5), **following}))
    hidden = withhold(publish(wave.tally, K), wave.tally, {(role, known)})
    withheld = [one for one in hidden.statements if isinstance(one, Withheld) and one.reason is Reason.WITH_EARLIER]
    assert {(one.group, one.question) for one in withheld} == {(role, known), (role, "P2")}


def test_who_hangs_on_a_withheld_question_is_withheld_too(questions: tuple[Question, ...]) -> None:
    deep = [Answer({"P1": "0", "P2": "0", "P3": str(place % 5)}) for place in range(10)]
    (one,) = published(questions, deep)["P3"]
    assert isinstance(one, Withheld)
    assert one.reason is Reason.CONDITION_HIDDEN


@given(st.text("01234", min_size=K, max_size=20), st.text("01234", max_size=20))
def test_the_number_of_those_asked_tells_nothing_new(
    questions: tuple[Question, ...], parents: str, children: str
) -> None:
    said = published(questions[:2], answers_of(parents, children))
    for one in said["P2"]:
        if isinstance(one, Distribution | Sensitive):
            (parent,) = said["P1"]
            assert isinstance(parent, Distribution)
            assert one.n <= sum(count.count for count in parent.counts if count.option in LOW.answers)


def test_questions_with_different_conditions_are_counted_apart(questions: tuple[Question, ...], ask: Build) -> None:
    other = ask("P2", required=True, shown_when=Condition("P1", ("0",)))
    wave = Wave({Role.MENTOR: questions[:2], Role.MENTEE: (questions[0], other)}, MENTORS)
    assert [asked.roles for asked in wave.tally.questions if asked.question.code == "P2"] == [
        (Role.MENTOR,),
        (Role.MENTEE,),
    ]
