"""What one participant says, checked against the questionnaire that was asked."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.questionnaires import Question, Questionnaire, Rating

_LONGEST_CLEANED = 8000


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
    """Raise AnswerRefused unless every field fits its question and every required choice is made.

    A question that was not asked, since its condition does not hold, must not be answered.
    """
    asked = questionnaire.asked_of(answer.ratings)
    rated = {name for question in asked if question.closed for name in question.fields}
    written = {question.code for question in asked if not question.closed}
    if answer.ratings.keys() - rated or (answer.texts.keys() | answer.wishes.keys()) - written:
        raise AnswerRefused("The answer holds a field that the questionnaire does not ask.")
    if set(answer.wishes.values()) - set(Wish):
        raise AnswerRefused("The answer holds a wish that was not offered.")
    for question in asked:
        check_question(question, answer)


def check_question(question: Question, answer: Answer) -> None:
    """Raise AnswerRefused unless what an answer says on one question, which was asked, fits it."""
    for name in question.fields:
        said = answer.ratings.get(name) if question.closed else answer.texts.get(name) or None
        if said is None and question.required and question.closed:
            raise AnswerRefused(f"Question {name} is not answered.")
        misfit = None if said is None else question.kind.misfit(question, said)
        if misfit:
            raise AnswerRefused(f"Question {name} {misfit}.")


def check_texts_are_clean(answer: Answer) -> None:
    """Raise AnswerRefused if a text holds what `clean_text` removes. Asked when an answer is taken only."""
    for code, text in answer.texts.items():
        if text != clean_text(text):
            raise AnswerRefused(f"Question {code} holds characters that cannot be kept.")


LONGEST_NOTICE = 6_000
"""So many characters may a text have that an organisation writes for its participants."""


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


def tidied(text: str) -> str:
    """Return a text cleaned, but one that is far too long as it is: cleaning can cost the square of the length."""
    return text if len(text) > _LONGEST_CLEANED else clean_text(text)
