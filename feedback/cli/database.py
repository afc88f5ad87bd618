"""`feedback db`: the tables, and the master key that wraps the key store."""

from flask.cli import AppGroup

from feedback.cli.output import say
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.installation.upgrade_databases import grant_rights, upgrade_databases

database = AppGroup("db", help="Create and upgrade the databases.")


@database.command("upgrade")
def upgrade_command() -> None:
    """Create the tables of both databases, or bring them up to date.

    \b
    Example:  feedback db upgrade
    """
    upgrade_databases(runtime().engines, migrations_folder())
    say("The databases are up to date.")


@database.command("grants")
def grants_command() -> None:
    """Make the roles of the three processes on PostgreSQL, with no right more than each needs. Run it as the owner.

    \b
    Example:  feedback db grants
              psql -c "CREATE ROLE pages LOGIN PASSWORD '…' IN ROLE feedback_participants"
    """
    grant_rights(runtime().engines)
    say("The roles feedback_participants, feedback_staff and feedback_worker have their rights.")


@database.command("rewrap-keys")
def rewrap_command() -> None:
    """Wrap every key with the first key of FEEDBACK_MASTER_KEY, so that an older one can be retired.

    \b
    Example:  FEEDBACK_MASTER_KEY="$NEW,$OLD" feedback db rewrap-keys
    """
    say(f"{runtime().keys.rewrap()} keys were wrapped anew.")
