"""Whom a relay's refusal is about: the person at that address, or whoever sends (RFC 5321, RFC 3463, RFC 5248).

A quota, a missing right to relay or a bad reputation is the same for everybody, and nothing that is true of one person.
"""

import re

_ENHANCED = re.compile(r"(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_PROTOCOL = frozenset({500, 501, 502, 503, 504, 521, 523, 530, 534, 535, 538})
# Mailboxes that take mail of some senders only, as Exchange says it: true of that mailbox.
_CLOSED_MAILBOXES = frozenset({124, 133, 134, 135, 136})
_SENDERS_ADDRESS = frozenset({7, 8})
_QUOTA_OF_THE_SENDER = 5
_UNKNOWN_LETTERS = 7
_OF_THE_PERSON = re.compile(
    r"no such (?:user|mailbox|recipient|person|address)|unknown (?:user|recipient|mailbox|address)"
    r"|(?:user|mailbox|recipient|account|address)[^.]{0,60}?"
    r"(?:unknown|not found|unavailable|disabled|inactive|not exist|is full|over quota|quota exceeded|no longer)"
    r"|mailbox full|mailbox quota",
    re.IGNORECASE,
)
_OF_THE_SENDER = re.compile(
    r"relay|authenticat|sender|sending|send as|quota|limit|\brate\b|too many|throttl|block|black|blacklist|spam|policy"
    r"|reputation|suspend|\bs[pd]f\b|dkim|dmarc|helo|\bnot allowed|access denied|prohibit",
    re.IGNORECASE,
)


def is_about_the_sender(code: int, text: str) -> bool:
    """Tell whether a refusal for good (5xx) says something that is true of everybody's mail and not of one address."""
    if code in _PROTOCOL:
        return True
    found = _ENHANCED.search(text)
    subject, detail = (int(found[1]), int(found[2])) if found else (0, 0)
    by_code = _by_enhanced_code(subject, detail)
    return by_code if by_code is not None else _by_words(text)


def enhanced_code(text: str) -> str:
    """Return the status code that a reply's text holds, such as "5.1.1", or nothing."""
    found = _ENHANCED.search(text)
    return found[0] if found else ""


def _by_enhanced_code(subject: int, detail: int) -> bool | None:
    match subject:
        case 1 if detail in _SENDERS_ADDRESS:
            return True
        case 4 if detail == _QUOTA_OF_THE_SENDER:
            return True
        case 3 | 5 if detail:
            return True
        case 6:
            return detail != _UNKNOWN_LETTERS
        case 7 if detail in _CLOSED_MAILBOXES:
            return False
        case 1 | 2 | 4 if detail:
            return False
        case _:
            # A general code, or none: what servers call 5.7.1 is mostly a policy, but some say so of an unknown user.
            return None


def _by_words(text: str) -> bool:
    if _OF_THE_PERSON.search(text):
        return False
    found = _ENHANCED.search(text)
    return bool(_OF_THE_SENDER.search(text)) or (found is not None and found[1] == "7")
