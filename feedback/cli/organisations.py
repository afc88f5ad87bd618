"""`feedback organisation`: makes one; what it asks of its own people, and its logo."""

from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, say
from feedback.cli.staff import sign_in_address
from feedback.domain.staff import StaffRole
from feedback.rendering.logos import draw_logo
from feedback.runtime import runtime
from feedback.services.programmes.create_organisation import create_organisation
from feedback.services.programmes.set_organisation import set_approval, set_logo_of
from feedback.services.waves.fill_history import unite_domains

organisation = AppGroup("organisation")


@organisation.command("create")
@click.argument("name")
@click.option("--administrator-name", required=True, help="Who gives the others access.")
@click.option("--administrator-email", required=True)
def create_command(name: str, administrator_name: str, administrator_email: str) -> None:
    """Make the organisation called NAME, and print a sign-in link for its first administrator.

    The link works once, within a day. Everything else happens on pages, programmes included.

    \b
    Example:  feedback organisation create Example --administrator-name "Ada" --administrator-email ada@example.com
    """
    tools = runtime()
    create_organisation(tools.session(), tools.keys, name, now=tools.clock(), actor=ACTOR)
    say(sign_in_address(name, administrator_name, administrator_email, StaffRole.ADMINISTRATOR))


@organisation.command("set")
@click.argument("name")
@click.option(
    "--approve-rosters/--no-approve-rosters",
    default=None,
    help="Whether no wave may open before a second person has approved the roster.",
)
@click.option(
    "--logo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An SVG or PNG file, of at most 1 MB, to stand on the organisation's reports; it is drawn anew.",
)
@click.option("--no-logo", is_flag=True, help="Take the logo away.")
def set_command(name: str, *, approve_rosters: bool | None, logo: Path | None, no_logo: bool) -> None:
    """Set options of the organisation called NAME.

    \b
    Example:  feedback organisation set Example --approve-rosters --logo logo.svg
    """
    if no_logo and logo is not None:
        raise click.UsageError("Name a logo or none, not both.")
    if approve_rosters is None and logo is None and not no_logo:
        raise click.UsageError("Nothing to set: name an option.")
    if approve_rosters is not None:
        _set_approval(name, approves_rosters=approve_rosters)
    if logo is not None or no_logo:
        _set_logo(name, logo)


def _set_approval(name: str, *, approves_rosters: bool) -> None:
    tools = runtime()
    set_approval(tools.session(), name, approves_rosters=approves_rosters, now=tools.clock(), actor=ACTOR)
    say(
        "Waves open only once a second person has approved the roster." if approves_rosters else "No approval is asked."
    )


def _set_logo(name: str, file: Path | None) -> None:
    tools = runtime()
    png = draw_logo(file.read_bytes(), tools.pdf_settings.templates) if file else None
    set_logo_of(tools.session(), name, png, now=tools.clock(), actor=ACTOR)
    say("Reports show this logo." if png else "Reports show no logo.")


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
