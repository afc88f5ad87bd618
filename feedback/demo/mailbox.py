"""One folder that stands for everybody's inbox: mails as files, kept across restarts.

Each recipient of a mail gets a file of their own, `<serial>.eml`; `<serial>.opened` beside it says it was looked at.
"""

import heapq
import threading
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from feedback.domain.errors import NotFound

_RECIPIENT = "Delivered-To"


@dataclass(frozen=True)
class Mail:
    """What a list of mails shows. `serial` rises with arrival; `to` is the address it was delivered to."""

    serial: int
    to: str
    subject: str
    opened: bool


class Mailbox:
    """Received mails in `folder`, which is made when missing. One process may deliver while others read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._delivering = threading.Lock()
        self._last_serial = max(self._serials(), default=0)
        self._heads: dict[int, tuple[str, str]] = {}

    def deliver(self, recipient: str, content: bytes) -> int:
        """Keep one mail for one recipient and return its serial number."""
        with self._delivering:
            self._last_serial += 1
            serial = self._last_serial
            unfinished = self._path(serial, "part")
            unfinished.write_bytes(f"{_RECIPIENT}: {Header(recipient).encode()}\r\n".encode() + content)
            unfinished.replace(self._path(serial, "eml"))
        return serial

    def newest(self, most: int) -> tuple[Mail, ...]:
        """Return the last `most` mails, newest first."""
        opened = set(self._serials("opened"))
        serials = heapq.nlargest(most, self._serials())
        return tuple(Mail(serial, *self._head(serial), opened=serial in opened) for serial in serials)

    def count(self) -> int:
        """Return how many mails there are."""
        return len(self._serials())

    def opened(self) -> frozenset[int]:
        """Return the serial numbers of the mails that somebody opened."""
        return frozenset(self._serials("opened"))

    def serials(self) -> tuple[int, ...]:
        """Return the serial numbers of all mails, oldest first."""
        return tuple(sorted(self._serials()))

    def read(self, serial: int) -> EmailMessage:
        """Return one mail. Raises NotFound."""
        try:
            with self._path(serial, "eml").open("rb") as file:
                return BytesParser(EmailMessage, policy=policy.default).parse(file)
        except FileNotFoundError as missing:
            raise NotFound(f"There is no mail {serial} in the demo mailbox; go back to the list.") from missing

    def mark_opened(self, serial: int) -> None:
        """Remember that somebody looked at this mail."""
        self._path(serial, "opened").touch()

    def _serials(self, kind: str = "eml") -> list[int]:
        return [int(path.stem) for path in self.folder.glob(f"[0-9]*.{kind}") if path.stem.isdecimal()]

    def _path(self, serial: int, kind: str) -> Path:
        return self.folder / f"{serial:08}.{kind}"

    def _head(self, serial: int) -> tuple[str, str]:
        if serial not in self._heads:
            with self._path(serial, "eml").open("rb") as file:
                head = BytesParser(EmailMessage, policy=policy.default).parse(file, headersonly=True)
            self._heads[serial] = (str(head[_RECIPIENT]), str(head["Subject"] or ""))
        return self._heads[serial]


def plain_text(mail: EmailMessage) -> str:
    """Return the plain text of a mail, empty when it has none."""
    return _alternative(mail, "plain")


def html(mail: EmailMessage) -> str:
    """Return the HTML alternative of a mail, empty when it has none."""
    return _alternative(mail, "html")


def _alternative(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
