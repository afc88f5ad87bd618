"""What is asked: questionnaires, their sections, questions and options, as frozen values."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

PREFER_NOT_TO_SAY = "prefer-not-to-say"
NONE_OF_THESE = "none-of-these"
DOES_NOT_APPLY = "does-not-apply"
CANNOT_TELL = "cannot-tell"

MOST_OPTIONS, MOST_OPTIONS_THEN_NOW = 30, 11
"""Most options of a question. Of one asked then and now every pair of answers is looked at before a report is shown."""

OWN = "own."
"""How the name of a programme's own questionnaire begins; no file can be called so."""

Texts = Mapping[str, str]
"""One text per language code; English ("en") is always there."""
Rating = str | tuple[str, ...]
"""The chosen option's code, or for a many-choice question the ticked codes in the questionnaire's order."""


def codes_of(said: Rating) -> tuple[str, ...]:
    """Return all codes in an answer."""
    return (said,) if isinstance(said, str) else said


class Role(StrEnum):
    """The two sides of a pair."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class Order(StrEnum):
    """How the options of a question are ordered: from least to most favourable, the reverse, or not at all."""

    RISING = "rising"
    FALLING = "falling"
    NONE = "none"


class Theme(StrEnum):
    """What a question is about, in the report's words. Says nothing about how it is asked or counted."""

    CONFIDENCE = "confidence"
    UNDERSTANDING = "understanding"
    SHARING = "sharing"
    SAFETY = "safety"
    RELATIONSHIP = "relationship"
    VALUE = "value"
    BEHAVIOUR = "behaviour"
    CHANGE = "change"
    FUTURE = "future"
    CONNECTION = "connection"
    BURDEN = "burden"
    SUPPORT = "support"
    PROCESS = "process"
    HARM = "harm"
    OVERALL = "overall"
    NEXT = "next"
    TRUST = "trust"
    OTHER = "other"


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen. `code` is stored and published, `text` is shown.

    Where many can be chosen, one that is `alone`, such as "nothing yet", contradicts every other.
    """

    code: str
    text: Texts
    alone: bool = False


@dataclass(frozen=True)
class Condition:
    """What an earlier question must have been answered with for another to be asked: one of `answers`."""

    question: str
    answers: tuple[str, ...]


class Kind(ABC):
    """How one kind of question is asked, answered and counted; `feedback.domain.survey.kinds` has those there are.

    `closed`: answered by choosing. `adds_up`: who is counted chose exactly one option, so the counts add up to n;
    otherwise each option is a yes or no of its own. `asides` stand beside the options of every question, and alone.
    """

    code: ClassVar[str]
    closed: ClassVar[bool] = True
    adds_up: ClassVar[bool] = True
    asides: ClassVar[tuple[str, ...]] = (PREFER_NOT_TO_SAY,)
    file_rules: ClassVar["FileRules"] = ()
    """What a file may not say of this kind besides the rules for all."""

    def sent(self, question: "Question", name: str, fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """Return the values that the `fields` of a form give to the field called `name`."""
        return tuple(fields.get(name, ()))

    @abstractmethod
    def drafted(self, question: "Question", sent: Sequence[str]) -> tuple[str, ...] | None:
        """Return what was sent in a field as it may travel on in a draft; None if it is too long for that."""

    @abstractmethod
    def read(self, question: "Question", values: tuple[str, ...]) -> Rating:
        """Return what the values of a field say, fitting or not; AnswerRefused if they say two things."""

    @abstractmethod
    def misfit(self, question: "Question", said: Rating) -> str | None:
        """Return why an answer in a field does not fit the question, such as "is too long", or None."""

    @abstractmethod
    def longest(self, question: "Question") -> Rating:
        """Return the answer in a field that takes the most room."""

    @abstractmethod
    def seconds(self, question: "Question") -> int:
        """Return how long it takes to read a question and to answer it, about."""

    @abstractmethod
    def counted(self, said: Rating) -> tuple[str, ...] | None:
        """Return the options for which a fitting answer counts; None if who gave it is not among the n."""


@dataclass(frozen=True)
class Question:
    """One question. `options` is empty for free text; `max_chars` counts for free text only.

    A `then_now` question is asked twice, "before the programme" and "now". Prefer not to say is offered on
    every question that has options. One that is `required` is asked for once more if it was left open. `source` names
    the idea behind the question, `licence` its terms. A question with `shown_when` is asked only of those who answered
    an earlier one in that way. Whatever is chosen on the theme of harm is `sensitive`, whether said so or not.

    `does_not_apply` and `cannot_tell` offer these words beside "prefer not to say", as which they are sent.
    """

    code: str
    kind: Kind
    section: str
    text: Texts
    options: tuple[Option, ...] = ()
    order: Order = Order.NONE
    required: bool = True
    sensitive: bool = False
    then_now: bool = False
    max_chars: int = 0
    hint: Texts | None = None
    theme: Theme = Theme.OTHER
    source: str = ""
    licence: str = ""
    shown_when: Condition | None = None
    does_not_apply: bool = False
    cannot_tell: bool = False

    def __post_init__(self) -> None:
        if self.theme is Theme.HARM and self.closed:
            object.__setattr__(self, "sensitive", True)

    @property
    def closed(self) -> bool:
        """Whether it is answered by choosing."""
        return self.kind.closed

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that hold the answer: the code itself, or `CODE-then` and `CODE-now`."""
        return (f"{self.code}-then", f"{self.code}-now") if self.then_now else (self.code,)

    @cached_property
    def option_codes(self) -> tuple[str, ...]:
        """Codes that can be chosen, without "prefer not to say" and "none of these"."""
        return tuple(option.code for option in self.options)

    @property
    def alone(self) -> frozenset[str]:
        """Codes of options that cannot be chosen beside another."""
        return frozenset(option.code for option in self.options if option.alone)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Codes of what is offered besides and sent as "prefer not to say", since the reason is nobody's business."""
        offered = ((DOES_NOT_APPLY, self.does_not_apply), (CANNOT_TELL, self.cannot_tell))
        return tuple(code for code, is_offered in offered if is_offered)

    @property
    def asides(self) -> tuple[str, ...]:
        """Codes of all that is offered apart from the options."""
        return (*self.unsaid, *self.kind.asides)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of everything a reader of it sees: equal exactly where the words and options are the same."""
        shown = {
            "code": self.code,
            "kind": self.kind.code,
            "text": dict(self.text),
            "options": [[option.code, dict(option.text)] for option in self.options],
            "then_now": self.then_now,
        }
        return _digest({**shown, **_asides(self)})

    @property
    def has_too_many_options(self) -> bool:
        """Whether a report about it could not be attacked before it is shown."""
        return len(self.options) > (MOST_OPTIONS_THEN_NOW if self.then_now else MOST_OPTIONS)


FileRules = tuple[tuple[Callable[[Question], bool], str], ...]
"""What a questionnaire file may not say of a question: whether it does, and the problem with its mend."""


@dataclass(frozen=True)
class Section:
    """A titled run of questions; `code` is what the questions name."""

    code: str
    title: Texts


@dataclass(frozen=True)
class Questionnaire:
    """A versioned list of questions for one role. `name` is the file's stem, such as `kickoff-mentor`.

    What a programme asks in place of it, changed in the browser, is called `own.kickoff-mentor`.
    """

    name: str
    version: int
    stage: str
    role: Role
    title: Texts
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]

    @cached_property
    def open_questions(self) -> tuple[Question, ...]:
        """The free-text questions, in order."""
        return tuple(question for question in self.questions if not question.closed)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The codes of the languages in which it is whole."""
        return frozenset(self.title).intersection(*every_text(self))

    @property
    def own_version(self) -> int | None:
        """The version of a programme's own questions; None for those that ship, and for those of a file."""
        return self.version if self.name.startswith(OWN) else None

    @cached_property
    def has_conditions(self) -> bool:
        """Whether not everybody is asked everything."""
        return any(question.shown_when for question in self.questions)

    @cached_property
    def by_section(self) -> Mapping[str, tuple[Question, ...]]:
        """All questions of each section that has some, in order."""
        codes = dict.fromkeys(section.code for section in self.sections)
        found = {code: tuple(one for one in self.questions if one.section == code) for code in codes}
        return {code: questions for code, questions in found.items() if questions}

    def questions_in(self, section: str) -> tuple[Question, ...]:
        """Return all questions of a section."""
        return self.by_section.get(section, ())

    def asked_of(self, chosen: Mapping[str, object]) -> tuple[Question, ...]:
        """Return the questions that somebody is asked who has `chosen` these options so far, by field name.

        A question whose condition does not hold is not asked, nor is any that depends on it.
        """
        if not self.has_conditions:
            return self.questions
        asked: dict[str, Question] = {}
        for question in self.questions:
            if _holds(question.shown_when, asked, chosen):
                asked[question.code] = question
        return tuple(asked.values())


