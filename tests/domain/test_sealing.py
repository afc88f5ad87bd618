"""Sealing: opens in its own place with its own key, nowhere else; all seals of a wave look alike."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import SealBroken
from feedback.domain.links import PageKey, ResponseKey
from feedback.domain.sealing import (
    KEY_ID_BYTES,
    Place,
    PrivateKey,
    SealedComment,
    SealedResponse,
    new_private_key,
    open_comment,
    open_page_state,
    open_response,
    pad,
    seal_comment,
    seal_page_state,
    seal_response,
    unpad,
)
from tests.tried import tried

SIZE = 64
# The version, the key id, and what HPKE adds: an X25519 public key and a tag.
OVERHEAD_BYTES = 1 + KEY_ID_BYTES + 32 + 16
KEY = new_private_key()
HERE, ROW = Place(3, 5), ResponseKey(b"r" * 32)
PAGE = PageKey(b"p" * 32)
BODIES = st.binary(max_size=SIZE)
COUNTS = st.integers(0, 2**32)


def sealed_response(body: bytes = b"body") -> SealedResponse:
    return seal_response(body, KEY.public, HERE, ROW, SIZE)


@given(BODIES)
def test_a_response_opens_where_it_was_sealed(body: bytes) -> None:
    assert open_response(sealed_response(body), KEY, HERE, ROW) == body


@given(BODIES)
def test_a_comment_opens_where_it_was_sealed(text: bytes) -> None:
    assert open_comment(seal_comment(text, KEY.public, HERE, "F2", SIZE), KEY, HERE, "F2") == text


@given(BODIES)
def test_a_seal_is_as_long_as_the_wave_says_whatever_it_holds(body: bytes) -> None:
    assert len(sealed_response(body)) == OVERHEAD_BYTES + 4 + SIZE
    assert len(seal_comment(body, KEY.public, HERE, "F2", SIZE)) == OVERHEAD_BYTES + 4 + SIZE


def test_the_same_answer_never_looks_the_same() -> None:
    seals = [sealed_response() for _turn in range(50)]
    assert len({seal[9:] for seal in seals}) == 50
    assert {seal[:9] for seal in seals} == {b"\x01" + KEY.key_id}


@given(st.tuples(COUNTS, COUNTS).filter(lambda place: place != (3, 5)))
def test_a_response_opens_in_no_other_wave_or_programme(place: tuple[int, int]) -> None:
    with pytest.raises(SealBroken):
        open_response(sealed_response(), KEY, Place(*place), ROW)


@given(st.binary(min_size=32, max_size=32).filter(lambda row: row != ROW))
def test_a_response_opens_in_no_other_row(row: bytes) -> None:
    with pytest.raises(SealBroken):
        open_response(sealed_response(), KEY, HERE, ResponseKey(row))


@given(st.text(st.characters(codec="ascii"), max_size=10).filter(lambda code: code != "F2"))
def test_a_comment_opens_for_no_other_question(code: str) -> None:
    with pytest.raises(SealBroken):
        open_comment(seal_comment(b"text", KEY.public, HERE, "F2", SIZE), KEY, HERE, code)


def test_a_response_is_no_comment_and_a_comment_no_response() -> None:
    comment = seal_comment(b"text", KEY.public, HERE, ROW.decode(), SIZE)
    with pytest.raises(SealBroken):
        open_response(SealedResponse(comment), KEY, HERE, ROW)
    with pytest.raises(SealBroken):
        open_comment(SealedComment(sealed_response()), KEY, HERE, ROW.decode())


@given(st.integers(0, OVERHEAD_BYTES + 3 + SIZE), st.integers(1, 255))
def test_a_seal_breaks_when_any_byte_changes(place: int, change: int) -> None:
    seal = bytearray(sealed_response())
    seal[place] ^= change
    with pytest.raises(SealBroken):
        open_response(SealedResponse(bytes(seal)), KEY, HERE, ROW)


@given(st.integers(0, OVERHEAD_BYTES + 3 + SIZE))
def test_a_seal_breaks_when_it_is_cut(length: int) -> None:
    with pytest.raises(SealBroken):
        open_response(SealedResponse(sealed_response()[:length]), KEY, HERE, ROW)


@given(st.binary(max_size=200))
def test_bytes_that_nobody_sealed_raise_nothing_else(junk: bytes) -> None:
    for seal in (junk, b"\x01" + KEY.key_id + junk):
        with pytest.raises(SealBroken):
            open_response(SealedResponse(seal), KEY, HERE, ROW)


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
def test_a_weak_public_value_raises_nothing_else(point: bytes) -> None:
    with pytest.raises(SealBroken):
        open_response(SealedResponse(b"\x01" + KEY.key_id + point + bytes(80)), KEY, HERE, ROW)


def test_another_key_of_the_same_name_does_not_open() -> None:
    with pytest.raises(SealBroken):
        open_response(sealed_response(), PrivateKey(KEY.key_id, new_private_key().raw), HERE, ROW)


def test_the_same_key_under_another_name_does_not_open() -> None:
    with pytest.raises(SealBroken, match="another key"):
        open_response(sealed_response(), PrivateKey(b"another!", KEY.raw), HERE, ROW)


def test_a_printed_key_does_not_show_itself() -> None:
    assert repr(KEY.raw) not in repr(KEY)
    assert KEY.raw.hex() not in repr(KEY)


@given(BODIES)
def test_padding_can_be_undone(body: bytes) -> None:
    assert unpad(pad(body, SIZE)) == body


@given(BODIES)
def test_padding_is_always_as_long(body: bytes) -> None:
    assert len(pad(body, SIZE)) == SIZE + 4


def test_bodies_that_end_in_zeros_stay_apart() -> None:
    padded = [pad(bytes(length), SIZE) for length in range(SIZE + 1)]
    assert all(one != other for one, other in pairwise(padded))


@given(st.binary(min_size=SIZE + 1, max_size=2 * SIZE))
def test_a_body_that_is_too_long_is_never_cut(body: bytes) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pad(body, SIZE)


@given(st.binary(max_size=80))
def test_other_padding_is_refused(padded: bytes) -> None:
    try:
        body = unpad(padded)
    except SealBroken:
        return
    assert padded == pad(body, len(padded) - 4)


@given(st.binary(max_size=500))
def test_a_page_opens_with_its_own_link_only(state: bytes) -> None:
    sealed = seal_page_state(state, PAGE)
    assert open_page_state(sealed, PAGE) == state
    with pytest.raises(SealBroken):
        open_page_state(sealed, PageKey(b"q" * 32))


@given(st.binary(max_size=100))
def test_a_page_that_nobody_sealed_raises_nothing_else(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        open_page_state(junk, PAGE)


@tried(50)
@given(st.integers(0, 40), st.integers(1, 255))
def test_a_page_breaks_when_any_byte_changes(place: int, change: int) -> None:
    sealed = bytearray(seal_page_state(b"thirteen byte", PAGE))
    sealed[place] ^= change
    with pytest.raises(SealBroken):
        open_page_state(bytes(sealed), PAGE)
