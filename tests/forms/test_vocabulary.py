"""The words that programmes use: each in every language, and each fitting into the sentences of the bank."""

import pytest

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaire_json import with_words
from feedback.domain.survey.questionnaires import Texts
from forms.bank import available, load
from forms.vocabulary import translated_words, vocabulary

CODES = {language.code for language in LANGUAGES}
KNOWN = [texts for several in vocabulary().values() for texts in several]


@pytest.mark.parametrize("texts", KNOWN, ids=[texts["en"] for texts in KNOWN])
def test_a_known_word_has_every_language(texts: Texts) -> None:
    assert set(texts) == CODES
    assert all(text == text.strip() and text.isprintable() for text in texts.values())


def test_a_known_word_brings_its_translations() -> None:
    assert translated_words(focus=" Disability", word="reverse")["fr"] == {"focus": "le handicap", "word": "inversé"}


def test_an_unknown_word_brings_none() -> None:
    assert translated_words(focus="flying", word="reverse")["fr"] == {"word": "inversé"}


@pytest.mark.parametrize("name", available())
def test_a_questionnaire_with_known_words_is_whole_in_every_language(name: str) -> None:
    said = {"focus": "race and ethnicity", "word": "reciprocal"}
    asked = with_words(load(name), {**translated_words(**said), "en": said})
    assert asked.languages == CODES


@pytest.mark.parametrize("name", available())
def test_a_questionnaire_with_a_focus_known_in_english_only_is_asked_in_english(name: str) -> None:
    said = {"focus": "flying", "word": "reverse"}
    asked = with_words(load(name), {**translated_words(**said), "en": said})
    assert asked.languages == {"en"}
