"""Links: one spelling each, known derivations that may never change, and no way from one value to another."""

import hashlib
import hmac
import re
from functools import partial
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.links import (
    LinkKey,
    LinkSecret,
    OptOutToken,
    Pepper,
    Proof,
    Receipt,
    decoded,
    entitlement_digest,
    from_address,
    link_secret,
    message_name,
    new_receipt,
    opt_out_digest,
    opt_out_token,
    page_key,
    proof,
    receipt_digest,
    receipt_words,
    response_key,
    to_address,
)

KEY = LinkKey(bytes(range(32)))
PEPPER = Pepper(b"p" * 32)
SECRETS = st.binary(min_size=32, max_size=32)
IDS = st.integers(0, 2**63 - 1)
SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def hmac_of(key: bytes, label: bytes) -> bytes:
    return hmac.new(key, label, hashlib.sha256).digest()


# Links are in people's mailboxes: a value below that changes breaks them. They were worked out with OpenSSL.


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda link: link, "6b02a642a2a64947c836797ea42bb9e5ac0af0681879f6816b780f9192821355"),
        (proof, "15006feb64b84ff6a836f99d07bb62dae74170535a80623f881d7bc7f74b048f"),
        (
            lambda link: entitlement_digest(proof(link)),
            "838e64e2c21e08ce882e6bf647806ecb11322a47238b84e28777b9f822e1b4c3",
        ),
        (partial(response_key, pepper=None), "b7674ab7e545f8251724bccffc4c6f8c785684f74bcf1568986b736c61bbe8f4"),
        (page_key, "fbdad233d90ff9ddd7a1b5103c299cce80b241bb5c910d23bd147e276e75547f"),
    ],
)
def test_what_follows_from_a_link_never_changes(made, expected) -> None:
    assert made(link_secret(KEY, 7)).hex() == expected


def test_the_spelling_of_a_link_never_changes() -> None:
    assert to_address(link_secret(KEY, 7)) == "awKmQqKmSUfINnl-pCu55awK8GgYefaBa3gPkZKCE1U"


def test_an_opt_out_address_never_changes() -> None:
    token = opt_out_token(KEY, 7)
    assert token.hex() == "8e790d3f3602c1849387a331e75e9291486611c7953c7a787a491a8ff3706997"
    assert opt_out_digest(token).hex() == "80384a5639c618ab2e307603e4f1b07d0033f2c9447246219217716b38658198"


def test_a_message_id_never_changes() -> None:
    assert message_name(KEY, 3, "reminder-1", 7) == "f0dbb886b15d0ab7243f70de60ff1d2e"


def test_the_digest_of_a_receipt_never_changes() -> None:
    receipt = Receipt(bytes(range(16)))
    assert receipt_digest(receipt) == "be45cb2605bf36bebde684841a28f0fd43c69850a3dce5fedba69928ee3a8991"
    assert receipt_words(receipt) == "0001-0203-0405-0607-0809-0A0B-0C0D-0E0F"


@given(SECRETS, IDS)
def test_every_derivation_is_hmac_sha256_under_its_label(raw: bytes, number: int) -> None:
    link, eight = link_secret(LinkKey(raw), number), number.to_bytes(8, "big")
    assert link == hmac_of(raw, b"link" + eight)
    assert proof(link) == hmac_of(link, b"entitlement")
    assert response_key(link, None) == hmac_of(link, b"response")
    assert response_key(link, PEPPER) == hmac_of(PEPPER, hmac_of(link, b"response"))
    assert page_key(link) == hmac_of(link, b"page")
    assert opt_out_token(raw, number) == hmac_of(raw, b"opt-out" + eight)


@given(SECRETS, IDS)
def test_no_two_labels_give_the_same_value(raw: bytes, number: int) -> None:
    link = link_secret(LinkKey(raw), number)
    right = entitlement_digest(proof(link))
    rows = {response_key(link, None), response_key(link, PEPPER)}
    values = {link, proof(link), right, page_key(link), opt_out_token(raw, number)} | rows
    assert len(values) == 7


@given(SECRETS, st.lists(IDS, unique=True, max_size=20))
def test_no_two_people_share_a_link(raw: bytes, numbers: list[int]) -> None:
    key = LinkKey(raw)
    assert len({link_secret(key, number) for number in numbers}) == len(numbers)


