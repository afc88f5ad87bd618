"""`feedback mail`: try the relay."""

import secrets

import click
from flask.cli import AppGroup

from feedback.cli.application import this_app
from feedback.cli.output import say
from feedback.domain.address import domain_of, read_address
from feedback.domain.errors import MailRefused
from feedback.mail import MailMessage, Relay, RelayVerdict
from feedback.runtime import runtime

mail = AppGroup("mail")


@mail.command("test")
@click.argument("address")
def test_command(address: str) -> None:
    """Send one plain test mail to ADDRESS through the relay.

    \b
    Example:  feedback mail test you@example.com
    """
    tools, recipient = runtime(), read_address(address)
    sender = tools.settings.smtp.sender
    message = MailMessage(
        recipient=recipient,
        language="en",
        name="test",
        message_id=f"<{secrets.token_hex(16)}@{domain_of(sender)}>",
        sender=("Feedback", sender),
        values={"base_url": tools.settings.base_url},
    )
    with Relay(this_app(), tools.settings.smtp.ca_file).connect() as smtp:
        reply = smtp.send(message)
    if reply.verdict is not RelayVerdict.ACCEPTED:
        raise MailRefused(f"The relay did not take the mail: {reply.verdict.value} ({reply.code or 'no code'}).")
    say("The relay accepted the mail. Whether it arrives, only the inbox can tell.")
