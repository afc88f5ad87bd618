"""Mail addresses as this service keeps and compares them: one spelling for one mailbox, made here and nowhere else.

Surrounding spaces go. The domain is as in DNS (IDNA 2008 after UTS 46: ASCII, small letters), the local part in NFC and
small letters, for sending too: a mailbox could in theory tell "Ana" from "ana", but one person with two links is the
likelier mistake. Whatever else is derived from an address, such as one key for a person, belongs here.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NewType

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from feedback.domain.errors import AddressRefused, quoted, sentence

Address = NewType("Address", str)
"""An address in its one spelling; two of them are the same mailbox exactly if they are equal."""

MOST_CHARS = 254
_UNSENDABLE = sentence(
    "%(address)s has “%(sign)s” before its @, and email to such an address is not sure to arrive. Write it with the "
    "plain letters and signs of a keyboard, or ask for another address."
)
_EMPTY = sentence("the field is empty; write an address like name@example.com.")
_NO_ADDRESS = sentence("%(text)s is not an email address; write it like name@example.com.")
_PLAIN_LOCAL_PART = re.compile(r"(?=.{1,64}\Z)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", re.ASCII)


# No mailbox begins with one: a spreadsheet marks text so, and mail programs put quotes around what they show.
_QUOTES = "'\"‘’“”"


def read_address(text: str) -> Address:
    """Return the address that somebody has typed and mails can be sent to; else raise AddressRefused saying why not.

    A relay need not know SMTPUTF8, and the next one neither: what stands before the @ has to be ASCII.
    """
    address = _read(text)
    local_part = local_part_of(address)
    if not local_part.isascii():
        sign = next(sign for sign in local_part if not sign.isascii())
        raise AddressRefused(_UNSENDABLE, address=quoted(text), sign=sign)
    return address


def _read(text: str) -> Address:
    bare = text.strip().strip(_QUOTES).strip()
    if not bare:
        raise AddressRefused(_EMPTY)
    local_part, _, domain = bare.rpartition("@")
    try:
        address = f"{_local_part(unicodedata.normalize('NFC', local_part.lower()))}@{_ascii_domain(domain)}"
    except EmailNotValidError:
        address = ""
    if not 0 < len(address) <= MOST_CHARS:
        raise AddressRefused(_NO_ADDRESS, text=quoted(text))
    return Address(address)


def address_or_none(text: str) -> Address | None:
    """Return the address that somebody has typed, to look for who has it; None, which nobody has, if it is none.

    What came in before addresses had to be ASCII before the @ is found as well.
    """
    try:
        return _read(text)
    except AddressRefused:
        return None


def local_part_of(address: Address) -> str:
    """Return what stands before the @."""
    return address.rpartition("@")[0]


def domain_of(address: Address) -> str:
    """Return what stands behind the @."""
    return address.rpartition("@")[2]


def subaddress(address: Address, detail: str) -> Address:
    """Return the same mailbox with `detail`, in small letters, behind its local part (RFC 5233)."""
    local_part, _, domain = address.rpartition("@")
    return Address(f"{local_part}+{detail}@{domain}")


def at_domain(address: Address, domain: str) -> Address:
    """Return the same local part at another domain, in its one form."""
    return Address(f"{local_part_of(address)}@{domain}")


def one_address(address: Address, same_domains: Mapping[str, str]) -> Address:
    """Return what all addresses of one person have in common: no `+tag`, and of several domains always the same one.

    `same_domains` maps each domain of an organisation to the one that stands for it; others stand for themselves.
    """
    plain = address if address.isascii() else unicodedata.normalize("NFKC", address)
    local_part, _, domain = plain.lower().rpartition("@")
    return Address(f"{local_part.partition('+')[0] or local_part}@{same_domains.get(domain, domain)}")


def read_domain(text: str) -> str:
    """Return a domain as addresses have it; raise AddressRefused if it is none."""
    return domain_of(_read(f"name@{text.strip()}"))


def _local_part(text: str) -> str:
    return text if _PLAIN_LOCAL_PART.fullmatch(text) else _validated(f"{text}@example.com").local_part


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    # A roster has few domains and many rows; checking each domain once makes reading ten times as fast.
    return _validated(f"name@{domain}").ascii_domain


def _validated(address: str) -> ValidatedEmail:
    return validate_email(address, check_deliverability=False, strict=True)