@given(SECRETS, SECRETS, IDS)
def test_a_person_has_another_link_in_every_wave(one: bytes, other: bytes, number: int) -> None:
    assert (link_secret(LinkKey(one), number) == link_secret(LinkKey(other), number)) == (one == other)


@given(SECRETS)
def test_a_secret_is_spelled_in_43_letters_and_read_back(secret: bytes) -> None:
    address = to_address(secret)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", address)
    assert from_address(address) == secret


@given(SECRETS, st.integers(0, 42), st.sampled_from(SAFE))
def test_every_secret_has_one_spelling(secret: bytes, place: int, letter: str) -> None:
    address = to_address(secret)
    other = address[:place] + letter + address[place + 1 :]
    assert (from_address(other) == secret) == (other == address)


@given(st.text() | st.text(SAFE + "+/=%>. ", min_size=40, max_size=50))
def test_reading_an_address_never_raises_and_invents_no_letter(text: str) -> None:
    secret = from_address(text)
    letters = iter(decoded(text))
    assert secret is None or all(letter in letters for letter in to_address(secret))


BEHIND = [
    ".",
    ",",
    ")",
    ">",
    ";",
    '"',
    "=",
    "==",
    "\n",
    " ",
    "%20",
    "%2520",
    "%3D",
    "=3D",
    "&gt;",
    "\x00",
    "é",
    "…",
    "*",
    "_",
    "--",
]


@given(SECRETS, st.sampled_from(BEHIND), st.sampled_from(["", "<", "(", "%3C", "\u200b", " "]))
def test_what_a_mail_program_adds_is_passed_over(secret: bytes, behind: str, before: str) -> None:
    assert from_address(before + to_address(secret) + behind) == secret
    assert from_address(before + to_address(secret) + behind + " wrote:") == secret


@given(
    SECRETS,
    st.integers(1, 42),
    st.sampled_from(["\n", "\r\n", "\n> ", "=\r\n", "%0A%3E%20", "\u200b", "\xad", " ", "|"]),
)
def test_what_a_mail_program_puts_inside_is_passed_over(secret: bytes, place: int, inside: str) -> None:
    address = to_address(secret)
    assert from_address(f"{address[:place]}{inside}{address[place:]}") == secret
    assert from_address(f"{address[:place]}{inside}{address[place:]}).") == secret


@given(SECRETS, st.integers(0, 3))
def test_an_address_that_was_encoded_again_is_read(secret: bytes, times: int) -> None:
    written = "".join(f"%{ord(letter):02x}" for letter in to_address(secret))
    for _time in range(times - 1):
        written = quote(written)
    assert from_address(written) == secret


@given(SECRETS, st.sampled_from(["A", "-A", "%41", "_0", "\n0"]))
def test_where_letters_are_too_many_or_too_few_nothing_is_guessed(secret: bytes, more: str) -> None:
    address = to_address(secret)
    assert from_address(more.strip() + address) is None
    assert from_address(address[:20] + more + address[20:]) is None
    assert from_address(address[:-1]) is None
    assert from_address(address + more.strip()) is None


@given(st.binary(max_size=64).filter(lambda raw: len(raw) != 32))
def test_a_secret_of_another_length_is_none(raw: bytes) -> None:
    assert from_address(to_address(raw)) is None


@given(SECRETS, SECRETS)
def test_digests_differ_where_proofs_and_tokens_do(one: bytes, other: bytes) -> None:
    assert (entitlement_digest(Proof(one)) == entitlement_digest(Proof(other))) == (one == other)
    assert (opt_out_digest(OptOutToken(one)) == opt_out_digest(OptOutToken(other))) == (one == other)


@given(SECRETS, IDS, st.sampled_from(["invitation", "reminder-1", "reminder-2"]))
def test_a_message_id_is_32_letters_and_each_mail_has_its_own(raw: bytes, number: int, mail: str) -> None:
    name = message_name(raw, 3, mail, number)
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert name not in {message_name(raw, 3, mail + "0", number), message_name(raw, 4, mail, number)}
    assert name not in link_secret(LinkKey(raw), number).hex()


def test_receipts_are_drawn_and_not_derived() -> None:
    assert len({new_receipt() for _turn in range(100)}) == 100


@given(SECRETS)
def test_a_link_of_all_zeros_opens_nothing_of_anybody(raw: bytes) -> None:
    nobody = LinkSecret(bytes(32))
    assert entitlement_digest(proof(nobody)) != entitlement_digest(proof(link_secret(LinkKey(raw), 1)))
