import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.domain.disclosure.counts import unfavourable_options
from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.doubts import doubts
from feedback.domain.survey.kinds import MANY, ONE
from feedback.domain.survey.questionnaires import (
    Order,
    Question,
    Questionnaire,
    Role,
    Theme,
    every_text,
)
from forms.bank import STAGES, available, load, pair
from forms.vocabulary import vocabulary

DOCUMENT = Path(__file__).parents[2] / "docs" / "questionnaires.md"
SHIPPED = Path(__file__).parents[2] / "forms" / "questionnaires"
BUDGETS = {"kickoff": 10, "midpoint": 13, "exit": 20}
"""The most ratings of each stage; a pair of then and now is two."""
K, M, X = STAGES
ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # Code: the stages at which mentees are asked, and mentors.
    "C1": ((K, M, X), (K, M, X)),
    "C2": ((K, M, X), (K, M, X)),
    "C3": ((K, X), (K, X)),
    "C4": ((K, X), (K, X)),
    "C5": ((), (K, X)),
    "S1": ((K, M, X), (K, M, X)),
    "S2": ((M, X), (M, X)),
    "S3": ((M, X), (M, X)),
    "V1": ((K, M, X), (K, M, X)),
    "V2": ((X,), (X,)),
    "E1": ((M,), (M,)),
    "Q1": ((M, X), (M, X)),
    "P1": ((M,), (M,)),
    "P2": ((K, M), (K, M)),
    "P3": ((M,), (M,)),
    "B1": ((X,), (X,)),
    "I1": ((K, X), (K, X)),
    "D1": ((X,), (X,)),
    "O1": ((X,), (X,)),
    "N1": ((X,), (X,)),
    "H1": ((M, X), (M, X)),
    "A1": ((K, M, X), (K, M, X)),
    "F1": ((M, X), (M, X)),
    "F2": ((K, M, X), (K, M, X)),
}
ROLES = (Role.MENTEE, Role.MENTOR)
PAIRS = {"C1", "C2"}
SENSITIVE = {"H1", "S3"}
OWN_WORDS_PER_ROLE = {"B1"}
OWN_PER_ROLE = {*OWN_WORDS_PER_ROLE, "P3"}
"""What is told of each role alone: of P3 the words are the same, but “I” is somebody else."""
MAY_NOT_APPLY = {"Q1", "S2", "P3"}
MAY_BE_UNKNOWN = {"C5", "D1"}
SHARED = sorted(code for code, (mentee, mentor) in ASKED.items() if mentee and mentor)
# F2 asks for wishes before there is anything to change.
RETOLD = {("F2", K)}
THEMES = {
    Theme.CONFIDENCE: {"C1", "C3"},
    Theme.UNDERSTANDING: {"C2", "C5"},
    Theme.SHARING: {"C4"},
    Theme.SAFETY: {"S1", "S2"},
    Theme.BURDEN: {"S3", "P3"},
    Theme.VALUE: {"V1", "V2"},
    Theme.RELATIONSHIP: {"Q1"},
    Theme.PROCESS: {"P1", "E1", "F2"},
    Theme.SUPPORT: {"P2"},
    Theme.BEHAVIOUR: {"B1"},
    Theme.FUTURE: {"I1"},
    Theme.CONNECTION: {"D1"},
    Theme.OVERALL: {"O1", "F1"},
    Theme.NEXT: {"N1"},
    Theme.HARM: {"H1"},
    Theme.TRUST: {"A1"},
}
JARGON = {
    *("leverage", "stakeholder", "stakeholders", "synergy", "allyship", "intersectionality", "microaggression"),
    *("microaggressions", "empower", "empowered", "holistic", "paradigm", "utilise", "utilize", "facilitate"),
    *("onboarding", "deliverables", "upskill", "marginalised", "marginalized", "bandwidth", "stretch", "pushback"),
    *("tokenism", "tangible", "lived", "pairing", "equitable", "inclusivity", "touchpoint", "cohort", "ongoing"),
    *("ally", "allies", "sponsor", "sponsored", "inclusion", "ambassador", "reciprocal", "respondent", "construct"),
}
NEVER_ASKED = {"department", "team", "grade", "rank", "ethnicity", "gender", "age", "birth", "tenure", "salary"}
NEGATIVES = {
    "en": {"not", "no", "never", "nobody", "nothing", "none", "cannot", "without", "hardly", "fail", "lack"},
    "fr": {"ne", "pas", "jamais", "aucun", "aucune", "rien", "sans", "ni"},
    "es": {"no", "nunca", "nadie", "nada", "sin", "ni", "ninguna", "ningún"},
    "ar": {"لا", "لم", "لن", "ليس", "ليست", "دون", "بدون", "غير"},
    "cy": {"ddim", "heb", "neb", "nad", "nid", "na", "byth", "dim"},
}
# What a careful reader stumbled over: gone from the words of questions and of answers, in this language.
FAULTY = {
    "en": {"agree", "disagree", "expectations", "hoped"},
    "fr": {"plutôt", "moyennement d’accord", "hiérarchie", "prendre la parole", "combien de fois le programme"},
    "es": {"bastante", "gracias a", "alzar la voz", "mutuamente", "los dos lados"},
    "ar": {"رفع صوتي", "أرفع صوتي", "المساواة"},
    "cy": {"byth", "godi fy llais"},
}


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
    ratings = [field for one in questionnaire.questions if one.closed for field in one.fields]
    assert len(ratings) <= BUDGETS[questionnaire.stage]
    assert 1 <= len(questionnaire.open_questions) <= 2


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


