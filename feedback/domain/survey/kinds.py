"""The kinds of question there are: what each accepts, how its answers are read, and for which options they count.

A kind never says what may be published of it: the disclosure rules do that, by `adds_up`. A new kind is a class here
and an entry in `KINDS`; `forms.questionnaire` and `templates/participant/kinds/` draw it.
"""

from abc import ABC
from collections.abc import Collection, Sequence
from typing import ClassVar

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.answers import as_sent, tidied
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    FileRules,
    Kind,
    Order,
    Question,
    Rating,
)

MAX_CHARS = 2000
"""Most characters a text answer may ask for."""


class _Choices(Kind, ABC):
    file_rules: ClassVar[FileRules] = (
        (lambda q: not q.options, "has no options; name a scale or add options"),
        # A form without a compulsory answer would be complete when a mail scanner sends it empty.
        (lambda q: not q.required, "may be skipped; remove required, “Prefer not to say” is always offered"),
        (lambda q: q.max_chars != 0, "has max_chars, but is no text question; remove max_chars"),
    )

    def carried(self, question: Question, sent: Sequence[str]) -> tuple[str, ...] | None:
        return as_sent(sent)


class OneChoice(_Choices):
    """One of the options, or prefer not to say."""

    code = "one"

    def read(self, question: Question, values: tuple[str, ...]) -> Rating:
        return _only(question, values)

    def misfit(self, question: Question, said: Rating) -> str | None:
        return None if said in (*question.option_codes, *self.asides) else "has an answer that was not offered"

    def longest(self, question: Question) -> Rating:
        return max((*question.option_codes, *self.asides), key=len)

    def counted(self, said: Rating) -> tuple[str, ...] | None:
        return None if said == PREFER_NOT_TO_SAY else (str(said),)


class ManyChoices(_Choices):
    """Some of the options, none of these, or prefer not to say."""

    code = "many"
    adds_up = False
    asides = (NONE_OF_THESE, PREFER_NOT_TO_SAY)
    no_filter = "which lets people choose many; use one of kind one"
    file_rules = (
        *_Choices.file_rules,
        (lambda q: q.order is not Order.NONE, "lets people choose many; remove order or use kind one"),
        (lambda q: q.then_now, "is asked as then_now; use kind one"),
    )

    def read(self, question: Question, values: tuple[str, ...]) -> Rating:
        ticked = set(values)
        if ticked & set(self.asides):
            return _only(question, tuple(ticked))
        # A tick that was not offered stays, so that the check refuses it.
        return (*_in_order(question, ticked), *sorted(ticked.difference(question.option_codes)))

    def misfit(self, question: Question, said: Rating) -> str | None:
        offered = said in self.asides if isinstance(said, str) else said == _in_order(question, said) != ()
        return None if offered else "has an answer that was not offered"

    def longest(self, question: Question) -> Rating:
        return (*question.option_codes, PREFER_NOT_TO_SAY)

    def counted(self, said: Rating) -> tuple[str, ...] | None:
        if isinstance(said, str):
            return None if said == PREFER_NOT_TO_SAY else ()
        return said


class FreeText(Kind):
    """A text of the participant's own, which a reviewer reads; of it only that it was written is counted."""

    code = "text"
    closed = False
    asides = ()
    no_filter = "which is a text question; use one that is answered by choosing"
    always_asked = (
        "a text question is asked of everybody, since whoever knows a text again would know another answer of its "
        "author; remove shown_when"
    )
    file_rules = (
        (lambda q: q.max_chars == 0, f"has no max_chars; add a number from 1 to {MAX_CHARS}"),
        (lambda q: q.options != (), "is a text question with options; remove options and scale"),
        (lambda q: q.sensitive, "is a text question and sensitive; remove sensitive"),
        (lambda q: q.then_now, "is a text question asked as then_now; remove then_now"),
        (lambda q: q.order is not Order.NONE, "is a text question with an order; remove order"),
    )

    def carried(self, question: Question, sent: Sequence[str]) -> tuple[str, ...] | None:
        texts = tuple(map(tidied, sent[:1]))
        if any(len(text) > 2 * question.max_chars for text in texts):
            return None
        return tuple(text for text in texts if text)

    def read(self, question: Question, values: tuple[str, ...]) -> Rating:
        return values[0]

    def misfit(self, question: Question, said: Rating) -> str | None:
        return f"has more than {question.max_chars} characters" if len(said) > question.max_chars else None

    def longest(self, question: Question) -> Rating:
        return "\U0010ffff" * question.max_chars

    def counted(self, said: Rating) -> tuple[str, ...] | None:
        return () if str(said).strip() else None


def _only(question: Question, values: tuple[str, ...]) -> str:
    if len(values) != 1:
        raise AnswerRefused(f"Question {question.code} has more than one answer.")
    return values[0]


def _in_order(question: Question, ticked: Collection[str]) -> tuple[str, ...]:
    return tuple(code for code in question.option_codes if code in ticked)


ONE, MANY, TEXT = OneChoice(), ManyChoices(), FreeText()
KINDS: dict[str, Kind] = {kind.code: kind for kind in (ONE, MANY, TEXT)}
_FORMER_CODES = {"band": "one"}
"""Codes in questionnaires and reports that were stored before, and what they meant."""


def kind_named(code: str) -> Kind:
    """Return the kind that is stored as `code`, now or formerly; ValueError if there is none."""
    try:
        return KINDS[_FORMER_CODES.get(code, code)]
    except KeyError:
        raise ValueError(f"There is no kind of question called {code!r}.") from None