def _holds(condition: Condition | None, asked: Mapping[str, Question], chosen: Mapping[str, object]) -> bool:
    if condition is None:
        return True
    return condition.question in asked and chosen.get(condition.question) in condition.answers


def every_text(questionnaire: Questionnaire) -> Iterator[Texts]:
    """Yield all that people read of a questionnaire, each in its languages."""
    yield questionnaire.title
    for section in questionnaire.sections:
        yield section.title
    for question in questionnaire.questions:
        yield from texts_of(question)
        if question.hint is not None:
            yield question.hint


def wording(question: Question) -> str:
    """Digest of what is asked, however often: equal for a question asked once, and asked as then / now.

    In English only, which every question has: a translation that is added does not make another question of it.
    """
    options = [[option.code, option.text["en"]] for option in question.options]
    asked = {"kind": question.kind.code, "text": question.text["en"], "options": options}
    return _digest({**asked, **_asides(question), "code": question.code, "order": question.order})


# Only where there are any: what was asked before they could be offered keeps its digest.
def _asides(question: Question) -> dict[str, object]:
    return {"unsaid": question.unsaid} if question.unsaid else {}


def are_worded_alike(one: Question, other: Question) -> bool:
    """Tell whether both ask the same, in every language that both have."""
    return wording(one) == wording(other) and all(
        mine.get(language, text) == text
        for mine, theirs in zip(texts_of(one), texts_of(other), strict=True)
        for language, text in theirs.items()
    )


def texts_of(question: Question) -> list[Texts]:
    """Return a question's own words and those of its options."""
    return [question.text, *(option.text for option in question.options)]


def _digest(shown: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def text_in(texts: Texts, language: str) -> str:
    """Return the text in `language` (such as "de"), or in English where there is none."""
    return texts.get(language, texts["en"])
