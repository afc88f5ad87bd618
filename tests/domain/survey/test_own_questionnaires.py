"""A programme's own questions: a copy of ours of which some are off."""

from dataclasses import replace

import pytest

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.survey.own_questionnaires import (
    OwnQuestionnaires,
    dump_own,
    in_order,
    load_own,
    moved,
    switched_off,
    with_question,
    without_question,
)
from feedback.domain.survey.questionnaire_files import broken_rules
from feedback.domain.survey.questionnaires import Condition, Question, Questionnaire, Role, Section
from forms.bank import pair
from tests.domain.conftest import Asker


def both(mentors: tuple[Question, ...], mentees: tuple[Question, ...]) -> OwnQuestionnaires:
    return OwnQuestionnaires({Role.MENTOR: one(Role.MENTOR, *mentors), Role.MENTEE: one(Role.MENTEE, *mentees)})


def one(role: Role, *questions: Question) -> Questionnaire:
    sections = tuple(Section(code, {"en": code}) for code in dict.fromkeys(question.section for question in questions))
    return Questionnaire(f"kickoff-{role}", 6, "kickoff", role, {"en": "Title"}, sections, questions)


def test_what_is_written_down_is_read_back() -> None:
    own = OwnQuestionnaires(pair("exit"), frozenset({"C1", "V2"}))
    assert load_own(dump_own(own)) == own


def test_what_is_off_is_not_asked_and_its_part_goes_with_it(ask: Asker) -> None:
    own = both((ask("C1"), ask("S1", section="t")), (ask("C1"), ask("S1", section="t")))
    asked = switched_off(own, {"S1"}).asked(version=3)
    for questionnaire in asked.values():
        assert [question.code for question in questionnaire.questions] == ["C1"]
        assert [section.code for section in questionnaire.sections] == ["s"]
        assert questionnaire.own_version == 3


def test_what_hangs_on_a_question_that_is_off_is_not_asked_either(ask: Asker) -> None:
    child = ask("C3", section="u", shown_when=Condition("C2", ("0",)))
    grandchild = ask("C4", section="v", shown_when=Condition("C3", ("0",)))
    own = both((ask("C1"), ask("C2", section="t"), child, grandchild), (ask("C1"),))
    assert [q.code for q in switched_off(own, {"C2"}).asked(1)[Role.MENTOR].questions] == ["C1"]


def test_codes_that_nobody_knows_are_not_kept(ask: Asker) -> None:
    assert switched_off(both((ask("C1"),), (ask("C1"),)), {"Z9"}).off == frozenset()


@pytest.mark.parametrize(("role", "word"), [(Role.MENTOR, "Mentors"), (Role.MENTEE, "Mentees")])
def test_each_role_keeps_something_to_choose(ask: Asker, ask_open: Asker, role: Role, word: str) -> None:
    mine, other = (ask("C1"), ask_open("F1")), (ask("C2"),)
    own = both(mine, other) if role is Role.MENTOR else both(other, mine)
    with pytest.raises(QuestionnaireRefused, match=word):
        switched_off(own, {"C1"})


def test_both_roles_are_asked_in_the_languages_of_both(ask: Asker) -> None:
    """Else a question put to both would be two, and a small programme would show neither."""
    shared = ask("C1", text={"en": "One", "fr": "Un"}, options=0)
    only = ask("Y1", text={"en": "Two"}, options=0)
    asked = both((shared, only), (shared,)).asked(1)
    assert [set(asked[role].questions[0].text) for role in Role] == [{"en"}, {"en"}]


def test_questions_of_both_roles_are_listed_in_the_order_of_each(ask: Asker) -> None:
    own = both(tuple(map(ask, ("A1", "B1", "D1"))), tuple(map(ask, ("C1", "B1", "E1", "D1"))))
    assert in_order(own, "s") == ("C1", "A1", "B1", "E1", "D1")


