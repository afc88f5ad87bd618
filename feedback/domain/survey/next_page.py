"""Which page answers a request: from what was sent and what was said, and from nothing else.

Knows no link, no language and no survey but its questionnaire. What is drawn for each page, others know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from feedback.domain.links import Receipt
from feedback.domain.survey.drafts import (
    Draft,
    can_travel,
    fits,
    is_empty,
    left_open,
    said_in,
    said_on,
    with_section,
)
from feedback.domain.survey.kinds import plain_code
from feedback.domain.survey.parts import Part, first_open, first_wrong, open_again, parts_of
from feedback.domain.survey.questionnaires import Question, Questionnaire


@dataclass(frozen=True)
class Sent:
    """A form of the survey's pages, with its `fields` as they came.

    `draft` and `receipt` came sealed in it; the draft holds but a typed receipt if it could not be read and is `lost`.
    `switched`: another language was chosen, which shows the same page again.
    """

    draft: Draft
    fields: Mapping[str, Sequence[str]]
    switched: bool = False
    receipt: Receipt | None = None
    lost: bool = False

    @property
    def go(self) -> str | None:
        """What was pressed, if not one of the other buttons."""
        return self._first("go")

    @property
    def change(self) -> str | None:
        """The part that is to be changed."""
        return self._first("change")

    @property
    def question(self) -> str | None:
        """The question that was left open and is to be answered."""
        return plain_code(self._first("question") or "") or None

    @property
    def part(self) -> str | None:
        """The part that was filled in."""
        return self._first("part")

    @property
    def shown(self) -> str | None:
        """The page that is to be shown in another language, if it is not a part or the check."""
        return self._first("shown")

    @property
    def at(self) -> str | None:
        """The page to resume at: a part's code, or another page's name."""
        return self._first("at")

    @property
    def word(self) -> str:
        """The word that was typed to take an answer back."""
        return self._first("word") or ""

    @property
    def checking(self) -> bool:
        """Whether the check was left to change a part."""
        return "checking" in self.fields

    @property
    def direction(self) -> Literal["stay", "back", "on"]:
        """Where somebody wants to go from a part."""
        if self.switched or self.go == "stay":
            return "stay"
        return "back" if self.go == "back" else "on"

    def _first(self, name: str) -> str | None:
        return next(iter(self.fields.get(name, ())), None)


@dataclass(frozen=True)
class PromisePage:
    """What is promised. Read again on the way, it carries what was filled in so far."""

    draft: Draft | None = None


@dataclass(frozen=True)
class PartPage:
    """One part, the `number`th of `count`, with the fields as `filled` has them, and what is wrong with it if `judged`.

    `checking`: the visitor came back from the check to change it. `lost`: what other parts held could not be read.
    `at`: the code of a question to begin at.
    """

    part: Part
    number: int
    count: int
    draft: Draft
    filled: Draft
    judged: bool
    checking: bool
    lost: bool = False
    at: str | None = None


@dataclass(frozen=True)
class CheckPage:
    """The check of an answer, part by part."""

    parts: tuple[Part, ...]
    draft: Draft


@dataclass(frozen=True)
class OpenPage:
    """The questions that were left open, before all the rest is sent. If `nothing` is answered nothing can be sent."""

    questions: tuple[Question, ...]
    draft: Draft
    nothing: bool = False


@dataclass(frozen=True)
class ThanksPage:
    """Thanks, with the visit's receipt."""

    receipt: Receipt


@dataclass(frozen=True)
class WithdrawPage:
    """The question for the word that takes an answer back; `refused` if another word was typed.

    `lost`: the page carried a receipt, perhaps, and could not be read.
    """

    draft: Draft
    typed: str = ""
    refused: bool = False
    lost: bool = False


@dataclass(frozen=True)
class WithdrawnPage:
    """The answer is taken back, if there was one. With the visit's receipt, which lets one answer again."""

    receipt: Receipt


