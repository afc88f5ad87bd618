"""An own questionnaire starts as a copy of ours, and what may well be said of it is said."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.survey.doubts import doubts
from feedback.domain.survey.questionnaire_copies import copied
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire
from forms.bank import available, load, text_of


def read(text: str, name: str) -> Questionnaire:
    return read_questionnaire(text, f"{name}.toml")


@pytest.mark.parametrize("name", available())
def test_a_copy_without_anything_switched_off_is_the_same(name: str) -> None:
    assert copied(text_of(name), ()) == text_of(name)


@given(st.sampled_from(available()), st.data())
def test_whatever_is_switched_off_the_rest_is_a_good_questionnaire(name: str, data: st.DataObject) -> None:
    codes = [one.code for one in load(name).questions]
    off = data.draw(st.sets(st.sampled_from(codes)))
    if any(one.closed and one.code not in off for one in load(name).questions):
        left = read(copied(text_of(name), off), name)
        assert left.questions == tuple(one for one in load(name).questions if one.code not in off)
        assert {one.section for one in left.questions} == {one.code for one in left.sections}


def test_an_unknown_question_is_refused_with_those_there_are() -> None:
    with pytest.raises(QuestionnaireRefused, match=r"no question Z9; switch off some of C1, C2"):
        copied(text_of("exit-mentor"), ["Z9", "C1"])


def test_a_copy_that_asks_nothing_to_choose_from_is_refused() -> None:
    closed = [one.code for one in load("exit-mentor").questions if one.closed]
    with pytest.raises(QuestionnaireRefused, match="keep one such question"):
        copied(text_of("exit-mentor"), closed)


def changed(old: str, new: str, name: str = "kickoff-mentor") -> Iterator[str]:
    text = text_of(name)
    assert old in text
    return doubts(read(text.replace(old, new), name))


def test_a_questionnaire_without_themes_is_doubtful() -> None:
    text = "\n".join(line for line in text_of("kickoff-mentor").splitlines() if not line.startswith("theme = "))
    said = list(doubts(read(text, "kickoff-mentor")))
    assert len(said) == 1
    assert "no question has a theme" in said[0]


def test_answers_by_agreement_and_a_negative_are_doubtful() -> None:
    assert ["C1 asks whether people agree" in one for one in changed('"Slightly"', '"Agree a little"')][:1] == [True]
    assert ["S1 has a negative" in one for one in changed("How safe is it", "Is it not safe")] == [True]
