"""Bounces as mail servers write them (RFC 3464, and the habits of those who do not): which mail came back, and why.

A bounce quotes our mail, and so a link. Nothing of its text leaves this module: no body, no subject, no diagnosis.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser

from flufl.bounce import all_failures

from feedback.domain.address import Address, address_or_none
from feedback.domain.links import BOUNCE_MAC_CHARS

LARGEST_BOUNCE_BYTES = 256 * 1024
MOST_PARTS = 50
# What a report takes is short and comes first. Anybody may write to that address, and reading can cost the cube of a
# line's length and the product of lines and nested parts.
_MOST_LINES, _LONGEST_LINE = 5000, 1000
_MOST_LINES_OF_TEXT, _LONGEST_LINE_OF_TEXT = 300, 200
_NESTING = re.compile(rb"boundary|message/", re.IGNORECASE)
_ENVELOPE_HEADERS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
# A number beyond what a database can hold was not written by this service, and asking for it would be an error.
LARGEST_NUMBER = 2**31 - 1
_TOKEN = re.compile(rf"\+([0-9]{{1,10}})-([0-9a-f]{{{BOUNCE_MAC_CHARS}}})@", re.IGNORECASE | re.ASCII)
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@", re.IGNORECASE | re.ASCII)
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})


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

    A delay, an out-of-office reply, a complaint (RFC 5965) and junk are no bounces. No input raises. What lies beyond
    the first 256 KiB or 5,000 lines is not looked at, nor is a mail of more than 50 parts within parts.
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
    parts = list(_first_parts(mail))
    kinds = {part.get_content_type() for part in parts}
    if not _may_be_a_bounce(mail, kinds):
        return None
    names = tuple(dict.fromkeys(_message_names(parts)))
    _shorten_texts(mail)
    _delayed, failed = all_failures(mail)
    if not failed:
        return None
    return Bounce(
        tokens=tuple(dict.fromkeys(_tokens(mail))),
        addresses=tuple(sorted({known for one in failed if (known := address_or_none(one.decode("ascii")))})),
        message_names=names,
    )


def _shorten_texts(mail: Message) -> None:
    """Leave the first lines of all texts together, cut and in clear: an encoding may hide lines without an end."""
    left = _MOST_LINES_OF_TEXT
    for part in mail.walk():
        if part.is_multipart():
            continue
        written = part.get_payload(decode=True)
        lines = written.splitlines()[:left] if isinstance(written, bytes) else []
        left -= len(lines)
        del part["content-transfer-encoding"]
        short = b"\n".join(line[:_LONGEST_LINE_OF_TEXT] for line in lines)
        part.set_payload(short.decode("ascii", "surrogateescape"))


def _may_be_a_bounce(mail: Message, kinds: set[str]) -> bool:
    if "message/feedback-report" in kinds:
        return False
    # Servers mark their reports as answers of a machine too; an absence notice has no report in it.
    answered_by_machine = str(mail.get("auto-submitted", "")).strip().lower().startswith("auto-replied")
    is_absence = answered_by_machine or "x-autoreply" in mail or "x-autorespond" in mail
    return "message/delivery-status" in kinds or not is_absence


def _first_parts(mail: Message) -> Iterator[Message]:
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            return
        yield part


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