@dataclass(frozen=True)
class Submission:
    """No page yet: what was filled in is to be stored as the answer."""

    draft: Draft


@dataclass(frozen=True)
class Withdrawal:
    """No page yet: the answer is to be taken back."""

    draft: Draft


Page: TypeAlias = PromisePage | PartPage | CheckPage | OpenPage | ThanksPage | WithdrawPage | WithdrawnPage


def every_part(questionnaire: Questionnaire) -> list[PartPage]:
    """Return every page of a part, empty: on the way on, and back from the check."""
    parts = parts_of(questionnaire, Draft())
    return [_part(parts, Draft(), code, checking=checking) for code in parts for checking in (False, True)]


def first_page(questionnaire: Questionnaire) -> PartPage:
    """Return the first part, empty."""
    parts = parts_of(questionnaire, Draft())
    return _part(parts, Draft(), next(iter(parts)))


def after_part(questionnaire: Questionnaire, sent: Sent) -> Page:
    """Return the page for a form that was sent from a part, from the promise or from the check."""
    if sent.lost:
        return _after_loss(questionnaire, sent)
    parts = parts_of(questionnaire, sent.draft)
    match sent:
        case Sent(switched=True, shown="promise"):
            return PromisePage(sent.draft)
        case Sent(switched=True, shown="open"):
            return _open_page(questionnaire, sent.draft)
        case Sent(change=str(code)) if code in parts:
            return _part(parts, sent.draft, code, checking=True)
        case Sent(question=str(code)) if part := _part_asking(parts, code):
            return replace(_part(parts, sent.draft, part.code, checking=True), at=code)
        case Sent(go="resume", at=str()):
            return _resumed(questionnaire, parts, sent)
        case Sent(go="resume"):
            return _first_open(parts, sent.draft, checking=sent.checking)
        case Sent(part=str(code)) if code in parts:
            filled = with_section(sent.draft, code, parts[code].questions, sent.fields)
            parts_now = parts_of(questionnaire, filled)
            return _after_filling(parts_now, open_again(parts, parts_now, filled), sent)
        case _:
            return replace(first_page(questionnaire), judged=True)


def _resumed(questionnaire: Questionnaire, parts: Mapping[str, Part], sent: Sent) -> Page:
    """Return the page that a browser went back to, with what is filled in by now."""
    match sent:
        case Sent(at="thanks", receipt=bytes(receipt)):
            return ThanksPage(Receipt(receipt))
        case Sent(at="withdrawn", receipt=bytes(receipt)):
            return WithdrawnPage(Receipt(receipt))
        case Sent(at=str(code)) if code in parts:
            return _part(parts, sent.draft, code, checking=sent.checking)
        case Sent(at="promise"):
            return PromisePage(sent.draft)
        case Sent(at="open"):
            return _open_page(questionnaire, sent.draft)
        case _:
            return _first_open(parts, sent.draft, checking=sent.checking)


def _after_filling(parts: Mapping[str, Part], draft: Draft, sent: Sent) -> Page:
    part = parts[sent.part or ""]
    travels = can_travel(part.questions, sent.fields)
    match sent.direction, travels, travels and fits(part.questions, draft):
        case "back", True, _:
            return _before(parts, draft, part.code, checking=sent.checking)
        case "on", True, True:
            passed = replace(draft, passed=draft.passed | {part.code})
            return _after(parts, passed, part.code, checking=sent.checking)
        case direction, _, _:
            page = _part(parts, draft, part.code, checking=sent.checking, judged=direction != "stay")
            return replace(page, filled=Draft(said_on(part.questions, sent.fields)))


def after_check(questionnaire: Questionnaire, sent: Sent) -> Page | Submission:
    """Return the page for a form that was sent from the check or from the thanks, or what is to be stored."""
    if sent.lost:
        return _after_loss(questionnaire, sent)
    match sent:
        case Sent(switched=True, receipt=bytes(receipt)):
            return ThanksPage(Receipt(receipt))
        case Sent(switched=True):
            return _first_open(parts_of(questionnaire, sent.draft), sent.draft, checking=False)
        case Sent(go="send"):
            return _before_sending(questionnaire, sent.draft)
        case _:
            return check_again(questionnaire, sent.draft)


