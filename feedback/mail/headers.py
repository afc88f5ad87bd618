"""Header lines of a mail, built and never joined: whatever a name holds, it stays one name (RFC 5322, RFC 2047)."""

import re
from email.header import Header

from feedback.domain.address import Address

_LONGEST_LINE = 76
_TO_BE_QUOTED = re.compile(r'([\\"])')
_ENCODED_ALREADY = "=?"


def text_header(name: str, text: str) -> bytes:
    """Return one header that holds a text for people, folded, with its line end."""
    return _line(name, _words(name, text))


def address_header(name: str, display_name: str, address: Address) -> bytes:
    """Return one header that names one mailbox: the whole display name, and the bare address."""
    shown = _quoted(display_name) if _is_plain(display_name) else _words(name, display_name)
    last = len(shown.rpartition("\n")[2]) + (0 if "\n" in shown else len(name) + 2)
    gap = " " if last + len(address) + 3 <= _LONGEST_LINE else "\r\n "
    return _line(name, f"{shown}{gap}<{address}>")


def plain_header(name: str, value: str) -> bytes:
    """Return one header that holds a value for machines."""
    return _line(name, value)


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


# What looks like an encoded word would be read as one.
def _is_plain(text: str) -> bool:
    return text.isascii() and _ENCODED_ALREADY not in text


def _quoted(display_name: str) -> str:
    return '"' + _TO_BE_QUOTED.sub(r"\\\1", display_name) + '"'


def _words(name: str, text: str) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, maxlinelen=_LONGEST_LINE, header_name=name).encode(linesep="\r\n")
