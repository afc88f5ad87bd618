"""The body of a response: written one way, read strictly, never longer than was promised."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import SealBroken
from feedback.domain.links import Proof, Receipt
from feedback.domain.survey.answers import Answer, Wish, check_answer, clean_text
from feedback.domain.survey.kinds import MANY, ONE, TEXT
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Kind,
    Option,
    Order,
    Question,
    Questionnaire,
    Role,
    Section,
)
from feedback.domain.survey.responses import (
    ResponseBody,
    largest_body,
    read_body,
    write_body,
)
from forms.bank import available, load

# What takes most room in JSON or UTF-8, and what JSON must escape.
WORST = '"\\\n\t/𝕳😀￿’ä\u200d\u2028e\u0301'
GROUPS = st.sampled_from(["all", "mentor", 'mentee/"\\', "mentor/ÄÖ+𝕳", "mentee/North%2BSouth"])


def options(*codes: str) -> tuple[Option, ...]:
    return tuple(Option(code, {"en": code}) for code in codes)


def question(code: str, kind: Kind, **changes: Any) -> Question:
    return Question(code, kind, "s", {"en": "?"}, **({"required": False} | changes))


HARD = Questionnaire(
    "hard",
    1,
    "exit",
    Role.MENTOR,
    {"en": "Hard"},
    (Section("s", {"en": "Section"}),),
    (
        question("A1", ONE, options=options("a", "much-longer-than-prefer-not-to-say"), order=Order.RISING),
        question("B1", MANY, options=options("x", "y", "z")),
        question("C1", ONE, options=options("0", "1"), then_now=True),
        question("D1", ONE, options=options("1-2", "3-or-more")),
        question("F1", TEXT, max_chars=5),
        question("F2", TEXT, max_chars=60),
    ),
)
QUESTIONNAIRES = [HARD, *map(load, available())]


def ratings(one: Question) -> st.SearchStrategy[Any]:
    said = st.sampled_from([PREFER_NOT_TO_SAY, *([NONE_OF_THESE] if one.kind is MANY else one.option_codes)])
    if one.kind is not MANY:
        return said
    ticked = st.sets(st.sampled_from([code for code in one.option_codes if code not in one.alone]), min_size=1)
    return said | ticked.map(lambda codes: tuple(code for code in one.option_codes if code in codes))


def texts(most: int) -> st.SearchStrategy[str]:
    short = st.text(st.sampled_from(WORST) | st.characters(), max_size=most)
    full = st.sampled_from([letter * most for letter in WORST])
    return (short | full).map(clean_text).filter(lambda text: len(text) <= most)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[Questionnaire, ResponseBody]:
    """A questionnaire and a valid body: every question answered, in any way that its form allows."""
    asked = draw(st.sampled_from(QUESTIONNAIRES))
    answer = Answer(
        {name: draw(ratings(one)) for one in asked.questions if one.closed for name in one.fields},
        {one.code: draw(texts(one.max_chars)) for one in asked.open_questions},
        {one.code: wish for one in asked.open_questions if (wish := draw(st.sampled_from([None, *Wish])))},
    )
    check_answer(asked, answer)
    proof, receipt = draw(st.binary(min_size=32, max_size=32)), draw(st.binary(min_size=16, max_size=16))
    return asked, ResponseBody(Proof(proof), draw(GROUPS), asked.role, answer, Receipt(receipt))


@given(bodies())
def test_a_body_is_read_as_it_was_written(written: tuple[Questionnaire, ResponseBody]) -> None:
    assert read_body(write_body(written[1])) == written[1]


@given(bodies())
def test_no_valid_body_is_longer_than_the_largest(written: tuple[Questionnaire, ResponseBody]) -> None:
    asked, body = written
    assert len(write_body(body)) <= largest_body(asked, body.group)


@given(bodies())
def test_a_body_is_canonical_json(written: tuple[Questionnaire, ResponseBody]) -> None:
    text = write_body(written[1]).decode()
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text


def test_the_largest_body_leaves_room_for_four_bytes_a_letter() -> None:
    answer = Answer(
        {"A1": "much-longer-than-prefer-not-to-say", "B1": ("x", "y", "z"), "C1-then": "0", "C1-now": "1", "D1": "1-2"},
        {"F1": "𝕳" * 5, "F2": "𝕳" * 60},
        {"F1": Wish.SUMMARISE, "F2": Wish.SUMMARISE},
    )
    body = ResponseBody(Proof(bytes(32)), "all", Role.MENTOR, answer, Receipt(bytes(16)))
    assert largest_body(HARD, "all") - 120 < len(write_body(body)) <= largest_body(HARD, "all")


def test_a_wish_that_was_not_offered_breaks_the_seal() -> None:
    body = ResponseBody(Proof(bytes(32)), "all", Role.MENTOR, Answer({}, {"F1": "x"}), Receipt(bytes(16)))
    record = json.loads(write_body(body))
    for wishes in ({"F1": "shout"}, {"F1": ""}, {"F1": None}, ["F1"], "quote"):
        record["answer"]["wishes"] = wishes
        with pytest.raises(SealBroken):
            read_body(json.dumps(record).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read_or_break(data: bytes) -> None:
    """Reading gives a value or raises SealBroken; anything else fails the test."""
    with contextlib.suppress(SealBroken):
        read_body(data)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_body_break_the_seal(data: bytes) -> None:
    read_or_break(data)


@given(JSON)
def test_json_that_is_no_body_breaks_the_seal(value: Any) -> None:
    read_or_break(json.dumps(value).encode())


FIELDS = ["proof", "group", "role", "answer", "receipt"]


@given(bodies(), st.sampled_from(FIELDS), JSON)
def test_a_body_with_one_strange_field_is_read_or_breaks(
    written: tuple[Questionnaire, ResponseBody], field: str, value: Any
) -> None:
    record = json.loads(write_body(written[1]))
    read_or_break(json.dumps(record | {field: value}).encode())


@given(bodies(), st.sampled_from(["ratings", "texts", "wishes"]), JSON)
def test_an_answer_with_one_strange_part_is_read_or_breaks(
    written: tuple[Questionnaire, ResponseBody], half: str, value: Any
) -> None:
    record = json.loads(write_body(written[1]))
    record["answer"][half] = value
    read_or_break(json.dumps(record).encode())


@given(bodies(), st.sampled_from(FIELDS))
def test_a_body_without_one_field_breaks_the_seal(written: tuple[Questionnaire, ResponseBody], field: str) -> None:
    record = json.loads(write_body(written[1]))
    del record[field]
    with pytest.raises(SealBroken):
        read_body(json.dumps(record).encode())


@given(bodies(), st.data())
def test_a_body_that_was_altered_is_read_or_breaks(
    written: tuple[Questionnaire, ResponseBody], data: st.DataObject
) -> None:
    body = bytearray(write_body(written[1]))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    read_or_break(bytes(body))


HURTFUL = {
    "deep list": b"[" * 100_000,
    "deep object": b'{"answer":' * 50_000,
    "long number": b"9" * 5000,
    "long number as proof": b'{"proof":' + b"9" * 5000 + b"}",
    "no text": b"\xff\xfe",
    "zero byte": b"\x00",
    "lone surrogate": b'"\\ud800"',
    "no number": b"NaN",
    "nothing": b"",
    "byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("data", HURTFUL.values(), ids=HURTFUL.keys())
def test_bytes_made_to_hurt_break_the_seal(data: bytes) -> None:
    with pytest.raises(SealBroken):
        read_body(data)


@pytest.mark.parametrize("proof", ["", "A" * 43, "A" * 44 + "====", "é" * 44, "A" * 42 + "!=", None, 7, ["A"]])
def test_a_proof_that_is_not_32_bytes_breaks_the_seal(proof: object) -> None:
    body = ResponseBody(Proof(bytes(32)), "all", Role.MENTOR, Answer(), Receipt(bytes(16)))
    record = json.loads(write_body(body)) | {"proof": proof}
    with pytest.raises(SealBroken):
        read_body(json.dumps(record).encode())
