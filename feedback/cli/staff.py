"""`feedback staff`: invite members of staff, say who has access, and take it away."""

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, say
from feedback.domain.errors import AccessRefused
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.staff.end_duties import comments_to_read
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.make_emergency_link import make_emergency_link
from feedback.services.staff.manage_access import number_of_account, people_of, take_access_of

staff = AppGroup("staff")

_MEND = "Nobody takes the place, as participants were told a name. To go on, add --destroy-comments."


@staff.command("invite")
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), default=StaffRole.COORDINATOR.value)
def invite_command(organisation: str, name: str, email: str, role: str) -> None:
    """Print a sign-in link for a member of staff. It works once, within a day; invite again for another.

    Whoever has access already has this name and role from then on.

    \b
    Example:  feedback staff invite --organisation Example --name "Ana" --email ana@example.com --role reviewer
    """
    say(sign_in_address(organisation, name, email, StaffRole(role)))


@staff.command("list")
@click.option("--organisation", required=True, help="The organisation's name.")
def list_command(organisation: str) -> None:
    """Say who has access to an organisation, and as what.

    \b
    Example:  feedback staff list --organisation Example
    """
    for person in people_of(runtime().session(), organisation):
        say(f"{person.name} <{person.email}>, {person.role}")


@staff.command("remove")
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--email", required=True)
@click.option("--destroy-comments", is_flag=True, help="Destroy unread the comments that only this person may read.")
def remove_command(organisation: str, email: str, *, destroy_comments: bool) -> None:
    """Take somebody's access away; they are signed out everywhere at once.

    Comments that only this person may read are destroyed unread, which is asked for by an option of its own.

    \b
    Example:  feedback staff remove --organisation Example --email ana@example.com
    """
    tools = runtime()
    number = number_of_account(tools.session(), organisation, email)
    unread = comments_to_read(tools.session(), number, now=tools.clock())
    if unread and not destroy_comments:
        named = ", ".join(f"wave {one.wave_id} ({one.programme}, {one.stage})" for one in unread)
        raise AccessRefused(f"Comments that only this person may read would be destroyed unread: {named}. {_MEND}")
    destroys = [one.wave_id for one in unread]
    take_access_of(tools.session(), number, destroys=destroys, now=tools.clock(), actor=ACTOR)
    say("This person has no access any more.")


@staff.command("emergency-link")
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--email", required=True)
def emergency_link_command(organisation: str, email: str) -> None:
    """Print a link that signs one administrator in while their provider is away. It works once, within 15 minutes.

    Whoever uses it can read neither comments nor requests for support; the audit log notes it.

    \b
    Example:  feedback staff emergency-link --organisation Example --email ana@example.com
    """
    tools = runtime()
    token = make_emergency_link(tools.session(), organisation=organisation, email=email, now=tools.clock(), actor=ACTOR)
    say(f"{tools.settings.base_url}/staff/sign-in/{token}")


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
