"""`feedback mail`: try the relay."""

import click
from flask.cli import AppGroup

from feedback.cli.output import say
from feedback.domain.address import read_address
from feedback.mail.relay import Relay
from feedback.runtime import runtime
from feedback.sender import sender_settings_of
from feedback.services.mail.try_relay import try_relay

mail = AppGroup("mail")


@mail.command("test")
@click.argument("address")
@click.option("--organisation", help="Whose name the email bears; needed where there are several.")
def test_command(address: str, organisation: str | None) -> None:
    """Send one plain test email to ADDRESS through the relay, from the sender that participants will see.

    \b
    Example:  feedback mail test you@example.com
    """
    tools = runtime()
    settings = tools.settings
    shown = sender_settings_of(settings)
    recipient, relay = read_address(address), Relay(settings.smtp)
    sender = try_relay(tools.session(), relay, recipient, organisation=organisation, sender_settings=shown)
    say(f"The relay accepted the email from {sender}. Whether it arrives, only the inbox can tell.")
