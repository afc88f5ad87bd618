import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.kinds import MANY, ONE
from feedback.domain.survey.questionnaires import (
    Kind,
    Order,
    Question,
    Questionnaire,
    Role,
    Theme,
    every_text,
)
from forms.bank import STAGES, available, load, pair

DOCUMENT = Path(__file__).parents[2] / "docs" / "questionnaires.md"
SHIPPED = Path(__file__).parents[2] / "forms" / "questionnaires"
BUDGETS = {"kickoff": 12, "midpoint": 15, "exit": 20}
K, M, X = STAGES
ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # Code: the stages at which mentees are asked, and mentors.
    "C1": ((K, M, X), (K, M, X)),
    "C2": ((K, M, X), (K, M, X)),
    "C3": ((K, M, X), (K, M, X)),
    "C4": ((K, X), (K, X)),
    "S1": ((K, M, X), (K, M, X)),
    "S2": ((M, X), (M, X)),
    "S3": ((M, X), (M, X)),
    "V1": ((), (K, M, X)),
    "V2": ((), (K, X)),
    "E1": ((K, M, X), (K, M, X)),
    "Q1": ((M, X), (M, X)),
    "P1": ((M, X), (M, X)),
    "P2": ((K, M, X), (K, M, X)),
    "P3": ((M,), (M,)),
    "B1": ((K, X), (K, X)),
    "I1": ((), (K, X)),
    "D1": ((M, X), (M, X)),
    "O1": ((X,), (X,)),
    "N1": ((X,), (X,)),
    "H1": ((M, X), (M, X)),
    "F1": ((M, X), (M, X)),
    "F2": ((K, M, X), (K, M, X)),
    "A1": ((K, M, X), (K, M, X)),
}
ROLES = (Role.MENTEE, Role.MENTOR)
PAIRS = {"C1", "C2", "C3", "V1"}
SENSITIVE = {"H1", "S3"}
OWN_WORDS_PER_ROLE = {"C1", "C2", "C3", "S2", "S3", "B1"}
SHARED = sorted(code for code, (mentee, mentor) in ASKED.items() if mentee and mentor)
# E1 looks ahead, then at what happens, then back. F2 asks for wishes before there is anything to change.
RETOLD = {("E1", K), ("E1", M), ("E1", X), ("F2", K)}
JARGON = {
    *("leverage", "stakeholder", "stakeholders", "synergy", "allyship", "intersectionality", "microaggression"),
    *("microaggressions", "empower", "empowered", "holistic", "paradigm", "utilise", "utilize", "facilitate"),
    *("onboarding", "deliverables", "upskill", "marginalised", "marginalized", "bandwidth", "stretch", "pushback"),
    *("tokenism", "tangible", "lived", "pairing", "equitable", "inclusivity", "touchpoint", "cohort", "ongoing"),
    *("ally", "allies", "sponsor", "sponsored", "inclusion", "ambassador", "reciprocal", "respondent", "construct"),
}
NEVER_ASKED = {"department", "team", "grade", "rank", "ethnicity", "gender", "age", "birth", "tenure", "salary"}
NEGATIVES = {"not", "no", "never", "nobody", "nothing", "none", "cannot", "without", "hardly", "fail", "lack"}


def codes(stage: str, role: Role) -> set[str]:
    return {code for code, stages in ASKED.items() if stage in stages[ROLES.index(role)]}


def question(questionnaire: Questionnaire, code: str) -> Question:
    return next(question for question in questionnaire.questions if question.code == code)


def wording(asked: Question) -> tuple[str, Order]:
    """What must stay equal for waves to be compared: words, options and order, whether asked as a pair or not."""
    return replace(asked, then_now=False).fingerprint, asked.order


def repeats(role: Role) -> Iterator[tuple[str, list[Question]]]:
    """Each question that this role is asked in more than one stage, with the stages that use the same words."""
    for code, stages in ASKED.items():
        same = [stage for stage in stages[ROLES.index(role)] if (code, stage) not in RETOLD]
        if len(same) > 1:
            yield code, [question(pair(stage)[role], code) for stage in same]


