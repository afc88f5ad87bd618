"""What a participant has filled in so far, complete or not: how it travels in the page and becomes an answer.

Holds what was typed and chosen as it came, so that going back and forth loses nothing; leaves out what is too much.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from feedback.domain.errors import AnswerRefused, SealBroken
from feedback.domain.links import RECEIPT_BYTES, RECEIPT_CHARS, Receipt, read_receipt
from feedback.domain.survey.answers import Answer, Wish, check_answer, check_question
from feedback.domain.survey.kinds import ONE, plain_code
from feedback.domain.survey.questionnaires import (
    PREFER_NOT_TO_SAY,
    Kind,
    Question,
    Questionnaire,
    Rating,
    codes_of,
)

TEXT_STEP = 1024
"""What is written may show in a draft's size, in steps of so many bytes; what is chosen never."""
_CODE = re.compile("[a-z0-9-]*")


@dataclass(frozen=True)
class Draft:
    """Answers on their way. `values` by field name, several for ticks; `passed` names the sections gone on from.

    `receipt` is the visit's: drawn when a page first carries the draft, and the same until the thanks. `typed` is what
    was typed as the receipt of an earlier visit. `prompted` names the questions that were said to be left open.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    receipt: Receipt | None = None
    typed: str = ""
    prompted: frozenset[str] = frozenset()

    @property
    def chosen(self) -> Mapping[str, object]:
        """What was chosen in each field in which one thing was, which is what conditions look at."""
        return {name: values[0] for name, values in self.values.items() if len(values) == 1}

    @property
    def shown(self) -> Receipt | None:
        """The receipt of an earlier visit, if one was typed."""
        return read_receipt(self.typed)


def wish_field(code: str) -> str:
    """Return the name of the field that asks what may happen to the text on a question."""
    return f"{code}-wish"


def fields_of(question: Question) -> tuple[str, ...]:
    """Return the names of all fields in which a question is answered, the wish about a text included."""
    return question.fields if question.closed else (question.code, wish_field(question.code))


def texts_in(values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what was written among `values`, by field name, for whoever does not know the questionnaire.

    A wish goes with each text; and what is no code was written.
    """
    first = {name: said[0] for name, said in values.items() if said and said[0].strip()}
    return {
        name: said
        for name, said in first.items()
        if wish_field(name) in values or not _CODE.fullmatch(plain_code(said))
    }


