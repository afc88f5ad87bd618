"""Bounces as mail servers write them (RFC 3464, and the habits of those who do not): which mail came back, and why.

A bounce quotes our mail, and so a link. Nothing of its text leaves this module: no body, no subject, no diagnosis.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser

from feedback.domain.address import Address, address_or_none
from feedback.domain.bounce_reports import (
    DELIVERY_REPORTS,
    RECEIPTS,
    is_a_delivery_report,
    receipts_of_rejection,
    reported_failures,
)
from feedback.domain.bounce_words import failures_in_words, is_from_a_mail_server
from feedback.domain.limits import LARGEST_NUMBER
from feedback.domain.links import BOUNCE_MAC_CHARS

LARGEST_BOUNCE_BYTES = 256 * 1024
MOST_PARTS = 50
# What a report takes is short and comes first, and anybody may write to that address.
_MOST_LINES, _LONGEST_LINE = 5000, 1000
_NESTING = re.compile(rb"boundary|message/", re.IGNORECASE)
_ENVELOPE_HEADERS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_TOKEN = re.compile(rf"\+([0-9]{{1,10}})-([0-9a-f]{{{BOUNCE_MAC_CHARS}}})@", re.IGNORECASE | re.ASCII)
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@", re.IGNORECASE | re.ASCII)
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)


@dataclass(frozen=True)
class ReturnToken:
    """What a return path holds: the number of a delivery, and the proof that this service wrote it."""

    delivery_id: int
    mac: str


@dataclass(frozen=True)
class Bounce:
    """A mail that will never arrive, by up to three traces: return path, address, and the returned Message-ID."""

    tokens: tuple[ReturnToken, ...] = ()
    addresses: tuple[Address, ...] = ()
    message_names: tuple[str, ...] = ()


def read_bounce(raw: bytes) -> Bounce | None:
    """Return what a mail says of one of ours that is lost for good; None if it says no such thing.

    A delay, an out-of-office reply, a complaint (RFC 5965), a receipt and junk are no bounces. No input raises. What
    lies beyond the first 256 KiB or 5,000 lines is not looked at, nor is a mail of more than 50 parts within parts.
    """
    lines = raw[:LARGEST_BOUNCE_BYTES].splitlines()[:_MOST_LINES]
    cut = b"\n".join(line[:_LONGEST_LINE] for line in lines)
    if len(_NESTING.findall(cut)) > MOST_PARTS:
        return None
    try:
        return _bounce(message_from_bytes(cut))
    except Exception:  # noqa: BLE001  # Anybody may write to that address; no mail may stop the reading of the next.
        return None


def _bounce(mail: Message) -> Bounce | None:
    parts = list(_own_parts(mail))
    names = tuple(dict.fromkeys(_message_names(parts)))
    failed = _failed_recipients(mail, parts)
    if failed is None:
        return None
    tokens = tuple(dict.fromkeys(_tokens(mail)))
    addresses = tuple(sorted({known for one in failed if (known := address_or_none(one))}))
    return Bounce(tokens, addresses, names) if tokens or addresses else None


def _failed_recipients(mail: Message, parts: list[Message]) -> set[str] | None:
    """Return who is said to have got nothing, perhaps nobody by name; None if nothing of that kind is said."""
    kinds = {part.get_content_type() for part in parts}
    if "message/feedback-report" in kinds:
        return None
    # Where there is a report, its fields decide, and nothing that stands beside it.
    reports = [part for part in parts if part.get_content_type() in DELIVERY_REPORTS] or _reports_unnamed(mail, parts)
    if reports:
        return reported_failures(reports)
    if kinds & RECEIPTS:
        receipts = (part for part in parts if part.get_content_type() in RECEIPTS)
        return receipts_of_rejection(receipts) if is_from_a_mail_server(mail) else None
    return failures_in_words(mail)


def _reports_unnamed(mail: Message, parts: list[Message]) -> list[Message]:
    known = (part for part in parts if not part.is_multipart() and part.get_content_type() not in _RETURNED)
    return [part for part in known if is_a_delivery_report(part)] if is_from_a_mail_server(mail) else []


# What is inside a mail that was returned is no part of what returns it.
def _own_parts(mail: Message) -> Iterator[Message]:
    waiting, number = [mail], 0
    while waiting and number < MOST_PARTS:
        part, number = waiting.pop(0), number + 1
        yield part
        inside = part.get_payload() if part.get_content_maintype() == "multipart" else None
        waiting[:0] = [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []


def _tokens(mail: Message) -> Iterator[ReturnToken]:
    for header in _ENVELOPE_HEADERS:
        for value in mail.get_all(header, []):
            for number, mac in _TOKEN.findall(str(value)):
                if int(number) <= LARGEST_NUMBER:
                    yield ReturnToken(int(number), mac.lower())


def _message_names(parts: list[Message]) -> Iterator[str]:
    for part in parts:
        if part.get_content_type() in _RETURNED:
            for name in _MESSAGE_ID.findall(str(_returned_headers(part).get("message-id", ""))):
                yield name.lower()


def _returned_headers(part: Message) -> Message:
    inside = part.get_payload()
    if isinstance(inside, list) and inside and isinstance(inside[0], Message):
        return inside[0]
    return HeaderParser().parsestr(inside if isinstance(inside, str) else "", headersonly=True)
