"""The body of a sealed response: what it carries, how it is written, and how long it can be at most."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from feedback.domain.errors import SealBroken
from feedback.domain.links import RECEIPT_BYTES, SECRET_BYTES, Proof, Receipt
from feedback.domain.survey.answers import Answer, Wish
from feedback.domain.survey.questionnaires import Questionnaire, Rating

_NOT_AS_WRITTEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class ResponseBody:
    """One response in clear: the right to give it, the group and role it speaks for, the answer, the receipt.

    A withdrawal is a response without an answer.
    """

    proof: Proof
    group: str
    role: str
    answer: Answer | None
    receipt: Receipt


def write_body(body: ResponseBody) -> bytes:
    """Return the canonical JSON of `body`."""
    return _canonical(
        {
            "proof": base64.b64encode(body.proof).decode(),
            "group": body.group,
            "role": body.role,
            "answer": body.answer and _answer_record(body.answer),
            "receipt": base64.b64encode(body.receipt).decode(),
        }
    )


def read_body(data: bytes) -> ResponseBody:
    """Read what `write_body` wrote, or raise SealBroken: whoever knows the public key can seal anything."""
    try:
        fields = json.loads(data)
        return ResponseBody(
            proof=Proof(_secret(fields["proof"], SECRET_BYTES)),
            group=_text(fields["group"]),
            role=_text(fields["role"]),
            answer=None if fields["answer"] is None else _answer(fields["answer"]),
            receipt=Receipt(_secret(fields["receipt"], RECEIPT_BYTES)),
        )
    except _NOT_AS_WRITTEN:
        raise SealBroken("A sealed body is not a response.") from None


def largest_body(questionnaire: Questionnaire, group: str) -> int:
    """Return the length in bytes of the longest body that an answer to `questionnaire` can have."""
    closed = [question for question in questionnaire.questions if question.closed]
    written = questionnaire.open_questions
    longest = Answer(
        ratings={name: asked.kind.longest(asked) for asked in closed for name in asked.fields},
        texts={asked.code: str(asked.kind.longest(asked)) for asked in written},
        wishes={asked.code: max(Wish, key=len) for asked in written},
    )
    frame = ResponseBody(Proof(bytes(SECRET_BYTES)), group, questionnaire.role, longest, Receipt(bytes(RECEIPT_BYTES)))
    return len(write_body(frame))


def _answer_record(answer: Answer) -> dict[str, object]:
    ratings = {name: rating if isinstance(rating, str) else list(rating) for name, rating in answer.ratings.items()}
    return {"ratings": ratings, "texts": dict(answer.texts), "wishes": dict(answer.wishes)}


def _answer(record: dict[str, Any]) -> Answer:
    return Answer(
        ratings={_text(name): _rating(value) for name, value in record["ratings"].items()},
        texts={_text(code): _text(text) for code, text in record["texts"].items()},
        wishes={_text(code): Wish(_text(wish)) for code, wish in record["wishes"].items()},
    )


def _canonical(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _secret(text: object, size: int) -> bytes:
    try:
        secret = base64.b64decode(_text(text), validate=True)
    except binascii.Error:
        raise ValueError from None
    if len(secret) != size:
        raise ValueError
    return secret


def _rating(value: object) -> Rating:
    return value if isinstance(value, str) else tuple(_text(code) for code in _list(value))


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
