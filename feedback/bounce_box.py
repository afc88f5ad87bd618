"""The mailbox in which returned mails lie: IMAP over verified TLS, or a Maildir on this machine.

Returned mails quote links, so nothing is copied, kept or logged; what was dealt with is deleted from the box.
"""

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from feedback.domain.errors import MailboxRefused, SettingsRefused
from feedback.domain.hosts import is_loopback

MOST_AT_ONCE = 200
LARGEST_READ_BYTES = 256 * 1024
TIMEOUT_SECONDS = 20
_HOW = "write it like imaps://user:password@mail.example.org/INBOX, or maildir:/var/mail/bounces"


def bounce_box(url: str, ca_file: str | None) -> "BounceBox":
    """Return the mailbox at `url`, or raise SettingsRefused. `ca_file` adds an authority to the system's."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsRefused(f"FEEDBACK_BOUNCES_URL cannot be read; {_HOW}.") from None
    if parts.scheme == "maildir" and parts.path.startswith("/") and not parts.netloc:
        return MaildirBox(Path(unquote(parts.path)))
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username or not parts.password:
        raise SettingsRefused(f"FEEDBACK_BOUNCES_URL cannot be used; {_HOW}.")
    if parts.scheme == "imap" and not is_loopback(parts.hostname):
        raise SettingsRefused("FEEDBACK_BOUNCES_URL must begin with imaps:// unless the mailbox is on this machine.")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if not folder.isascii() or not folder.isprintable():
        raise SettingsRefused("FEEDBACK_BOUNCES_URL names a folder with letters that cannot be used; use plain ones.")
    return ImapBox(
        host=parts.hostname,
        port=port or (993 if parts.scheme == "imaps" else 143),
        is_encrypted=parts.scheme == "imaps",
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=folder,
        ca_file=ca_file,
    )


@dataclass(frozen=True)
class MaildirBox:
    """A Maildir, as a mail server on this machine delivers into it."""

    path: Path

    def mails(self) -> Iterator[bytes]:
        """Yield the mails, 200 at most, by name, and delete each once the next is asked for; raise MailboxRefused."""
        try:
            box = mailbox.Maildir(self.path, create=False)
            for name in sorted(box.keys())[:MOST_AT_ONCE]:
                with box.get_file(name) as file:
                    raw = file.read(LARGEST_READ_BYTES)
                yield raw
                box.discard(name)
        except (OSError, mailbox.Error) as error:
            raise MailboxRefused(_unusable(error)) from None


@dataclass(frozen=True)
class ImapBox:
    """A folder of an IMAP server that holds returned mails and nothing else."""

    host: str
    port: int
    is_encrypted: bool
    user: str
    password: str = field(repr=False)
    folder: str
    ca_file: str | None

    def mails(self) -> Iterator[bytes]:
        """Yield the mails, 200 at most, oldest first, and delete each as a Maildir does; raise MailboxRefused."""
        try:
            with self._signed_in() as server:
                for number in _numbers(server):
                    yield _fetched(server, number)
                    server.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)")
                server.expunge()
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxRefused(_unusable(error)) from None

    @contextmanager
    def _signed_in(self) -> Iterator[imaplib.IMAP4]:
        server = self._connected()
        try:
            server.login(self.user, self.password)
            if server.select(_quoted(self.folder))[0] != "OK":
                raise MailboxRefused("The mailbox of returned mails cannot be used: it has no such folder.")
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def _connected(self) -> imaplib.IMAP4:
        if not self.is_encrypted:
            return imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT_SECONDS)


BounceBox: TypeAlias = MaildirBox | ImapBox
"""A mailbox that is emptied as it is read."""


def _numbers(server: imaplib.IMAP4) -> list[str]:
    _answer, data = server.uid("SEARCH", "ALL")
    return [number.decode() for number in (data[0] or b"").split()[:MOST_AT_ONCE]]


def _fetched(server: imaplib.IMAP4, number: str) -> bytes:
    _answer, data = server.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST_READ_BYTES}>)")
    return next((bytes(part[1]) for part in data if isinstance(part, tuple)), b"")


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'


def _unusable(error: Exception) -> str:
    # A server's own words may quote the user's name.
    reason = "its certificate is not valid for its name" if isinstance(error, ssl.SSLCertVerificationError) else ""
    return f"The mailbox of returned mails cannot be used: {reason or type(error).__name__}. It is tried again later."