@pytest.mark.parametrize("stage", STAGES)
def test_only_what_differs_in_sense_differs_between_the_roles(stage: str) -> None:
    asked = [code for code in SHARED if code in codes(stage, Role.MENTOR)]
    differing = {code for code in asked if len({wording(question(pair(stage)[role], code)) for role in Role}) > 1}
    assert differing == OWN_PER_ROLE & set(asked)


def test_only_what_leaders_do_is_put_to_each_role_in_words_of_its_own() -> None:
    asked = [(code, stage) for code in SHARED for stage in STAGES if code in codes(stage, Role.MENTOR)]
    texts = {(code, stage): [question(pair(stage)[role], code).text for role in Role] for code, stage in asked}
    assert {code for (code, _stage), (mine, theirs) in texts.items() if mine != theirs} == OWN_WORDS_PER_ROLE


def test_every_question_has_the_theme_by_which_it_is_reported() -> None:
    found: dict[Theme, set[str]] = {}
    for one in (one for name in available() for one in load(name).questions):
        found.setdefault(one.theme, set()).add(one.code)
    assert found == THEMES


@pytest.mark.parametrize("name", available())
def test_what_need_not_apply_or_be_known_says_so_apart_from_the_scale(name: str) -> None:
    asked = {one.code: one for one in load(name).questions}
    assert {code for code, one in asked.items() if one.does_not_apply} == MAY_NOT_APPLY & asked.keys()
    assert {code for code, one in asked.items() if one.cannot_tell} == MAY_BE_UNKNOWN & asked.keys()
    assert not [one for one in asked.values() if set(one.asides) & set(one.option_codes)]


@pytest.mark.parametrize("role", Role)
def test_how_often_the_two_have_met_is_asked_before_what_that_hangs_on(role: Role) -> None:
    order = [one.code for one in pair(M)[role].questions]
    assert order.index("P1") < min(order.index("Q1"), order.index("S2"))


@pytest.mark.parametrize("name", available())
def test_nothing_hangs_on_an_answer(name: str) -> None:
    assert not load(name).has_conditions


@pytest.mark.parametrize("name", available())
def test_nothing_that_the_checker_doubts_is_shipped(name: str) -> None:
    assert list(doubts(load(name))) == []


