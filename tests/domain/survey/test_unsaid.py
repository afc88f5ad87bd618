"""“Does not apply” and “I cannot tell” are offered, and sent as “prefer not to say”: nobody can tell them apart."""

import json
from dataclasses import replace

import pytest

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.answers import check_answer
from feedback.domain.survey.drafts import Draft, answer_in, fits, largest_choice, said_in, write_draft
from feedback.domain.survey.questionnaire_json import dump_questionnaire, load_questionnaire
from feedback.domain.survey.questionnaires import (
    CANNOT_TELL,
    DOES_NOT_APPLY,
    PREFER_NOT_TO_SAY,
    Condition,
    Question,
    Questionnaire,
    Role,
    wording,
)
from forms.bank import pair
from forms.questionnaire import question_in_words

EXIT = pair("exit")[Role.MENTOR]
UNSAID = [("Q1", DOES_NOT_APPLY), ("S2", DOES_NOT_APPLY), ("C5", CANNOT_TELL), ("D1", CANNOT_TELL)]


def asked(code: str) -> Question:
    return next(one for one in EXIT.questions if one.code == code)


@pytest.mark.parametrize(("code", "said"), UNSAID)
def test_what_does_not_apply_is_sent_as_prefer_not_to_say(code: str, said: str) -> None:
    everything = {"S1": ("very",)}
    answers = [
        answer_in(EXIT, Draft({**everything, **given})) for given in ({code: (said,)}, {code: (PREFER_NOT_TO_SAY,)}, {})
    ]
    assert answers[0].ratings[code] == PREFER_NOT_TO_SAY
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("code", [CANNOT_TELL, DOES_NOT_APPLY])
def test_what_is_not_offered_is_refused(code: str) -> None:
    draft = Draft({"S1": (code,)})
    assert not fits([asked("S1")], draft)
    with pytest.raises(AnswerRefused, match="not offered"):
        answer_in(EXIT, draft)


@pytest.mark.parametrize(("code", "said"), UNSAID)
def test_a_sealed_answer_that_says_which_is_refused(code: str, said: str) -> None:
    honest = answer_in(EXIT, Draft({code: (said,)}))
    with pytest.raises(AnswerRefused, match="not offered"):
        check_answer(EXIT, replace(honest, ratings={**honest.ratings, code: said}))


def test_until_it_is_sent_it_is_shown_as_it_was_chosen() -> None:
    said = said_in(EXIT.questions, Draft({"Q1": (DOES_NOT_APPLY,)}))
    assert [str(words) for _asked, words in question_in_words(asked("Q1"), said, "en")] == ["Does not apply"]


def test_a_draft_with_it_is_no_longer_than_the_longest() -> None:
    for code, said in UNSAID:
        assert len(write_draft(Draft({code: (said,)}))) <= largest_choice(EXIT)


def test_what_hangs_on_an_answer_is_not_asked_of_those_to_whom_it_does_not_apply() -> None:
    hangs = replace(asked("O1"), shown_when=Condition("Q1", ("a-lot",)))
    changed = replace(EXIT, questions=(asked("Q1"), hangs))
    answer = answer_in(changed, Draft({"Q1": (DOES_NOT_APPLY,)}))
    assert answer.ratings == {"Q1": PREFER_NOT_TO_SAY}


def as_older_versions_wrote_it(questionnaire: Questionnaire) -> str:
    frozen = json.loads(dump_questionnaire(questionnaire))
    for question in frozen["questions"]:
        del question["does_not_apply"], question["cannot_tell"]
    return json.dumps(frozen)


def test_a_wave_of_an_older_version_is_read_and_asks_the_same() -> None:
    older = load_questionnaire(as_older_versions_wrote_it(EXIT))
    assert {one.unsaid for one in older.questions} == {()}
    same = [(one, other) for one, other in zip(EXIT.questions, older.questions, strict=True) if not one.unsaid]
    assert all(one.fingerprint == other.fingerprint and wording(one) == wording(other) for one, other in same)
    assert asked("Q1").fingerprint != next(one for one in older.questions if one.code == "Q1").fingerprint