def shown_texts(questionnaire: Questionnaire) -> Iterator[str]:
    yield from (texts["en"] for texts in every_text(questionnaire))


def words(text: str) -> list[str]:
    return re.findall(r"[\w{}’'-]+", text.lower())


@pytest.mark.parametrize("name", available())
def test_every_questionnaire_that_ships_can_be_loaded(name: str) -> None:
    assert load(name).name == name


@pytest.mark.parametrize("name", available())
def test_every_questionnaire_that_ships_is_whole_in_every_language(name: str) -> None:
    assert load(name).languages == {language.code for language in LANGUAGES}


@pytest.mark.parametrize("name", available())
def test_a_translation_leaves_the_same_words_to_the_programme(name: str) -> None:
    for texts in every_text(load(name)):
        assert len({tuple(sorted(re.findall(r"{\w+}", text))) for text in texts.values()}) == 1, texts["en"]


def test_the_same_english_sentence_is_translated_in_the_same_way_everywhere() -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    for texts in (texts for name in available() for texts in every_text(load(name))):
        found.setdefault(texts["en"], set()).add(tuple(texts[language.code] for language in LANGUAGES))
    assert [english for english, translations in found.items() if len(translations) > 1] == []


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_questionnaire_for_each_role(stage: str) -> None:
    assert {role: each.name for role, each in pair(stage).items()} == {role: f"{stage}-{role}" for role in Role}


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
@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_asks_exactly_what_it_must(stage: str, role: Role) -> None:
    assert {question.code for question in pair(stage)[role].questions} == codes(stage, role)


@pytest.mark.parametrize("role", Role)
def test_a_repeated_question_keeps_its_words_and_its_options(role: Role) -> None:
    assert [code for code, asked in repeats(role) if len({wording(each) for each in asked}) > 1] == []


@pytest.mark.parametrize("role", Role)
def test_kickoff_and_midpoint_ask_the_very_same_question(role: Role) -> None:
    both = (codes(K, role) & codes(M, role)) - {code for code, _ in RETOLD}
    assert [code for code in both if len({question(pair(stage)[role], code).fingerprint for stage in (K, M)}) > 1] == []


@pytest.mark.parametrize("role", Role)
def test_expectations_are_worded_for_their_time(role: Role) -> None:
    assert len({wording(question(pair(stage)[role], "E1")) for stage in STAGES}) == 3


@pytest.mark.parametrize("stage", STAGES)
def test_only_what_differs_in_sense_differs_between_the_roles(stage: str) -> None:
    asked = [code for code in SHARED if code in codes(stage, Role.MENTOR)]
    differing = {code for code in asked if len({wording(question(pair(stage)[role], code)) for role in Role}) > 1}
    assert differing == OWN_WORDS_PER_ROLE & set(asked)


@pytest.mark.parametrize("name", available())
def test_only_harm_and_burden_are_sensitive(name: str) -> None:
    asked = load(name).questions
    assert {one.code for one in asked if one.sensitive} == SENSITIVE & {one.code for one in asked}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", STAGES)
def test_only_the_end_asks_for_then_and_now(stage: str, role: Role) -> None:
    pairs = {one.code for one in pair(stage)[role].questions if one.then_now}
    assert pairs == (PAIRS & codes(X, role) if stage == X else set())


@pytest.mark.parametrize("name", available())
def test_every_statement_has_the_same_five_answers(name: str) -> None:
    scales = {one.option_codes: one.order for one in load(name).questions if "agree" in one.option_codes}
    agreement = ("strongly-disagree", "disagree", "neither", "agree", "strongly-agree")
    assert scales == {agreement: Order.RISING}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", [M, X])
