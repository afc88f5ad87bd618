import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.survey.kinds import KINDS, ONE
from feedback.domain.survey.questionnaire_json import dump_questionnaire, load_questionnaire, with_words
from feedback.domain.survey.questionnaires import Kind, Option, Order, Question, Questionnaire, Role, Section, text_in

WORDS = {"en": {"focus": "race and ethnicity", "word": "reverse"}, "fr": {"focus": "le handicap"}}

texts = st.dictionaries(st.sampled_from(["en", "de", "pt-BR"]), st.text(max_size=20), min_size=1)
codes = st.text(max_size=8)
options = st.builds(Option, codes, texts)
questions = st.builds(
    Question,
    code=codes,
    kind=st.sampled_from(list(KINDS.values())),
    section=codes,
    text=texts,
    options=st.lists(options, max_size=3).map(tuple),
    order=st.sampled_from(Order),
    required=st.booleans(),
    sensitive=st.booleans(),
    then_now=st.booleans(),
    max_chars=st.integers(0, 2000),
    hint=st.none() | texts,
    source=codes,
    licence=codes,
)
questionnaires = st.builds(
    Questionnaire,
    name=codes,
    version=st.integers(1, 99),
    stage=codes,
    role=st.sampled_from(Role),
    title=texts,
    sections=st.lists(st.builds(Section, codes, texts), max_size=2).map(tuple),
    questions=st.lists(questions, max_size=3).map(tuple),
)


def worded(text: str, **translated: str) -> Questionnaire:
    said = {"en": text, **translated}
    question = Question("C1", ONE, "all", said, (Option("yes", said),), hint=said)
    return Questionnaire("exit-mentor", 1, "exit", Role.MENTOR, said, (Section("all", said),), (question,))


@given(questionnaires)
def test_thawing_gives_back_what_was_frozen(questionnaire: Questionnaire) -> None:
    assert load_questionnaire(dump_questionnaire(questionnaire)) == questionnaire


@given(questionnaires)
def test_thawing_gives_back_the_very_types(questionnaire: Questionnaire) -> None:
    loaded = load_questionnaire(dump_questionnaire(questionnaire))
    assert isinstance(loaded.role, Role)
    assert all(isinstance(question.kind, Kind) for question in loaded.questions)
    assert all(isinstance(question.order, Order) for question in loaded.questions)


@given(questionnaires)
def test_freezing_what_was_thawed_gives_the_same_text(questionnaire: Questionnaire) -> None:
    assert dump_questionnaire(load_questionnaire(dump_questionnaire(questionnaire))) == dump_questionnaire(
        questionnaire
    )


def test_frozen_text_is_compact_sorted_and_keeps_letters() -> None:
    frozen = dump_questionnaire(worded("Größe"))
    canonical = json.dumps(json.loads(frozen), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert frozen == canonical
    assert "Größe" in frozen


def test_the_order_of_languages_does_not_change_the_frozen_text() -> None:
    one = replace(worded("a"), title={"en": "a", "de": "b"})
    assert dump_questionnaire(one) == dump_questionnaire(replace(one, title={"de": "b", "en": "a"}))


def test_the_words_of_the_programme_are_put_into_every_text() -> None:
    assert with_words(worded("{word}: {focus}, {focus}"), WORDS) == worded(
        "reverse: race and ethnicity, race and ethnicity"
    )


def test_other_braces_are_left_alone() -> None:
    assert with_words(worded("{0.__class__} {}"), WORDS) == worded("{0.__class__} {}")


def test_a_missing_word_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        with_words(worded("{focus}"), {"en": {"word": "reverse"}})


def test_each_language_gets_its_own_words() -> None:
    asked = with_words(worded("About {focus}?", fr="Sur {focus} ?"), WORDS)
    assert asked == worded("About race and ethnicity?", fr="Sur le handicap ?")


def test_a_language_without_a_word_that_it_needs_is_left_out_as_a_whole() -> None:
    assert with_words(worded("About {focus}?", es="¿Sobre {focus}?"), WORDS) == worded("About race and ethnicity?")
    assert with_words(worded("{word}", fr="{word}"), WORDS) == worded("reverse")


def test_a_language_that_needs_no_words_is_kept_without() -> None:
    assert with_words(worded("How?", cy="Sut?"), WORDS) == worded("How?", cy="Sut?")


def test_a_text_falls_back_to_english() -> None:
    assert [text_in({"en": "yes", "de": "ja"}, language) for language in ("de", "fr")] == ["ja", "yes"]
