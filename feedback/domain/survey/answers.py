"""What one participant says, checked against the questionnaire that was asked."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Kind, Question, Questionnaire

Rating = str | tuple[str, ...]
"""The chosen option's code, or for a many-choice question the ticked codes in the questionnaire's order."""


class Wish(StrEnum):
    """What the author of a text allows: that it is quoted, that it is summed up, or that it is counted, unread."""

    QUOTE = "quote"
    SUMMARISE = "summarise"
    COUNT = "count"


UNSAID_WISH = Wish.SUMMARISE
"""What holds for a text whose author has chosen nothing; the form says so."""


@dataclass(frozen=True)
class Answer:
    """One complete answer. `ratings` by field name (see `Question.fields`), `texts` and `wishes` by question code."""

    ratings: Mapping[str, Rating] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    wishes: Mapping[str, Wish] = field(default_factory=dict)

    def wish_for(self, code: str) -> Wish:
        """Return what its author allows with the text on one question."""
        return self.wishes.get(code, UNSAID_WISH)


def check_answer(questionnaire: Questionnaire, answer: Answer) -> None:
    """Raise AnswerRefused unless every field fits its question and every required question is answered.

    A question that was not asked, since its condition does not hold, must not be answered.
    """
    known_ratings, known_texts = _asked_fields(questionnaire, answer)
    if (
        answer.ratings.keys() - known_ratings.keys()
        or (answer.texts.keys() | answer.wishes.keys()) - known_texts.keys()
    ):
        raise AnswerRefused("The answer holds a field that the questionnaire does not ask.")
    if set(answer.wishes.values()) - set(Wish):
        raise AnswerRefused("The answer holds a wish that was not offered.")
    for name, question in known_ratings.items():
        _check_rating(question, name, answer.ratings.get(name))
    for code, question in known_texts.items():
        _check_text(question, answer.texts.get(code, ""))


def check_question(question: Question, answer: Answer) -> None:
    """Raise AnswerRefused unless what an answer says on one question, which was asked, fits it."""
    if not question.closed:
        _check_text(question, answer.texts.get(question.code, ""))
        return
    for name in question.fields:
        _check_rating(question, name, answer.ratings.get(name))


def _asked_fields(questionnaire: Questionnaire, answer: Answer) -> tuple[Mapping[str, Question], dict[str, Question]]:
    texts = {question.code: question for question in questionnaire.open_questions}
    if not questionnaire.has_conditions:
        return questionnaire.question_by_field, texts
    asked = questionnaire.asked_of(answer.ratings)
    return {name: question for question in asked if question.closed for name in question.fields}, texts


def _check_rating(question: Question, name: str, rating: Rating | None) -> None:
    if rating is None:
        if question.required:
            raise AnswerRefused(f"Question {name} is not answered.")
        return
    if isinstance(rating, str):
        fits = rating == PREFER_NOT_TO_SAY or (question.kind is not Kind.MANY and rating in question.option_codes)
        fits = fits or (question.kind is Kind.MANY and rating == NONE_OF_THESE)
    else:
        fits = question.kind is Kind.MANY and rating == _in_order(question, rating) and len(rating) > 0
    if not fits:
        raise AnswerRefused(f"Question {name} has an answer that was not offered.")


def _in_order(question: Question, ticked: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in question.option_codes if code in ticked)


def _check_text(question: Question, text: str) -> None:
    if question.required and not text:
        raise AnswerRefused(f"Question {question.code} is not answered.")
    if len(text) > question.max_chars:
        raise AnswerRefused(f"Question {question.code} has more than {question.max_chars} characters.")


def check_texts_are_clean(answer: Answer) -> None:
    """Raise AnswerRefused if a text holds what `clean_text` removes. Asked when an answer is taken only."""
    for code, text in answer.texts.items():
        if text != clean_text(text):
            raise AnswerRefused(f"Question {code} holds characters that cannot be kept.")


def clean_text(text: str) -> str:
    """Return `text` in NFC with plain line ends, without control, format-override and unassigned characters.

    Keeps the zero-width joiners that several scripts and emoji need; removes bidirectional overrides, which
    can make a text read differently from what is stored. Idempotent.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in lines if _kept(letter))
    return unicodedata.normalize("NFC", kept).strip()


def _kept(letter: str) -> bool:
    if letter in "\n\t\u200c\u200d":
        return True
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