def test_harm_is_asked_without_detail_and_says_where_help_is(stage: str, role: Role) -> None:
    asked = question(pair(stage)[role], "H1")
    assert (asked.option_codes, asked.order) == (("none", "a-little", "some", "a-lot"), Order.FALLING)
    assert "help" in (asked.hint or {"en": ""})["en"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", [M, X])
@pytest.mark.parametrize("code", ["S3", "D1"])
def test_where_people_agree_out_of_politeness_they_are_asked_what_happened(stage: str, role: Role, code: str) -> None:
    asked = question(pair(stage)[role], code)
    assert "agree" not in asked.option_codes
    assert asked.text["en"].endswith("?")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", [M, X])
@pytest.mark.parametrize("code", ["S3", "D1"])
def test_a_question_about_what_happened_has_a_middle(stage: str, role: Role, code: str) -> None:
    assert len(question(pair(stage)[role], code).option_codes) % 2 == 1


@pytest.mark.parametrize("stage", [K, X])
@pytest.mark.parametrize("item", ["heard", "belonging", "access", "information"])
def test_mentors_can_say_of_each_thing_that_they_get_in_return_whether_they_have_it(stage: str, item: str) -> None:
    asked = question(pair(stage)[Role.MENTOR], "V2")
    assert (asked.kind, item in asked.option_codes) == (MANY, True)


@pytest.mark.parametrize(
    ("stage", "code", "kind"),
    [(K, "B1", MANY), (X, "B1", MANY), (X, "N1", MANY), (M, "P1", ONE), (M, "P3", ONE)],
)
def test_what_is_no_statement_is_answered_in_its_own_way(stage: str, code: str, kind: Kind) -> None:
    assert {question(each, code).kind for each in pair(stage).values()} == {kind}


@pytest.mark.parametrize("name", available())
def test_open_questions_can_be_left_empty_and_warn_about_names(name: str) -> None:
    for asked in load(name).open_questions:
        assert not asked.required
        assert "leave out names" in (asked.hint or {"en": ""})["en"]


@pytest.mark.parametrize("name", available())
def test_nobody_is_asked_who_they_are(name: str) -> None:
    assert not [one.code for one in load(name).questions if NEVER_ASKED & set(words(one.text["en"]))]


def test_the_document_lists_what_ships() -> None:
    rows = re.findall(r"^\| ([A-Z]\d) \|.*\| ([KMX ]*|–) \| ([KMX ]*|–) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    letters = dict(zip(STAGES, "KMX", strict=True))
    said = {code: tuple(" ".join(map(letters.__getitem__, stages)) or "–" for stages in ASKED[code]) for code in ASKED}
    assert {code: tuple(stages) for code, *stages in rows} == said


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


@pytest.mark.parametrize("name", available())
def test_every_question_that_ships_has_a_theme_in_the_report(name: str) -> None:
    assert Theme.OTHER not in {question.theme for question in load(name).questions}


def own_folder(tmp_path: Path, **changes: str) -> Path:
    """A folder with an organisation's own kick-off, made of the one that ships."""
    for role in Role:
        text = (SHIPPED / f"kickoff-{role}.toml").read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        (tmp_path / f"kickoff-{role}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_an_organisation_asks_its_own_questions(tmp_path: Path) -> None:
    asked = pair("kickoff", own_folder(tmp_path, confident="sure of myself"))
    assert asked != pair("kickoff")
    assert "sure of myself" in asked[Role.MENTOR].questions[0].text["en"]


def test_a_wrong_file_of_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireRefused, match=r"kickoff-mentee.toml.*unknown kind “onne”"):
        pair("kickoff", own_folder(tmp_path, **{'kind = "one"': 'kind = "onne"'}))


def test_a_folder_without_the_stage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireRefused, match="use one of kickoff"):
        pair("exit", own_folder(tmp_path))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireRefused, match="holds no files"):
        pair("kickoff", tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (own_folder(tmp_path) / "kickoff-mentee.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(QuestionnaireRefused, match=r"kickoff-mentee.toml: is not UTF-8"):
        pair("kickoff", tmp_path)


def test_the_stages_are_those_of_the_questionnaires_that_ship() -> None:
    assert set(STAGES) == {load(name).stage for name in available()}
