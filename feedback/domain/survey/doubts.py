"""What may well be said of a questionnaire that breaks no rule: sentences for whoever wrote it."""

import re
from collections.abc import Iterator
from enum import StrEnum

from feedback.domain.survey.questionnaires import Question, Questionnaire, Theme

_NEGATIVE = frozenset({"not", "no", "never", "nobody", "nothing", "none", "cannot", "without"})


class Doubt(StrEnum):
    """What makes the answers to one question tell less."""

    AGREEMENT = "agreement"
    NEGATIVE = "negative"


def doubts(questionnaire: Questionnaire) -> Iterator[str]:
    """Yield a sentence, with its mend, for each thing that would make the answers or the report tell less."""
    closed = [question for question in questionnaire.questions if question.closed]
    if all(question.theme is Theme.OTHER for question in closed):
        themes = ", ".join(theme for theme in Theme if theme is not Theme.OTHER)
        yield (
            "no question has a theme, so the report can list nothing of it among what to act on; add to each the one "
            f"that it is on: {themes}."
        )
    for question in closed:
        yield from (f"question {question.code} {_SAID[doubt]}" for doubt in doubts_about(question))


_SAID = {
    Doubt.AGREEMENT: (
        "asks whether people agree, and many do out of politeness; ask how much or how often, with answers that say so."
    ),
    Doubt.NEGATIVE: "has a negative in it, so “no” can mean yes; ask for the thing itself.",
}


def doubts_about(question: Question) -> Iterator[Doubt]:
    """Yield what makes the answers to a question tell less; it looks at its English words."""
    if question.closed and _asks_for_agreement(question):
        yield Doubt.AGREEMENT
    if question.closed and not _NEGATIVE.isdisjoint(_words(question.text["en"])):
        yield Doubt.NEGATIVE


def _asks_for_agreement(question: Question) -> bool:
    return any(not {"agree", "disagree"}.isdisjoint(_words(option.text["en"])) for option in question.options)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())
