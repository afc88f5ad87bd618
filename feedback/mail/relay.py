"""Mail over real SMTP: the relay's certificate is verified, every wait has an end, nothing is kept."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask_mail import Connection, Mail

from feedback.domain.address import Address
from feedback.domain.errors import MailRefused
from feedback.domain.refusals import enhanced_code, is_about_the_sender
from feedback.domain.relays import SmtpSecurity, SmtpSettings
from feedback.mail.message import MailMessage
from feedback.mail.writing import Writer

TIMEOUT_SECONDS = 20
_DONE, _FORWARDED = 250, 251
_GO_ON = 354
# What is not one of them is no answer.
_CODES = range(200, 600)
_GOING_AWAY = 421
_FOR_GOOD = 500


class RelayVerdict(Enum):
    """What the relay said of one mail. *Sender refused*: what it said is true of every mail of ours.

    *Unanswered*: it had the whole mail and fell silent, so that nobody knows whether it passed it on. *Broken off*: it
    went before it had all of it.
    """

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    SENDER_REFUSED = "sender refused"
    BROKEN_OFF = "broken off"
    UNANSWERED = "unanswered"

    @property
    def is_final(self) -> bool:
        """Whether there is no use in sending the mail again."""
        return self in (RelayVerdict.ACCEPTED, RelayVerdict.REFUSED)

    @property
    def has_hung_up(self) -> bool:
        """Whether the next mail needs a new connection."""
        return self in (RelayVerdict.BROKEN_OFF, RelayVerdict.UNANSWERED)


@dataclass(frozen=True)
class Reply:
    """The relay's verdict, with its SMTP code and status code ("5.1.1") if it gave them."""

    verdict: RelayVerdict
    code: int | None = None
    status: str = ""


@dataclass(frozen=True)
class Relay:
    """The mail relay as the settings name it."""

    settings: SmtpSettings

    @contextmanager
    def connect(self) -> Iterator["SmtpSession"]:
        """Open one connection for a run of mails; raise MailRefused if there is none to be had."""
        smtp = SmtpSession(VerifiedConnection(self.settings))
        try:
            yield smtp
        finally:
            smtp.hang_up()

    def send(self, message: MailMessage, what: str) -> None:
        """Send a single mail; raise MailRefused, which says `what` it was, if it is to be sent again."""
        with self.connect() as smtp:
            is_settled = smtp.settle(message)
        if not is_settled:
            raise MailRefused(f"The mail relay did not take {what}. It is sent again later.")


class VerifiedConnection(Connection):
    """Flask-Mail's connection, which by itself accepts any certificate and waits for ever."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Not connected yet."""
        super().__init__(_flask_mail(settings))
        self._ca_file = settings.ca_file

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


def _flask_mail(settings: SmtpSettings) -> Any:
    return Mail().init_mail(
        {
            "MAIL_SERVER": settings.host,
            "MAIL_PORT": settings.port,
            "MAIL_USE_TLS": settings.security is SmtpSecurity.STARTTLS,
            "MAIL_USE_SSL": settings.security is SmtpSecurity.TLS,
            "MAIL_USERNAME": settings.user,
            "MAIL_PASSWORD": settings.password,
        }
    )


class SmtpSession:
    """One conversation with the relay. Writes what it sends, and each text once."""

    def __init__(self, connection: VerifiedConnection) -> None:
        """Connect, and raise MailRefused if that cannot be done."""
        self._connection, self._writer = connection, Writer()
        self._has_hung_up = False
        self.reconnect()

    def reconnect(self) -> None:
        """Begin anew after the relay has hung up."""
        try:
            self._host = self._connection.configure_host()
            self._has_hung_up = False
        except (OSError, smtplib.SMTPException) as error:
            raise MailRefused(
                f"The mail relay cannot be used: {_reason(error)}. Emails wait and go out later."
            ) from None

    def hang_up(self) -> None:
        """Say goodbye; a relay that has gone already does not matter."""
        with suppress(OSError, smtplib.SMTPException):
            self._host.quit()
        self._host.close()

    def settle(self, message: MailMessage) -> bool:
        """Send a mail of which no ledger counts the copies; return whether it is done with.

        If the relay falls silent over it, it gets it once more, and never a third time: both may have arrived.
        """
        reply = self.send(message)
        if reply.verdict is RelayVerdict.UNANSWERED:
            with suppress(MailRefused):
                self.reconnect()
                self.send(message)
            return True
        return reply.verdict.is_final

    def send(self, message: MailMessage) -> Reply:
        """Hand one mail to the relay and return what it said; raise MailRefused if it is gone and out of reach."""
        if self._has_hung_up:
            self.reconnect()
        reply = self._send(message)
        self._has_hung_up = reply.verdict.has_hung_up
        return reply

    def _send(self, message: MailMessage) -> Reply:
        # An address with letters that the protocol cannot carry must not keep others from their mail.
        if not message.recipient.isascii():
            return Reply(RelayVerdict.REFUSED)
        content = self._writer.write(message)
        try:
            reply = self._hand_over(message.return_path or message.sender[1], message.recipient, content)
        except smtplib.SMTPHeloError as error:
            return _refusal_of_the_sender(error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Reply(RelayVerdict.BROKEN_OFF)
        if reply.verdict.has_hung_up:
            self._host.close()
        elif reply.verdict is not RelayVerdict.ACCEPTED:
            # What the relay has said stands, whether or not it is still there.
            with suppress(OSError, smtplib.SMTPException):
                self._host.rset()
        return reply

    # As smtplib's `sendmail`, which reads both addresses once more, for half of what it costs: ours are read already.
    def _hand_over(self, returns_to: Address, recipient: Address, content: bytes) -> Reply:
        host = self._host
        host.ehlo_or_helo_if_needed()
        size = f" size={len(content)}" if host.has_extn("size") else ""
        code, said = host.docmd(f"mail FROM:<{returns_to}>{size}")
        if code != _DONE:
            return _refusal_of_the_sender(code)
        code, said = host.docmd(f"rcpt TO:<{recipient}>")
        if code not in (_DONE, _FORWARDED):
            return _refusal(code, said)
        code, said = host.docmd("data")
        if code != _GO_ON:
            return _refusal(code, said)
        host.send(_ended(content))
        try:
            code, said = host.getreply()
        except (OSError, smtplib.SMTPException):
            return Reply(RelayVerdict.UNANSWERED)
        if code not in _CODES:
            return Reply(RelayVerdict.UNANSWERED)
        return Reply(RelayVerdict.ACCEPTED, code) if code == _DONE else _refusal(code, said)


def _ended(content: bytes) -> bytes:
    """Return a mail as it goes over the line: a dot that begins one is doubled, one alone ends the mail (RFC 5321)."""
    lines = content.replace(b"\r\n.", b"\r\n..")
    doubled = b"." + lines if lines.startswith(b".") else lines
    return doubled.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _refusal(code: int, said: bytes | str) -> Reply:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if code < _FOR_GOOD:
        return Reply(RelayVerdict.BROKEN_OFF if code == _GOING_AWAY else RelayVerdict.LATER, code)
    if is_about_the_sender(code, text):
        return _refusal_of_the_sender(code)
    return Reply(RelayVerdict.REFUSED, code, enhanced_code(text))


def _refusal_of_the_sender(code: int) -> Reply:
    return Reply(RelayVerdict.BROKEN_OFF if code == _GOING_AWAY else RelayVerdict.SENDER_REFUSED, code)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not valid for its name"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it refused the user or the password"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it does not offer what the settings ask for"
    return type(error).__name__
