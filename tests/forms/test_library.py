import re
from collections.abc import Iterator

import pytest

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.questionnaires import Kind, Question, Questionnaire, Role, fingerprint
from forms.library import available, load, pair

BUDGETS = {"kickoff": 12, "midpoint": 15, "exit": 20}
KICKOFF = {
    Role.MENTOR: {"C1", "C2", "C3", "C4", "S1", "V1", "V2", "I1", "B1", "E1", "P2", "A1", "F2"},
    Role.MENTEE: {"C1", "C2", "C3", "C4", "S1", "B1", "E1", "P2", "A1", "F2"},
}
SAME = ("C4", "S1", "E1", "P2", "A1", "F2")
JARGON = {
    *("leverage", "stakeholder", "stakeholders", "synergy", "allyship", "intersectionality", "microaggression"),
    *("microaggressions", "empower", "empowered", "holistic", "paradigm", "utilise", "utilize", "facilitate"),
    *("onboarding", "deliverables", "upskill", "marginalised", "marginalized", "bandwidth", "stretch", "pushback"),
    *("tokenism", "tangible", "lived", "pairing", "equitable", "inclusivity", "touchpoint", "cohort", "ongoing"),
}
NEGATIVES = {"not", "no", "never", "nobody", "nothing", "none", "cannot", "without", "hardly", "fail", "lack"}


def question(questionnaire: Questionnaire, code: str) -> Question:
    return next(question for question in questionnaire.questions if question.code == code)


def shown_texts(questionnaire: Questionnaire) -> Iterator[str]:
    yield questionnaire.title["en"]
    yield from (section.title["en"] for section in questionnaire.sections)
    for asked in questionnaire.questions:
        yield asked.text["en"]
        yield from (option.text["en"] for option in asked.options)
        yield from asked.hint.values() if asked.hint else ()


def words(text: str) -> list[str]:
    return re.findall(r"[\w{}’'-]+", text.lower())


@pytest.mark.parametrize("name", available())
def test_every_questionnaire_that_ships_can_be_loaded(name: str) -> None:
    assert load(name).name == name


def test_the_kickoff_pair_ships() -> None:
    assert {"kickoff-mentor", "kickoff-mentee"} <= set(available())


@pytest.mark.parametrize("name", ["kickoff", "../errors", "kickoff-mentor.toml", ""])
def test_an_unknown_name_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(QuestionnaireRefused, match="kickoff-mentee, kickoff-mentor"):
        load(name)


def test_an_unknown_stage_is_refused_with_the_stages_there_are() -> None:
    with pytest.raises(QuestionnaireRefused, match="kickoff"):
        pair("kick-off")


@pytest.mark.parametrize("name", available())
def test_no_questionnaire_is_longer_than_its_budget(name: str) -> None:
    questionnaire = load(name)
    closed = [question for question in questionnaire.questions if question.closed]
    assert len(closed) <= BUDGETS[questionnaire.stage]
    assert len(questionnaire.open_questions) <= 2


@pytest.mark.parametrize("role", Role)
def test_the_kickoff_asks_exactly_what_it_must(role: Role) -> None:
    assert {question.code for question in pair("kickoff")[role].questions} == KICKOFF[role]


@pytest.mark.parametrize("code", SAME)
def test_what_both_are_asked_in_the_same_sense_has_the_same_words(code: str) -> None:
    kickoff = pair("kickoff")
    assert len({fingerprint(question(kickoff[role], code)) for role in Role}) == 1


def test_nothing_is_asked_as_then_and_now_at_the_start() -> None:
    assert not any(question.then_now for each in pair("kickoff").values() for question in each.questions)


def test_what_was_done_is_a_question_with_many_answers() -> None:
    assert {question(each, "B1").kind for each in pair("kickoff").values()} == {Kind.MANY}


@pytest.mark.parametrize("name", available())
def test_no_text_holds_jargon(name: str) -> None:
    assert not [text for text in shown_texts(load(name)) if JARGON & set(words(text))]


@pytest.mark.parametrize("name", available())
def test_no_sentence_is_longer_than_25_words(name: str) -> None:
    sentences = [part for text in shown_texts(load(name)) for part in re.split(r"[.?!]", text)]
    assert not [sentence for sentence in sentences if len(words(sentence)) > 25]


@pytest.mark.parametrize("name", available())
def test_no_question_has_a_double_negative(name: str) -> None:
    texts = [question.text["en"] for question in load(name).questions]
    assert not [text for text in texts if sum(word in NEGATIVES for word in words(text)) > 1]


@pytest.mark.parametrize("name", available())
def test_every_questionnaire_has_three_to_five_sections(name: str) -> None:
    assert 3 <= len(load(name).sections) <= 5
