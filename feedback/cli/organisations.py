"""`feedback organisation`: what an organisation asks of its own people."""

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, say
from feedback.runtime import runtime
from feedback.services.programmes.set_organisation import set_approval

organisation = AppGroup("organisation")


@organisation.command("set")
@click.argument("name")
@click.option(
    "--approve-rosters/--no-approve-rosters",
    required=True,
    help="Whether no wave may open before a second person has approved the roster.",
)
def set_command(name: str, *, approve_rosters: bool) -> None:
    """Set options of the organisation called NAME.

    \b
    Example:  feedback organisation set Example --approve-rosters
    """
    tools = runtime()
    set_approval(tools.session(), name, approves_rosters=approve_rosters, now=tools.clock(), actor=ACTOR)
    say("Waves open only once a second person has approved the roster." if approve_rosters else "No approval is asked.")
