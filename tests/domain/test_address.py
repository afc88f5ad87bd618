"""An address has one spelling, whoever types it, and is made in one place."""

import ast
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.address import (
    MOST_CHARS,
    address_or_none,
    domain_of,
    one_address,
    read_address,
    read_domain,
    subaddress,
)
from feedback.domain.errors import AddressRefused
from tests.house.test_house import ROOT, sources
from tests.spelling import addresses, spelled

MAKER = ROOT / "feedback" / "domain" / "address.py"
NO_ADDRESSES = [
    "",
    " ",
    "ana",
    "ana@",
    "@example.com",
    "ana@@example.com",
    "Ana <ana@example.com>",
    "a@b.test",
    "a@localhost",
]


@given(st.data(), addresses())
def test_every_spelling_is_read_as_one_address(data: st.DataObject, address: str) -> None:
    assert read_address(data.draw(spelled(address))) == read_address(address)


@given(addresses())
def test_an_address_is_read_back_as_itself(address: str) -> None:
    known = read_address(address)
    assert read_address(known) == known
    assert domain_of(known).isascii()
    assert unicodedata.is_normalized("NFC", known)


@given(st.text(max_size=60) | st.from_regex(r"[\w.+-]{1,20}@[\w.\-]{1,20}", fullmatch=True))
def test_whatever_is_typed_is_an_address_or_refused(text: str) -> None:
    found = address_or_none(text)
    assert found is None or (len(found) <= MOST_CHARS and address_or_none(found) == found)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_refused_and_nobody_has_it(text: str) -> None:
    with pytest.raises(AddressRefused, match=r"write (it|an address) like name@example\.com"):
        read_address(text)
    assert address_or_none(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@example.com", "anna@example.com"),
        ("ana@straße.example", "ana@strasse.example"),
        ("a.na@x.com", "ana@x.com"),
    ],
)
def test_different_mailboxes_stay_apart(one: str, other: str) -> None:
    assert read_address(one) != read_address(other)


@given(addresses(), st.from_regex(r"[0-9]{1,10}-[0-9a-f]{20}", fullmatch=True))
def test_a_subaddress_has_one_spelling_too(address: str, detail: str) -> None:
    found = subaddress(read_address(address), detail)
    assert read_address(found) == found
    assert domain_of(found) == domain_of(read_address(address))


def test_nothing_else_makes_an_address() -> None:
    makers = {
        path.relative_to(ROOT)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Address"
    }
    assert makers == {MAKER.relative_to(ROOT)}


@pytest.mark.parametrize(
    "typed", ["Ana@Example.org", "ana+news@example.com", "ana+a+b@example.org", "ａna@example.com"]
)
def test_a_person_has_one_address_whatever_the_tag_or_the_domain(typed: str) -> None:
    alike = {"example.com": "example.com", "example.org": "example.com"}
    assert one_address(typed, alike) == "ana@example.com"


def test_two_people_have_two_addresses() -> None:
    assert len({one_address(one, {}) for one in ("ana@a.org", "ana@b.org", "+x@a.org", "+y@a.org")}) == 4


def test_a_domain_is_read_as_in_addresses() -> None:
    assert read_domain(" BÜCHER.example.com ") == "xn--bcher-kva.example.com"
    with pytest.raises(AddressRefused):
        read_domain("example")


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("josé@example.com", "é"),
        ("jose\u0301@example.com", "é"),
        ("o’brien@example.com", "’"),
        ("ادا@example.com", "ا"),
        ("ana–lima@example.com", "–"),
        ("ａna@example.com", "ａ"),
        ("аna@example.com", "а"),
    ],
)
def test_what_no_relay_is_sure_to_deliver_is_refused_with_its_sign(address: str, sign: str) -> None:
    with pytest.raises(AddressRefused, match=f"has “{re.escape(sign)}” before its @"):
        read_address(address)


def test_an_address_from_before_is_still_found() -> None:
    assert address_or_none("José@Example.com") == "josé@example.com"