def check_again(questionnaire: Questionnaire, draft: Draft) -> Page:
    """Return the first part that was not gone on from, or on which something is wrong, or else the check."""
    return _first_open(parts_of(questionnaire, draft), draft, checking=False, judged=True)


def _before_sending(questionnaire: Questionnaire, draft: Draft) -> Page | Submission:
    """Return what is to be stored, unless something is wrong, was never seen, or was left open without a prompt."""
    page = check_again(questionnaire, draft)
    if not isinstance(page, CheckPage):
        return page
    prompt = _open_page(questionnaire, draft)
    is_needed = prompt.nothing or prompt.draft.prompted > draft.prompted
    return prompt if is_needed else Submission(draft)


def _open_page(questionnaire: Questionnaire, draft: Draft) -> OpenPage:
    asked = questionnaire.asked_of(draft.chosen)
    found = left_open(asked, draft)
    prompted = draft.prompted | {question.code for question in found}
    return OpenPage(found, replace(draft, prompted=prompted), nothing=is_empty(said_in(asked, draft)))


def after_word(sent: Sent, word: str) -> Page | Withdrawal:
    """Return the page for a form of the withdrawal's pages, or that the answer is taken back, if `word` was typed."""
    draft = sent.draft
    match sent:
        case Sent(switched=True, receipt=bytes(receipt)):
            return WithdrawnPage(Receipt(receipt))
        case Sent(switched=True) | Sent(go="ask"):
            return WithdrawPage(draft, sent.word)
        case _ if sent.word.strip().casefold() == word.casefold():
            # Without its receipt the answer, if there is one, would be contested for good.
            return WithdrawPage(draft, sent.word, lost=True) if sent.lost and not draft.typed else Withdrawal(draft)
        case _:
            return WithdrawPage(draft, sent.word, refused=True)


def _after_loss(questionnaire: Questionnaire, sent: Sent) -> Page:
    """Return the part that was sent with what it says, or the first: what other parts held cannot be read."""
    parts = parts_of(questionnaire, Draft())
    code = sent.part if sent.part in parts else next(iter(parts))
    asked = parts[code].questions
    draft, said = with_section(sent.draft, code, asked, sent.fields), Draft(said_on(asked, sent.fields))
    return replace(_part(parts, draft, code, judged=True), filled=said, lost=True)


def _before(parts: Mapping[str, Part], draft: Draft, code: str, *, checking: bool) -> Page:
    place = list(parts).index(code)
    return _part(parts, draft, list(parts)[place - 1], checking=checking) if place else PromisePage(draft)


def _after(parts: Mapping[str, Part], draft: Draft, code: str, *, checking: bool) -> Page:
    following = list(parts)[list(parts).index(code) + 1 :]
    if following and not checking:
        return _part(parts, draft, following[0])
    return _first_open(parts, draft, checking=checking)


def _first_open(parts: Mapping[str, Part], draft: Draft, *, checking: bool, judged: bool = False) -> Page:
    part, wrong = first_open(parts, draft), first_wrong(parts, draft)
    match part, wrong:
        case Part(), _:
            return _part(parts, draft, part.code, checking=checking, judged=judged)
        case _, Part():
            # What was gone on from may not be right for this release.
            return _part(parts, draft, wrong.code, checking=True, judged=True)
        case _:
            return CheckPage(tuple(parts.values()), draft)


def _part_asking(parts: Mapping[str, Part], code: str) -> Part | None:
    return next((part for part in parts.values() if any(one.code == code for one in part.questions)), None)


def _part(
    parts: Mapping[str, Part], draft: Draft, code: str, *, checking: bool = False, judged: bool = False
) -> PartPage:
    return PartPage(parts[code], list(parts).index(code) + 1, len(parts), draft, draft, judged, checking)
