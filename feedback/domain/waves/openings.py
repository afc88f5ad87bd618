"""The sentence of its own with which an organisation may begin a mail, and until when it can be changed.

It stands as the organisation's words, before ours. It leads nowhere: in a mail with somebody's link, a link of somebody
else's choosing would be what mails are forged for.
"""

import re
import unicodedata

from feedback.domain.errors import SentenceRefused, sentence
from feedback.domain.survey.answers import tidied
from feedback.domain.waves.mails import LAST_DAY, MailKind
from feedback.domain.waves.states import NOT_OPENED, WaveState

LONGEST_OPENING = 300
_RUNNING = NOT_OPENED | {WaveState.OPEN}
_CHANGED_IN = {
    MailKind.INVITATION: NOT_OPENED,
    MailKind.REMINDER: _RUNNING,
    LAST_DAY: _RUNNING,
    MailKind.EXTENSION: _RUNNING,
    MailKind.CANCELLATION: _RUNNING,
    MailKind.RESULTS: _RUNNING | {WaveState.CLOSING, WaveState.HELD},
    MailKind.UNREPORTED: _RUNNING | {WaveState.CLOSING, WaveState.HELD},
    # It goes out when somebody asks for it, and may again.
    MailKind.SAID: _RUNNING | {WaveState.CLOSING, WaveState.HELD, WaveState.CLOSED},
}
# What a mail program makes a link of by itself: an address of a page or a mailbox, a server's name, four numbers.
_LEADS_SOMEWHERE = re.compile(
    r"://|//|\\\\|@|\bwww\b|\b[a-z][a-z0-9+.-]*:(?=[^\s\d])|[^\W_]\.[^\W\d_]{2}|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
_OTHER_DOTS = str.maketrans("。․", "..")
_ONE_LINE = sentence("Write one line: a paragraph of its own would look like ours.")
_NO_ADDRESS = sentence(
    "Leave out what looks like a link or an address. Emails hold each person’s own link, and people are told to "
    "trust no other. After a full stop, write a space."
)


def may_be_changed(mail: str, state: str) -> bool:
    """Tell whether the opening of a mail can still be changed: until its mail goes out, whatever it is about."""
    return WaveState(state) in _CHANGED_IN[mail]


def read_opening(text: str) -> str:
    """Return what somebody wrote as it goes into a mail, perhaps nothing; SentenceRefused says what to change."""
    cleaned = tidied(text).strip()
    if len(cleaned) > LONGEST_OPENING:
        raise SentenceRefused(f"The sentence has {len(cleaned)} characters; shorten it to {LONGEST_OPENING}.")
    if len(cleaned.splitlines()) > 1 or "\t" in cleaned:
        raise SentenceRefused(_ONE_LINE)
    if leads_somewhere(cleaned):
        raise SentenceRefused(_NO_ADDRESS)
    return cleaned


def leads_somewhere(text: str) -> bool:
    """Tell whether a text holds what may be, or be taken for, a link or an address, however its letters are written."""
    spread = unicodedata.normalize("NFKD", text).translate(_OTHER_DOTS)
    plain = "".join(letter for letter in spread if unicodedata.category(letter) not in {"Mn", "Me", "Cf"})
    return _LEADS_SOMEWHERE.search(plain) is not None
