"""What a participant has filled in so far, complete or not: how it travels in the page and becomes an answer.

Holds what was typed and chosen as it came, so that going back and forth loses nothing; leaves out what is too much.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from feedback.domain.errors import AnswerRefused, SealBroken
from feedback.domain.survey.answers import Answer, Rating, Wish, check_answer, check_question, clean_text
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Kind,
    Question,
    Questionnaire,
)

EXCLUSIVE = frozenset({NONE_OF_THESE, PREFER_NOT_TO_SAY})
"""Answers to a many-choice question that stand alone."""
_LONGEST_CLEANED = 8000
_LONGEST_CODE = 40
_MOST_VALUES = 100


@dataclass(frozen=True)
class Draft:
    """Answers on their way. `values` by field name, several for ticks; `passed` names the sections found complete."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()

    @property
    def chosen(self) -> Mapping[str, object]:
        """What was chosen in each field in which one thing was, which is what conditions look at."""
        return {name: values[0] for name, values in self.values.items() if len(values) == 1}


def wish_field(code: str) -> str:
    """Return the name of the field that asks what may happen to the text on a question."""
    return f"{code}-wish"


def fields_of(question: Question) -> tuple[str, ...]:
    """Return the names of all fields in which a question is answered, the wish about a text included."""
    return question.fields if question.closed else (question.code, wish_field(question.code))


def longest_carried(question: Question) -> int:
    """Return how many characters of a text travel on; a longer one must be shortened where it was written."""
    return 2 * question.max_chars


def with_section(draft: Draft, section: str, questions: Iterable[Question], sent: Mapping[str, Sequence[str]]) -> Draft:
    """Return the draft with what was `sent` on the questions of a section in place of what it held on them.

    The section is no longer passed. A text that is too long to travel is left out: see `can_travel`.
    """
    kept = dict(draft.values)
    for question in questions:
        for name in fields_of(question):
            kept.pop(name, None)
            values = _carried(question, name, sent.get(name, ()))
            if values:
                kept[name] = values
    return Draft(kept, draft.passed - {section})


def _carried(question: Question, name: str, values: Sequence[str]) -> tuple[str, ...]:
    if name == question.code and not question.closed:
        return tuple(text for text in map(tidied, values[:1]) if text and len(text) <= longest_carried(question))
    return tuple(value[:_LONGEST_CODE] for value in values[:_MOST_VALUES])


def can_travel(questions: Iterable[Question], sent: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether everything `sent` on some questions can travel on; a text that is far too long cannot."""
    written = [question for question in questions if not question.closed]
    return all(len(tidied(text)) <= longest_carried(one) for one in written for text in sent.get(one.code, ())[:1])


def tidied(text: str) -> str:
    """Return a text cleaned, but one that is far too long as it is: cleaning can cost the square of the length."""
    return text if len(text) > _LONGEST_CLEANED else clean_text(text)


def write_draft(draft: Draft) -> bytes:
    """Return the draft as JSON, for its journey through the page."""
    record = {"values": dict(draft.values), "passed": sorted(draft.passed)}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def read_draft(data: bytes) -> Draft:
    """Read what `write_draft` wrote, or raise SealBroken."""
    try:
        record = json.loads(data)
        values = {_text(name): _texts(values) for name, values in record["values"].items()}
        return Draft(values, frozenset(map(_text, record["passed"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SealBroken("A sealed page does not hold a draft.") from None


# Whoever has a link can seal anything with its key.
def _texts(values: Iterable[object]) -> tuple[str, ...]:
    texts = tuple(map(_text, values))
    if not texts:
        raise ValueError
    return texts


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    # Half a character cannot be shown again.
    value.encode()
    return value


def answer_in(questionnaire: Questionnaire, draft: Draft) -> Answer:
    """Return the answer that a draft holds, without what is not asked (any more); AnswerRefused unless it is complete.

    Texts that were left empty are not in it, nor are their wishes.
    """
    answer = _said(questionnaire.asked_of(draft.chosen), draft)
    check_answer(questionnaire, answer)
    return answer


def is_complete(questions: Iterable[Question], draft: Draft) -> bool:
    """Tell whether a draft answers all these questions, which are asked, as they may be answered."""
    questions = tuple(questions)
    try:
        answer = _said(questions, draft)
        for question in questions:
            check_question(question, answer)
    except AnswerRefused:
        return False
    return True


def _said(questions: Iterable[Question], draft: Draft) -> Answer:
    ratings: dict[str, Rating] = {}
    texts: dict[str, str] = {}
    for question in questions:
        if question.closed:
            ratings |= {name: _rating(question, draft.values[name]) for name in question.fields if name in draft.values}
        elif question.code in draft.values:
            texts[question.code] = draft.values[question.code][0]
    return Answer(ratings, texts, {code: wish for code in texts if (wish := _wish(draft, code))})


def _rating(question: Question, values: tuple[str, ...]) -> Rating:
    if question.kind is Kind.MANY and not EXCLUSIVE & set(values):
        ticked = set(values)
        in_order = tuple(code for code in question.option_codes if code in ticked)
        # A tick that was not offered stays, so that the check refuses it.
        return (*in_order, *sorted(ticked.difference(in_order)))
    if len(set(values)) != 1 or (question.kind is not Kind.MANY and len(values) != 1):
        raise AnswerRefused(f"Question {question.code} has more than one answer.")
    return values[0]


def _wish(draft: Draft, code: str) -> Wish | None:
    values = draft.values.get(wish_field(code), ())
    if values in ((), ("",)):
        return None
    try:
        (value,) = values
        return Wish(value)
    except ValueError:
        raise AnswerRefused("The answer holds a wish that was not offered.") from None
