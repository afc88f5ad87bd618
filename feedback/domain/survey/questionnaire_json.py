"""Questionnaires as text that can be kept and compared, and with a programme's own words put in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from feedback.domain.survey.kinds import STORED_KINDS
from feedback.domain.survey.questionnaire_tables import PLACEHOLDERS
from feedback.domain.survey.questionnaires import (
    Condition,
    Kind,
    Option,
    Order,
    Question,
    Questionnaire,
    Role,
    Section,
    Texts,
    Theme,
    every_text,
)

Words = Mapping[str, str]
"""What a programme puts into texts in one language: `focus` and `word`."""


def dump_questionnaire(questionnaire: Questionnaire) -> str:
    """Return the questionnaire as canonical JSON: keys sorted, compact, letters as they are."""
    return json.dumps(questionnaire, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> dict[str, object] | str:
    if isinstance(value, Kind):
        return value.code
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    raise TypeError(f"A questionnaire holds no {type(value).__name__}.")


def load_questionnaire(text: str) -> Questionnaire:
    """Return the questionnaire that `dump_questionnaire` wrote; other text raises ValueError, KeyError or TypeError."""
    frozen = json.loads(text)
    return Questionnaire(
        **{
            **frozen,
            "role": Role(frozen["role"]),
            "sections": tuple(Section(**section) for section in frozen["sections"]),
            "questions": tuple(_question(question) for question in frozen["questions"]),
        }
    )


def _question(frozen: dict[str, Any]) -> Question:
    return Question(
        **{
            **frozen,
            "kind": STORED_KINDS[frozen["kind"]],
            "order": Order(frozen["order"]),
            # A wave that was planned before questions had a theme must still close.
            "theme": Theme(frozen.get("theme", Theme.OTHER)),
            "options": tuple(Option(**option) for option in frozen["options"]),
            "shown_when": _condition(frozen.get("shown_when")),
        }
    )


def _condition(frozen: dict[str, Any] | None) -> Condition | None:
    return None if frozen is None else Condition(frozen["question"], tuple(frozen["answers"]))


def with_words(questionnaire: Questionnaire, words: Mapping[str, Words]) -> Questionnaire:
    """Return the questionnaire with the programme's words in every text.

    `words` holds them by language: `focus` (such as "race and ethnicity") and `word` (such as "reverse"). A language
    without a word that its texts need is left out, since nobody is to read half a sentence in another language; raises
    KeyError if that language is English.
    """
    told = {
        language for language in questionnaire.languages if _fills(words.get(language, {}), language, questionnaire)
    }
    told.add("en")

    def worded(texts: Texts) -> Texts:
        return {
            language: _with_words(text, words.get(language, {})) for language, text in texts.items() if language in told
        }

    return _with_texts(questionnaire, worded)


def in_common_languages(questionnaires: Mapping[Role, Questionnaire]) -> dict[Role, Questionnaire]:
    """Return questionnaires in the languages in which all of them are whole, and in no other.

    A question put to both roles must be one and the same, or its answers would be counted apart.
    """
    told = frozenset.intersection(*(one.languages for one in questionnaires.values())) if questionnaires else set()

    def common(texts: Texts) -> Texts:
        return {language: text for language, text in texts.items() if language in told}

    return {role: _with_texts(one, common) for role, one in questionnaires.items()}


def _with_texts(questionnaire: Questionnaire, worded: Callable[[Texts], Texts]) -> Questionnaire:
    return replace(
        questionnaire,
        title=worded(questionnaire.title),
        sections=tuple(replace(section, title=worded(section.title)) for section in questionnaire.sections),
        questions=tuple(_reworded(question, worded) for question in questionnaire.questions),
    )


def _fills(words: Words, language: str, questionnaire: Questionnaire) -> bool:
    texts = [texts[language] for texts in every_text(questionnaire)]
    return all(name in words or not any(f"{{{name}}}" in text for text in texts) for name in PLACEHOLDERS)


def _reworded(question: Question, worded: Callable[[Texts], Texts]) -> Question:
    return replace(
        question,
        text=worded(question.text),
        hint=None if question.hint is None else worded(question.hint),
        options=tuple(replace(option, text=worded(option.text)) for option in question.options),
    )


def _with_words(text: str, words: Words) -> str:
    for name in PLACEHOLDERS:
        if (open_place := f"{{{name}}}") in text:
            text = text.replace(open_place, words[name])
    return text


def in_words_of(texts: Texts, language: str, words: Mapping[str, Words]) -> str:
    """Return one text in `language` with the programme's words in it, or in English where either is missing."""
    for code in (language, "en"):
        try:
            return _with_words(texts[code], words.get(code, {}))
        except KeyError:
            continue
    return texts["en"]
