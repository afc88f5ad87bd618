"""What mail servers say in words, where they write no report. Believed of servers only, never of people's mailboxes.

An absence notice may quote our mail and even a failure: it says that somebody is away, and that the mail arrived.
"""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr

from flufl.bounce import all_failures

# Reading can cost the cube of a line's length and the product of lines and nested parts.
MOST_LINES_OF_TEXT, LONGEST_LINE_OF_TEXT = 300, 200
_DAEMON = re.compile(
    r"(?:mail(?:er)?[-_.]?daemon|daemon|mdaemon|postmaster|mail[-_.]?(?:delivery|system|delivery[-_.]?(?:sub)?system)"
    r"|microsoftexchange[0-9a-f]*|double-bounce|bounces?)",
    re.IGNORECASE,
)
_FAILURE_AS_SUBJECT = re.compile(
    r"undeliver|unzustellbar|returned (?:mail|to sender)|delivery (?:status|failure|failed|error|report)"
    r"|(?:mail|message|delivery) (?:\w+ ){0,2}fail|failure notice|non[- ]?remis|no entregad|rejected:",
    re.IGNORECASE,
)
_ABSENCE_AS_SUBJECT = re.compile(
    r"out of (?:the )?office|auto(?:matic|mated)?[-_ ]*(?:reply|response|antwort)|vacation|holiday|on leave"
    r"|\baway\b|abwesen|absen[ct]|réponse automatique|respuesta autom|fuera de (?:la )?oficina|ausen[ct]"
    r"|risposta automatica|afwezig|allan o['’]r swyddfa|ateb awtomatig|رد تلقائي|خارج المكتب",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"(?:will|shall) (?:continue|keep|be|try|retry)(?: \w+){0,3} ?(?:try|tri|retr|attempt)"
    r"|still (?:be )?(?:try|tri|retr)"
    r"|\bdelayed\b|delay\)|delivery delay|no action is required|not yet been delivered|warning message only|^warning"
    r"|this is a warning",
    re.IGNORECASE | re.MULTILINE,
)
_FAILURE = re.compile(
    r"(?:could|can)(?: ?not|n.t) be (?:delivered|reached)|did not reach|has not reached|undeliver|unable to deliver"
    r"|deliver\w*(?: \w+){0,4} fail|fail(?:ed|ure)(?: \w+){0,3} (?:recipient|deliver)|permanent (?:fatal )?error"
    r"|was(?: not|n.t) delivered|returned to sender|address(?:es)? had",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"^[ \t]*[<(]?([^\s<>()@,;:\"]+@[^\s<>()@,;:\"]+)[>)]?(?=[\s:,;]|$)")
_OF_AN_ABSENCE = ("precedence", "list-id", "preference", "x-vacation", "x-mail-autoreply")
_BY_A_MACHINE_FOR_A_PERSON = "x-auto"


def failures_in_words(mail: Message) -> set[str] | None:
    """Return the addresses of which a mail server says without a report that they got nothing; None if it does not."""
    if not is_from_a_mail_server(mail) or _is_absence(mail) or _DELAY.search(_subject(mail)):
        return None
    failed = _by_header(mail) or _by_text(mail)
    # Whoever has a mailbox to write from can get mail.
    return None if _sender(mail).lower() in {address.lower() for address in failed} else failed or None


def _by_header(mail: Message) -> set[str]:
    return {address for _name, address in getaddresses(mail.get_all("x-failed-recipients", [])) if address}


def _by_text(mail: Message) -> set[str]:
    _shorten_texts(mail)
    lines = list(_lines(mail))
    if any(_DELAY.search(line) for line in lines):
        return set()
    _delayed, failed = all_failures(mail)
    return {one.decode("utf-8", "replace") for one in failed} | set(_named_after_a_failure(lines))


def is_from_a_mail_server(mail: Message) -> bool:
    """Tell whether a server wrote a mail: in its own name, or with a null return path and a failure as its subject."""
    local_part = _sender(mail).rpartition("@")[0] or _sender(mail)
    if _DAEMON.fullmatch(local_part):
        return True
    has_null_path = str(mail.get("return-path", "")).strip() == "<>"
    return has_null_path and _FAILURE_AS_SUBJECT.search(_subject(mail)) is not None


def _is_absence(mail: Message) -> bool:
    if any(name.lower().startswith(_BY_A_MACHINE_FOR_A_PERSON) or name.lower() in _OF_AN_ABSENCE for name in mail):
        return True
    how = str(mail.get("auto-submitted", "no")).strip().lower()
    is_answer = how.startswith("auto-replied") and not _DAEMON.fullmatch(_sender(mail).rpartition("@")[0])
    return is_answer or how.startswith("auto-generated") or _ABSENCE_AS_SUBJECT.search(_subject(mail)) is not None


def _sender(mail: Message) -> str:
    return parseaddr(str(mail.get("from", "")))[1]


def _subject(mail: Message) -> str:
    written = str(mail.get("subject", ""))
    try:
        return str(make_header(decode_header(written)))
    except (LookupError, ValueError):
        return written


def _shorten_texts(mail: Message) -> None:
    """Leave the first lines of all texts together, cut and in clear: an encoding may hide lines without an end."""
    left = MOST_LINES_OF_TEXT
    for part in mail.walk():
        if part.is_multipart():
            continue
        written = part.get_payload(decode=True)
        lines = written.splitlines()[:left] if isinstance(written, bytes) else []
        left -= len(lines)
        del part["content-transfer-encoding"]
        short = b"\n".join(line[:LONGEST_LINE_OF_TEXT] for line in lines)
        part.set_payload(short.decode("ascii", "surrogateescape"))


# Of what the server writes, not of the mail that it returns.
def _lines(mail: Message) -> Iterator[str]:
    parts = [mail] if not mail.is_multipart() else [part for part in mail.get_payload() if isinstance(part, Message)]
    for part in parts:
        written = None if part.is_multipart() else part.get_payload()
        yield from str(written or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace").splitlines()


def _named_after_a_failure(lines: list[str]) -> Iterator[str]:
    is_told = False
    for line in lines:
        is_told = is_told or _FAILURE.search(line) is not None
        found = _FIRST_WORD.match(line) if is_told else None
        if found:
            yield found[1]