def said_on(questions: Iterable[Question], sent: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return what a form says on some questions, by field name, as it came."""
    return {
        name: said
        for question in questions
        for name in fields_of(question)
        if (said := _kind_of(question, name).sent(question, name, sent))
    }


def with_section(draft: Draft, section: str, questions: Iterable[Question], sent: Mapping[str, Sequence[str]]) -> Draft:
    """Return the draft with what was `sent` on the questions of a section in place of what it held on them.

    The section is no longer passed. A text that is too long to travel is left out: see `can_travel`.
    """
    kept = dict(draft.values)
    for question in questions:
        for name in fields_of(question):
            kept.pop(name, None)
            values = _drafted(question, name, sent)
            if values:
                kept[name] = values
    return replace(draft, values=kept, passed=draft.passed - {section})


def with_typed(draft: Draft, text: str) -> Draft:
    """Return the draft with what was typed as a receipt, as far as it can be one, in groups as receipts are shown.

    Whatever stands between or around its letters and digits is no part of it, so none of them is lost to a blank.
    """
    return replace(draft, typed=_grouped(text))


def _grouped(typed: str) -> str:
    kept = "".join(letter for letter in typed if letter.isascii() and letter.isalnum())
    return "-".join(kept[at : at + 4] for at in range(0, len(kept), 4))[:RECEIPT_CHARS]


def _drafted(question: Question, name: str, sent: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    kind = _kind_of(question, name)
    return kind.drafted(question, kind.sent(question, name, sent))


def _kind_of(question: Question, name: str) -> Kind:
    return question.kind if name in question.fields else ONE


def can_travel(questions: Iterable[Question], sent: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether everything `sent` on some questions can travel on; only a text that is far too long cannot."""
    written = (question for question in questions if not question.closed)
    return all(_drafted(question, name, sent) is not None for question in written for name in question.fields)


def write_draft(draft: Draft) -> bytes:
    """Return the draft as JSON, for its journey through the page; as long with a receipt typed as without."""
    receipts = {"receipt": draft.receipt.hex() if draft.receipt else "", "typed": draft.typed.ljust(RECEIPT_CHARS)}
    lists = {"passed": sorted(draft.passed), "prompted": sorted(draft.prompted)}
    return _json({"values": dict(draft.values), **lists, **receipts})


def write_padded_draft(draft: Draft, texts: Iterable[Question], size: int) -> bytes:
    """Return the draft as JSON with blanks behind it: `size` bytes whatever was chosen, and whole steps for `texts`."""
    written = write_draft(draft)
    length = sum(len(_json({one.code: draft.values[one.code]})) for one in texts if one.code in draft.values)
    steps = -(-max(length, len(written) - size) // TEXT_STEP)
    return written.ljust(size + steps * TEXT_STEP)


def largest_choice(questionnaire: Questionnaire) -> int:
    """Return the size in bytes of the longest draft that holds no text."""
    closed = [question for question in questionnaire.questions if question.closed]
    chosen = {name: codes_of(asked.kind.longest(asked)) for asked in closed for name in asked.fields}
    wishes = {wish_field(asked.code): (max(Wish, key=len),) for asked in questionnaire.open_questions}
    passed = frozenset(section.code for section in questionnaire.sections)
    prompted = frozenset(question.code for question in questionnaire.questions)
    return len(write_draft(Draft({**chosen, **wishes}, passed, Receipt(bytes(RECEIPT_BYTES)), prompted=prompted)))


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json(record: Mapping[str, object]) -> bytes:
    return _ENCODER.encode(record).encode("utf-8", "replace")


def read_draft(data: bytes) -> Draft:
    """Read what `write_draft` wrote, or raise SealBroken."""
    try:
        record = json.loads(data)
        values = {name: tuple(said) for name, said in record["values"].items()}
        passed = frozenset(record["passed"])
        # Pages of earlier versions carried no receipt, and prompted for nothing.
        receipt, typed = (record.get(name, "") for name in ("receipt", "typed"))
        prompted = frozenset(record.get("prompted", ()))
        # Whoever has a link can seal anything with its key, even half a character, which cannot be shown again.
        "".join((*values, *chain(*values.values()), *passed, *prompted, receipt, typed)).encode()
        if () in values.values():
            raise ValueError
        return Draft(values, passed, read_receipt(receipt), _grouped(typed), prompted)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SealBroken("A sealed page does not hold a draft.") from None


def answer_in(questionnaire: Questionnaire, draft: Draft) -> Answer:
    """Return the answer that a draft holds, without what is not asked (any more); AnswerRefused if it may not be sent.

    What was left open, does not apply or cannot be told is not to be told from "prefer not to say". Texts that were
    left empty are not in it, nor are their wishes. Where nothing at all was said it is refused: a program that only
    presses buttons says nothing.
    """
    asked = questionnaire.asked_of(draft.chosen)
    said = said_in(asked, draft)
    if is_empty(said):
        raise AnswerRefused("Nothing is answered.")
    answer = _as_sent(asked, said)
    check_answer(questionnaire, answer)
    return answer


def said_in(asked: Iterable[Question], draft: Draft) -> Answer:
    """Return what a draft says on the questions that are `asked`, and nothing on those left open."""
    ratings: dict[str, Rating] = {}
    texts: dict[str, str] = {}
    for question in asked:
        for name in (name for name in question.fields if name in draft.values):
            said = question.kind.read(question, draft.values[name])
            if question.closed:
                ratings[name] = said
            else:
                texts[name] = str(said)
    return Answer(ratings, texts, {code: wish for code in texts if (wish := _wish(draft, code))})


def is_empty(said: Answer) -> bool:
    """Tell whether nothing was chosen and nothing was written."""
    return not (said.ratings or said.texts)


def left_open(asked: Iterable[Question], draft: Draft) -> tuple[Question, ...]:
    """Return those of the questions `asked` that are not answered, or not wholly, and are not optional."""
    return tuple(one for one in asked if one.required and not all(name in draft.values for name in one.fields))


def fits(questions: Iterable[Question], draft: Draft) -> bool:
    """Tell whether what a draft says on these questions, which are asked, may be said; any may be left open."""
    questions = tuple(questions)
    try:
        answer = _as_sent(questions, said_in(questions, draft))
        for question in questions:
            check_question(question, answer)
    except AnswerRefused:
        return False
    return True


def _as_sent(asked: Iterable[Question], said: Answer) -> Answer:
    sent = dict(said.ratings)
    for question, name in ((one, name) for one in asked if one.closed for name in one.fields):
        if name not in sent or sent[name] in question.unsaid:
            sent[name] = PREFER_NOT_TO_SAY
    return replace(said, ratings=sent)


def _wish(draft: Draft, code: str) -> Wish | None:
    values = draft.values.get(wish_field(code), ())
    if values in ((), ("",)):
        return None
    try:
        (value,) = values
        return Wish(value)
    except ValueError:
        raise AnswerRefused("The answer holds a wish that was not offered.") from None
