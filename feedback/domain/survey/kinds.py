"""The kinds of question there are: what each accepts, how its answers are read, and for which options they count.

A kind never says what may be published of it: the disclosure rules do that, by `adds_up`. A new kind is a class here
and an entry in `KINDS`; `forms.questionnaire` and `templates/participant/kinds/` draw it.
"""

from abc import ABC
from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.answers import tidied
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Kind, Question, Rating, codes_of

MAX_CHARS = 2000
"""Most characters a text answer may ask for."""
CODE_CHARS = 20
"""So many characters every code takes in a form, so that no choice makes a request longer than another."""
YES, NO = "yes", "no"
_FILLER = "."
# Where these come from: docs/questionnaires.md.
_SECONDS_TO_CHOOSE, _SECONDS_AN_OPTION, _SECONDS_TO_WRITE = 10, 3, 60
_LONGEST_CODE, _MOST_VALUES = 40, 100
_NOT_OFFERED = "has an answer that was not offered"


def tick_name(name: str, code: str) -> str:
    """Return the name of the field that says yes or no to one option of a many-choice question."""
    return f"{name}{_FILLER}{code}"


def filled_code(code: str) -> str:
    """Return a code as it stands in a form, as long as every other."""
    return code.ljust(CODE_CHARS, _FILLER)


def plain_code(filled: str) -> str:
    """Undo `filled_code`."""
    return filled.rstrip(_FILLER)


def _plain(values: Sequence[str]) -> tuple[str, ...]:
    # What says nothing but takes as much room is sent of a question that was left open.
    return tuple(filter(None, map(plain_code, values[:_MOST_VALUES])))


class _Choices(Kind, ABC):
    def sent(self, question: Question, name: str, fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        return _plain(super().sent(question, name, fields))

    def drafted(self, question: Question, sent: Sequence[str]) -> tuple[str, ...] | None:
        return tuple(value[:_LONGEST_CODE] for value in sent[:_MOST_VALUES])

    def counted(self, said: Rating) -> tuple[str, ...] | None:
        if said in self.asides:
            return None if said == PREFER_NOT_TO_SAY else ()
        return codes_of(said)


class OneChoice(_Choices):
    """One of the options, or prefer not to say."""

    code = "one"

    def read(self, question: Question, values: tuple[str, ...]) -> Rating:
        return _only(question, values)

    def misfit(self, question: Question, said: Rating) -> str | None:
        return None if said in question.option_codes or said in self.asides else _NOT_OFFERED

    def longest(self, question: Question) -> Rating:
        return max((*question.option_codes, *question.asides), key=len)

    def seconds(self, question: Question) -> int:
        return _SECONDS_TO_CHOOSE * len(question.fields)


class ManyChoices(_Choices):
    """Some of the options, none of these, or prefer not to say."""

    code = "many"
    adds_up = False
    asides = (NONE_OF_THESE, PREFER_NOT_TO_SAY)

    def sent(self, question: Question, name: str, fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        # A box that is not ticked sends nothing, so each option is asked by yes and no.
        codes = (*question.option_codes, *self.asides)
        ticked = (code for code in codes if YES in _plain(fields.get(tick_name(name, code), ())))
        return (*super().sent(question, name, fields), *ticked)

    def read(self, question: Question, values: tuple[str, ...]) -> Rating:
        ticked = set(values)
        if ticked & set(self.asides):
            return _only(question, tuple(ticked))
        # A tick that was not offered stays, so that the check refuses it.
        return (*_in_order(question, ticked), *sorted(ticked.difference(question.option_codes)))

    def misfit(self, question: Question, said: Rating) -> str | None:
        is_in_order = said and said == _in_order(question, said)
        fits = said in self.asides or (is_in_order and (len(said) == 1 or question.alone.isdisjoint(said)))
        return None if fits else _NOT_OFFERED

    def longest(self, question: Question) -> Rating:
        return (*question.option_codes, PREFER_NOT_TO_SAY)

    def seconds(self, question: Question) -> int:
        return _SECONDS_TO_CHOOSE + _SECONDS_AN_OPTION * len(question.options)


class FreeText(Kind):
    """A text of the participant's own, which a reviewer reads; of it only that it was written is counted."""

    code = "text"
    closed = False
    asides = ()
    file_rules = ((lambda q: q.max_chars == 0, f"has no max_chars; add a number from 1 to {MAX_CHARS}"),)

    def drafted(self, question: Question, sent: Sequence[str]) -> tuple[str, ...] | None:
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

    def seconds(self, question: Question) -> int:
        return _SECONDS_TO_WRITE

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
STORED_KINDS: Mapping[str, Kind] = ChainMap(KINDS, {"band": ONE})
"""The kinds by the codes that stand in stored questionnaires and reports, older ones too."""
