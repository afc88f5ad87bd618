"""The relay that delivers into the demo's mailbox. Needs the optional dependency `demo`, which no image has."""

from asyncio import Server
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from feedback.demo.mailbox import Mailbox

_LARGEST_MAIL = 10_000_000


def start_smtp(mailbox: Mailbox, host: str, port: int, refused: str = "") -> Controller:
    """Start to receive mail in a thread of its own; `stop()` ends it. Port 0 takes a free one, told by `.port`.

    Mail to the address `refused` is not taken.
    """
    controller = _SmtpServer(_Receiver(mailbox, refused), hostname=host, port=port, data_size_limit=_LARGEST_MAIL)
    controller.start()
    return controller


class _SmtpServer(Controller):
    """Replaces port 0 by the one that the system chose, before aiosmtpd connects to it."""

    def _trigger_server(self) -> None:
        self.port = cast(Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd annotates only a part of itself


class _Receiver:
    """What aiosmtpd calls for each mail."""

    def __init__(self, mailbox: Mailbox, refused: str) -> None:
        self._mailbox, self._refused = mailbox, refused

    async def handle_RCPT(  # noqa: N802  # aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == self._refused:
            return "550 5.1.1 Nobody has this address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd
        for recipient in envelope.rcpt_tos:
            self._mailbox.deliver(recipient, cast(bytes, envelope.content))
        return "250 Kept in the demo mailbox"
