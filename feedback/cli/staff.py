"""`feedback staff`: invite members of staff."""

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, say
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.staff.sign_in import invite_staff

staff = AppGroup("staff")


@staff.command("invite")
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), default=StaffRole.COORDINATOR.value)
def invite_command(organisation: str, name: str, email: str, role: str) -> None:
    """Print a sign-in link for a member of staff. It works once, within a day; invite again for another.

    \b
    Example:  feedback staff invite --organisation Example --name "Ana" --email ana@example.com --role reviewer
    """
    say(sign_in_address(organisation, name, email, StaffRole(role)))


def sign_in_address(organisation: str, name: str, email: str, role: StaffRole) -> str:
    """Return a fresh sign-in address for a member of staff."""
    tools = runtime()
    token = invite_staff(
        tools.session(),
        organisation=organisation,
        name=name,
        email=email,
        role=role,
        now=tools.clock(),
        actor=ACTOR,
    )
    return f"{tools.settings.base_url}/staff/sign-in/{token}"
