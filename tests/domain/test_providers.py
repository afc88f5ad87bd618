"""What a provider's address may be, and what it says of somebody's."""

import pytest

from feedback.domain.errors import ProviderRefused
from feedback.domain.providers import checked_issuer, host_of, verified_address


@pytest.mark.parametrize(
    "email",
    # The sign for degrees Kelvin is a small k to whoever makes letters small.
    ["\u212aate@example.com", "kate@examp\u017fe.com", "käte@example.com", None, 7, ["kate@example.com"]],
)
def test_what_only_looks_like_an_address_is_none(email: object) -> None:
    assert verified_address({"email": email, "email_verified": True}) is None


@pytest.mark.parametrize("verified", [None, False, "true", "True", 1, 1.0, [True]])
def test_an_address_that_is_not_said_to_be_theirs_is_none(verified: object) -> None:
    assert verified_address({"email": "kate@example.com", "email_verified": verified}) is None
    assert verified_address({"email": "Kate@Example.com", "email_verified": True}) == "kate@example.com"


@pytest.mark.parametrize("email", ["kate\0@example.com", f"{'k' * 243}@example.com", "kate@exämple.com", None])
def test_what_no_account_can_have_is_no_address(email: str | None) -> None:
    assert verified_address({"email": email, "email_verified": True}) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "login.example.com", "ftp://login.example.com", "https://", "https://a@login.example.com", "https://x:0"),
        *("https://login.example.com?a", "https://login.example.com/#b", "https://login.exämple.com", "https://[x"),
        *("https://login.example.com/ a", "https://login.example.com/\nb", f"https://login.example.com/{'a' * 200}"),
    ],
)
def test_what_is_no_providers_address_is_refused(text: str) -> None:
    with pytest.raises(ProviderRefused, match="not the address of a provider"):
        checked_issuer(text)


def test_a_providers_address_stays_as_it_is_written() -> None:
    assert checked_issuer(" https://login.example.com/Realm/ ") == "https://login.example.com/Realm/"
    assert host_of("https://login.example.com/Realm/") == "login.example.com"
