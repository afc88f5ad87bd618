"""Mail over real SMTP: the relay's certificate is verified, every wait has an end, nothing is kept.

A mail is a folder of three templates, `templates/mail/<name>/{subject.txt,body.txt,body.html}`. Its text holds a
link, so it is never stored or logged.
"""

import secrets
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.policy import compat32
from enum import Enum
from typing import Any

from flask import Flask, render_template
from flask_babel import force_locale
from flask_mail import Connection, Mail, Message

from feedback.domain.address import Address
from feedback.domain.errors import MailRefused
from feedback.domain.languages import spoken_language

TIMEOUT_SECONDS = 20
_GOING_AWAY = 421
_BOUNDARY_BYTES = 16
_WIRE = compat32.clone(linesep="\r\n")


@dataclass(frozen=True)
class MailMessage:
    """One mail, not yet written. `values` fill its templates; without `return_path` it comes back to its sender."""

    recipient: Address
    language: str
    name: str
    message_id: str
    sender: tuple[str, Address]
    values: Mapping[str, str | None] = field(repr=False)
    opt_out_url: str | None = field(default=None, repr=False)
    return_path: Address | None = field(default=None, repr=False)


class RelayVerdict(Enum):
    """What the relay said of one mail."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    BROKEN_OFF = "broken off"


@dataclass(frozen=True)
class Reply:
    """The relay's verdict, with its SMTP code if it gave one."""

    verdict: RelayVerdict
    code: int | None = None


class VerifiedConnection(Connection):
    """Flask-Mail's connection, which by itself accepts any certificate and waits for ever."""

    def __init__(self, mail: Any, ca_file: str | None) -> None:
        """`ca_file` names a certificate authority to trust besides the system's."""
        super().__init__(mail)
        self._ca_file = ca_file

    def configure_host(self) -> smtplib.SMTP:
        """Connect, with TLS verified, and sign in if there is a user."""
        config: Any = self.mail
        # Reading the system's authorities takes as long as sending some dozens of mails: only if they are asked.
        context = self._context() if config.use_ssl or config.use_tls else None
        if config.use_ssl:
            host: smtplib.SMTP = smtplib.SMTP_SSL(config.server, config.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            host = smtplib.SMTP(config.server, config.port, timeout=TIMEOUT_SECONDS)
        try:
            if config.use_tls:
                host.starttls(context=context)
            if config.username and config.password:
                host.login(config.username, config.password)
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        return context


class CompactMessage(Message):
    """Flask-Mail's message, written without reading each of its headers again, which takes longer than all the rest."""

    def as_bytes(self) -> bytes:
        """Return the mail as it goes to the relay. Its headers are ASCII already."""
        written = self._message()
        written.policy = _WIRE
        # Drawn so long that no text can hold it; else every text is searched for the mark that parts it from the next.
        for part in written.walk():
            if part.is_multipart():
                part.set_boundary(secrets.token_hex(_BOUNDARY_BYTES))
        return written.as_bytes()


class Relay:
    """The mail relay as the application is configured to reach it."""

    def __init__(self, app: Flask, ca_file: str | None) -> None:
        """Read Flask-Mail's settings from `app`."""
        self._mail = Mail(app).state
        self._ca_file = ca_file

    @contextmanager
    def connect(self) -> Iterator["SmtpSession"]:
        """Open one connection for a run of mails; raise MailRefused if there is none to be had."""
        smtp = SmtpSession(VerifiedConnection(self._mail, self._ca_file))
        smtp.reconnect()
        try:
            yield smtp
        finally:
            smtp.hang_up()


class SmtpSession:
    """One smtp with the relay."""

    def __init__(self, connection: VerifiedConnection) -> None:
        """Not connected yet; `Relay.connect` does that."""
        self._connection = connection

    def reconnect(self) -> None:
        """Begin anew after the relay has hung up."""
        try:
            self._connection.host = self._connection.configure_host()
        except (OSError, smtplib.SMTPException) as error:
            raise MailRefused(
                f"The mail relay cannot be used: {_reason(error)}. Mails wait and go out later."
            ) from None

    def hang_up(self) -> None:
        """Say goodbye; a relay that has gone already does not matter."""
        if self._connection.host is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.host.quit()
            self._connection.host.close()

    def send(self, message: MailMessage) -> Reply:
        """Hand one mail to the relay and return what it said."""
        try:
            self._connection.send(write(message), message.return_path)
        except smtplib.SMTPRecipientsRefused as error:
            code, _text = next(iter(error.recipients.values()))
            return _refusal(code)
        except smtplib.SMTPSenderRefused as error:
            raise MailRefused(
                f"The mail relay refuses the sender ({error.smtp_code}). Mails wait and go out later."
            ) from None
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        except UnicodeError:
            # An address with letters that the protocol cannot carry must not keep others from their mail.
            return Reply(RelayVerdict.REFUSED)
        except (OSError, smtplib.SMTPException):
            return Reply(RelayVerdict.BROKEN_OFF)
        return Reply(RelayVerdict.ACCEPTED, 250)


def write(message: MailMessage) -> Message:
    """Render a message in its reader's language: plain text first, HTML beside it."""
    folder, values = f"mail/{message.name}", dict(message.values)
    with force_locale(spoken_language(message.language).code):
        written = CompactMessage(
            subject=" ".join(render_template(f"{folder}/subject.txt", **values).split()),
            recipients=[message.recipient],
            body=render_template(f"{folder}/body.txt", **values),
            html=render_template(f"{folder}/body.html", **values),
            sender=message.sender,
            extra_headers=_headers(message),
        )
    written.msgId = message.message_id
    return written


def _headers(message: MailMessage) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if message.opt_out_url:
        headers["List-Unsubscribe"] = f"<{message.opt_out_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _refusal(code: int) -> Reply:
    if code == _GOING_AWAY:
        return Reply(RelayVerdict.BROKEN_OFF, code)
    return Reply(RelayVerdict.REFUSED if code >= 500 else RelayVerdict.LATER, code)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not valid for its name"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it refused the user or the password"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it does not offer what the settings ask for"
    return type(error).__name__