def test_the_same_place_on_a_scale_has_the_same_words_wherever_it_stands() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for one in (one for name in available() for one in load(name).questions if one.kind is ONE):
        for option in one.options if one.code != "P3" else ():
            for language, text in option.text.items():
                found.setdefault((option.code, language), set()).add(text)
    assert {key: words for key, words in found.items() if len(words) > 1} == {}


@pytest.mark.parametrize("name", available())
def test_no_two_answers_to_a_question_read_alike_in_any_language(name: str) -> None:
    for one in load(name).questions:
        for language in load(name).languages:
            assert len({option.text[language].casefold() for option in one.options}) == len(one.options), one.code


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
def test_a_scale_has_five_labelled_answers_unless_it_counts_or_is_sensitive(name: str) -> None:
    scales = [one for one in load(name).questions if one.order is not Order.NONE]
    shorter = {one.code: len(one.options) for one in scales if len(one.options) != 5}
    assert shorter.items() <= {"H1": 4, "S3": 3, "P1": 4, "P2": 3, "B1": 4, "O1": 4}.items()


@pytest.mark.parametrize("name", available())
def test_every_question_is_a_question(name: str) -> None:
    ends = {language.code: "؟" if language.code == "ar" else "?" for language in LANGUAGES}
    for one in load(name).questions:
        assert all(text.endswith(ends[language]) for language, text in one.text.items()), one.code


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", [M, X])
def test_harm_is_asked_without_detail_and_says_where_help_is(stage: str, role: Role) -> None:
    asked = question(pair(stage)[role], "H1")
    assert (asked.option_codes, asked.order) == (("not-at-all", "a-little", "moderately", "a-lot"), Order.FALLING)
    assert "help" in (asked.hint or {"en": ""})["en"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", [M, X])
def test_a_burden_that_was_felt_once_or_twice_is_not_yet_unfavourable(stage: str, role: Role) -> None:
    asked = question(pair(stage)[role], "S3")
    assert unfavourable_options(asked.option_codes, asked.order) == ("more-often",)


@pytest.mark.parametrize("role", Role)
def test_what_somebody_has_got_in_return_may_be_nothing_yet(role: Role) -> None:
    asked = question(pair(X)[role], "V2")
    assert (asked.kind, asked.option_codes[-1], asked.alone) == (MANY, "nothing-yet", {"nothing-yet"})


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


@pytest.mark.parametrize("language", [one.code for one in LANGUAGES])
def test_no_question_has_a_negative_in_it(language: str) -> None:
    texts = {one.text[language] for name in available() for one in load(name).questions}
    assert not [text for text in texts if NEGATIVES[language] & set(words(text))]


@pytest.mark.parametrize("language", [one.code for one in LANGUAGES])
def test_no_words_come_back_over_which_a_reader_stumbled(language: str) -> None:
    shown = {texts[language].lower() for name in available() for texts in every_text(load(name))}
    shown |= {texts[language].lower() for texts in vocabulary()["focus"]}
    found = {fault for fault in FAULTY[language] for text in shown if re.search(rf"(?<!\w){fault}(?!\w)", text)}
    assert found == set()


def test_french_has_no_break_before_its_punctuation() -> None:
    shown = {texts["fr"] for name in available() for texts in every_text(load(name))}
    assert [text for text in shown if re.search(r"[ \w][?!;]|[ \w]:", text)] == []


def test_a_focus_is_the_same_subject_in_every_language() -> None:
    gender = next(texts for texts in vocabulary()["focus"] if texts["en"] == "gender")
    race = next(texts for texts in vocabulary()["focus"] if texts["en"] == "race")
    assert (gender["fr"], gender["es"], gender["cy"]) == ("le genre", "el género", "rhywedd")
    assert (race["fr"], race["es"], race["ar"], race["cy"]) == ("la race", "la raza", "العِرق", "hil")


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
    asked = pair("kickoff", own_folder(tmp_path, confident="sure of yourself"))
    assert asked != pair("kickoff")
    assert "sure of yourself" in asked[Role.MENTOR].questions[0].text["en"]


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
