"""`feedback invitation`: whom no email reaches, and invitations that are sent again."""

from dataclasses import asdict

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, answer, as_json_option, counted, say
from feedback.runtime import runtime
from feedback.services.mail.resend_invitation import resend_invitation, resend_to_refused
from feedback.services.mail.show_undeliverable import Undeliverable, show_undeliverable

invitation = AppGroup("invitation")


@invitation.command("resend")
@click.argument("wave_id", type=int)
@click.argument("address", required=False)
@click.option("--all-refused", is_flag=True, help="To everybody whose last email the relay refused.")
def resend_command(wave_id: int, address: str | None, *, all_refused: bool) -> None:
    """Send the invitation to ADDRESS again, with the same link: three times at most, an hour apart.

    It says nothing about whether the person has answered. Who wants no more email gets none.

    \b
    Example:  feedback invitation resend 1 ana@example.com
              feedback invitation resend 1 --all-refused
    """
    tools = runtime()
    if (address is None) is not all_refused:
        raise click.UsageError("Give an ADDRESS, or --all-refused.")
    if address is None:
        resent = resend_to_refused(tools.session(), wave_id, now=tools.clock(), actor=ACTOR)
        say(f"The worker sends {counted(resent.sent, 'email', 'emails')} now.")
        if resent.left_out:
            say(f"{counted(resent.left_out, 'person is', 'people are')} left out: too soon, or too often.")
        return
    count = resend_invitation(tools.session(), wave_id, address, now=tools.clock(), actor=ACTOR)
    say("The worker sends it now." if count == 1 else f"The worker sends {count} emails now, one for each role.")


@invitation.command("undeliverable")
@click.argument("wave_id", type=int)
@as_json_option
def undeliverable_command(wave_id: int, *, as_json: bool) -> None:
    """List whose last email of a wave was refused by the relay or came back.

    \b
    Example:  feedback invitation undeliverable 1
    """
    people = show_undeliverable(runtime().session(), wave_id)
    lines = map(_line, people) if people else ["No email is known to be lost."]
    answer([{**asdict(one), "mail": str(one.mail)} for one in people], lines, as_json=as_json)


def _line(one: Undeliverable) -> str:
    code = f" ({one.reply_code})" if one.reply_code else ""
    again = ", is sent again" if one.is_on_its_way else ""
    return f"{one.name} <{one.email}>, {one.role}: {one.mail} {one.state}{code}{again}"
