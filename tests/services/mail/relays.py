"""A real SMTP server that answers as a test tells it to."""

import asyncio
from asyncio import Server
from collections import Counter, defaultdict
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Door(Controller):
    """Replaces port 0 by the one that the system chose, before aiosmtpd connects to it."""

    def _trigger_server(self) -> None:
        self.port = cast(Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()


class ScriptedRelay:
    """Takes every mail, but for what it was told. `received` holds (recipient, mail) in the order of arrival.

    `envelopes` holds each sender, with what was asked of the relay beside the size.
    """

    def __init__(self) -> None:
        self.received: list[tuple[str, EmailMessage]] = []
        self.envelopes: list[tuple[str | None, set[str]]] = []
        self.before_it_takes: Callable[[str], object] = lambda _recipient: None
        self._replies: defaultdict[str, list[str]] = defaultdict(list)
        self._hang_ups: Counter[str] = Counter()
        self.asked: list[str] = []
        self._to_everybody: str | None = None
        self._of_the_sender: str | None = None
        self._door = self._opened(0)

    @property
    def port(self) -> int:
        return int(self._door.port)

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _mail in self.received]

    def says(self, recipient: str, *replies: str) -> None:
        """Give these replies, one each time, to who sends to `recipient`; afterwards take the mail."""
        self._replies[recipient] += replies

    def says_to_everybody(self, reply: str | None) -> None:
        """Refuse every recipient with this reply until told otherwise."""
        self._to_everybody = reply

    def says_of_the_sender(self, reply: str | None) -> None:
        """Refuse every sender with this reply until told otherwise."""
        self._of_the_sender = reply

    def hangs_up_on(self, recipient: str, times: int = 1) -> None:
        """Take the mail to `recipient` and hang up before saying so, once or so many times."""
        self._hang_ups[recipient] += times

    def goes_down(self) -> None:
        self._door.stop()

    def stops_listening(self) -> None:
        """Let nobody call any more; who is talking already goes on."""
        self._door.loop.call_soon_threadsafe(cast(Server, self._door.server).close)

    def comes_back(self) -> None:
        self._door = self._opened(self.port)

    def _opened(self, port: int) -> _Door:
        door = _Door(self, hostname="127.0.0.1", port=port)
        door.start()
        return door

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._of_the_sender:
            return self._of_the_sender
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked.append(address)
        if self._to_everybody:
            return self._to_everybody
        if self._replies[address]:
            return self._replies[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        await asyncio.to_thread(self.before_it_takes, recipient)
        mail = message_from_bytes(cast(bytes, envelope.content), EmailMessage, policy=policy.default)
        self.received.append((recipient, cast(EmailMessage, mail)))
        asked = {option for option in envelope.mail_options if not option.upper().startswith("SIZE=")}
        self.envelopes.append((envelope.mail_from, asked))
        if self._hang_ups[recipient]:
            self._hang_ups[recipient] -= 1
            server.transport.abort()
        return "250 Taken"