@pytest.mark.parametrize("stage", ["kickoff", "midpoint", "exit"])
def test_the_order_in_a_list_keeps_to_that_of_our_questionnaires(stage: str) -> None:
    own = OwnQuestionnaires(pair(stage))
    for questionnaire in own.known.values():
        for code, questions in questionnaire.by_section.items():
            listed = [one for one in in_order(own, code) if one in {question.code for question in questions}]
            assert listed == [question.code for question in questions]


def test_no_file_can_be_called_like_a_programmes_own() -> None:
    named = replace(pair("exit")[Role.MENTOR])
    assert OwnQuestionnaires(pair("exit")).asked(2)[Role.MENTOR].own_version == 2
    assert named.own_version is None


def codes(own: OwnQuestionnaires, role: Role) -> list[str]:
    return [question.code for question in own.known[role].questions]


def test_a_new_question_comes_last_in_its_part(ask: Asker) -> None:
    own = both((ask("C1"), ask("S1", section="t")), (ask("C1"), ask("C2"), ask("S1", section="t")))
    put = with_question(own, ask("Y1", text={"en": "Something else?"}), tuple(Role))
    assert (codes(put, Role.MENTOR), codes(put, Role.MENTEE)) == (["C1", "Y1", "S1"], ["C1", "C2", "Y1", "S1"])


def test_a_changed_question_keeps_its_place_and_is_taken_from_whom_it_is_not_asked_of(ask: Asker) -> None:
    own = both(tuple(map(ask, ("C1", "Y1", "C2"))), tuple(map(ask, ("C1", "Y1"))))
    put = with_question(own, ask("Y1", text={"en": "Other words"}), [Role.MENTOR])
    assert (codes(put, Role.MENTOR), codes(put, Role.MENTEE)) == (["C1", "Y1", "C2"], ["C1"])
    assert put.versions_of("Y1")[Role.MENTOR].text["en"] == "Other words"


def test_a_question_moves_past_what_either_role_is_asked_and_no_further(ask: Asker) -> None:
    own = both(tuple(map(ask, ("A1", "B1", "Y1"))), tuple(map(ask, ("A1", "Y1"))))
    once = moved(own, "Y1", up=True)
    assert (codes(once, Role.MENTOR), codes(once, Role.MENTEE)) == (["A1", "Y1", "B1"], ["A1", "Y1"])
    twice = moved(once, "Y1", up=True)
    assert (codes(twice, Role.MENTOR), codes(twice, Role.MENTEE)) == (["Y1", "A1", "B1"], ["Y1", "A1"])
    assert moved(twice, "Y1", up=True) == twice
    assert moved(moved(twice, "Y1", up=False), "Y1", up=False) == own


def test_what_is_moved_stays_in_its_part(ask: Asker) -> None:
    own = both((ask("A1"), ask("Y1", section="t"), ask("B1", section="t")), (ask("A1"),))
    assert moved(own, "Y1", up=True) == own
    assert codes(moved(own, "Y1", up=False), Role.MENTOR) == ["A1", "B1", "Y1"]


def test_a_deleted_question_leaves_no_mark(ask: Asker) -> None:
    own = switched_off(both((ask("C1"), ask("Y1")), (ask("C1"),)), {"Y1"})
    assert without_question(own, "Y1") == both((ask("C1"),), (ask("C1"),))


@pytest.mark.parametrize("stage", ["kickoff", "midpoint", "exit"])
def test_our_own_questionnaires_break_no_rule_as_a_programmes(stage: str) -> None:
    for questionnaire in OwnQuestionnaires(pair(stage)).asked(1).values():
        assert broken_rules(questionnaire) == ()


def test_a_rule_for_files_holds_for_what_comes_of_no_file(ask: Asker) -> None:
    broken = one(Role.MENTOR, ask("C1", required=True, source="s", licence="l", text={"fr": "Un"}))
    said = "\n".join(broken_rules(broken))
    assert "question C1: has no English text" in said
    assert "may be skipped" not in said
    assert "may be skipped" in "\n".join(broken_rules(one(Role.MENTOR, ask("C1", source="s", licence="l"))))
