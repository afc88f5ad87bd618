"""`feedback invitation`: whom no mail reaches, and invitations that are sent again."""

from dataclasses import asdict

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, as_json_option, say, write_json
from feedback.runtime import runtime
from feedback.services.mail.resend_invitation import resend_invitation
from feedback.services.mail.show_undeliverable import Undeliverable, show_undeliverable

invitation = AppGroup("invitation")


@invitation.command("resend")
@click.argument("wave_id", type=int)
@click.argument("address")
def resend_command(wave_id: int, address: str) -> None:
    """Send the invitation to ADDRESS again, with the same link: three times at most, an hour apart.

    It says nothing about whether the person has answered. Who wants no more mail gets none.

    \b
    Example:  feedback invitation resend 1 ana@example.com
    """
    tools = runtime()
    count = resend_invitation(tools.session(), wave_id, address, now=tools.clock(), actor=ACTOR)
    say("The worker sends it now." if count == 1 else f"The worker sends {count} mails now, one for each role.")


@invitation.command("undeliverable")
@click.argument("wave_id", type=int)
@as_json_option
def undeliverable_command(wave_id: int, *, as_json: bool) -> None:
    """List whose last mail of a wave was refused by the relay or came back.

    \b
    Example:  feedback invitation undeliverable 1
    """
    people = show_undeliverable(runtime().session(), wave_id)
    if as_json:
        write_json([{**asdict(one), "mail": str(one.mail)} for one in people])
        return
    for one in people:
        say(f"{one.name} <{one.email}>, {one.role}: {_reason(one)}{', is sent again' if one.is_on_its_way else ''}")
    if not people:
        say("No mail is known to be lost.")


def _reason(one: Undeliverable) -> str:
    code = f" ({one.reply_code})" if one.reply_code else ""
    return f"{one.mail} {one.state}{code}"
