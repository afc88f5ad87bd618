"""Questionnaires as text that can be kept and compared, and with a programme's own words put in."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from feedback.domain.questionnaire_tables import PLACEHOLDERS
from feedback.domain.questionnaires import (
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
)


def freeze(questionnaire: Questionnaire) -> str:
    """Return the questionnaire as canonical JSON: keys sorted, compact, letters as they are."""
    return json.dumps(questionnaire, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> dict[str, object]:
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    raise TypeError(f"A questionnaire holds no {type(value).__name__}.")


def thaw(text: str) -> Questionnaire:
    """Return the questionnaire that `freeze` wrote; other text raises ValueError, KeyError or TypeError."""
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
            "kind": Kind(frozen["kind"]),
            "order": Order(frozen["order"]),
            # A wave that was planned before questions had a theme must still close.
            "theme": Theme(frozen.get("theme", Theme.OTHER)),
            "options": tuple(Option(**option) for option in frozen["options"]),
            "shown_when": _condition(frozen.get("shown_when")),
        }
    )


def _condition(frozen: dict[str, Any] | None) -> Condition | None:
    return None if frozen is None else Condition(frozen["question"], tuple(frozen["answers"]))


def with_words(questionnaire: Questionnaire, words: Mapping[str, str]) -> Questionnaire:
    """Return the questionnaire with the programme's words in every text.

    `words` holds `focus` (such as "race and ethnicity") and `word` (such as "reverse"); raises KeyError without.
    """
    return replace(
        questionnaire,
        title=_worded(questionnaire.title, words),
        sections=tuple(replace(section, title=_worded(section.title, words)) for section in questionnaire.sections),
        questions=tuple(_worded_question(question, words) for question in questionnaire.questions),
    )


def _worded_question(question: Question, words: Mapping[str, str]) -> Question:
    return replace(
        question,
        text=_worded(question.text, words),
        hint=None if question.hint is None else _worded(question.hint, words),
        options=tuple(replace(option, text=_worded(option.text, words)) for option in question.options),
    )


def _worded(texts: Texts, words: Mapping[str, str]) -> Texts:
    return {language: _with_words(text, words) for language, text in texts.items()}


def _with_words(text: str, words: Mapping[str, str]) -> str:
    for name in PLACEHOLDERS:
        text = text.replace(f"{{{name}}}", words[name])
    return text
