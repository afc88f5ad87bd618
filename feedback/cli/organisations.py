"""`feedback organisation`: what an organisation asks of its own people."""

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, say
from feedback.runtime import runtime
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.waves.fill_history import unite_domains

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


@organisation.command("same-domains")
@click.argument("name")
@click.argument("domains", nargs=-1, required=True)
def same_domains_command(name: str, domains: tuple[str, ...]) -> None:
    """Say that addresses at several domains are the same people's, in the organisation called NAME.

    Nobody is then taken for two people when reports are kept from coming too close to each other. Run it as whoever
    upgrades the databases.

    \b
    Example:  feedback organisation same-domains Example example.com example.org
    """
    tools = runtime()
    unite_domains(tools.session(), tools.keys, name, domains, now=tools.clock(), actor=ACTOR)
    say("Addresses at these domains count as the same people's.")
