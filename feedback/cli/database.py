"""`feedback db`: the tables, and the master key that wraps the key store."""

from feedback.cli.lazy import Lazy, LazyGroup
from feedback.cli.output import ACTOR, counted, say
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.installation.find_traces import find_traces, scrub_samples
from feedback.services.installation.forget_pepper import forget_pepper
from feedback.services.installation.upgrade_databases import (
    grant_rights,
    rewrap_keys,
    upgrade_databases,
)

database = LazyGroup(
    "db", {"backup": Lazy("backups", "backup_command"), "restored": Lazy("restores", "restored_command")}
)
_MISFIT = (
    "Wave {wave_id} invited {invited} people in the group “{group}”, and by the roster of today {found} of them are in "
    "it: a cohort was renamed, or people were moved or deleted. Who was invited to this wave is therefore not filled "
    "in, and waves that ask some of the same may be refused for two years. Import the roster with the cohorts of then, "
    "and run `feedback db upgrade` again."
)


@database.command("upgrade")
def upgrade_command() -> None:
    """Create the tables of both databases, or bring them up to date.

    \b
    Example:  feedback db upgrade
    """
    engines = runtime().engines
    misfits = upgrade_databases(engines, runtime().keys, migrations_folder(), now=runtime().clock(), actor=ACTOR)
    say("The databases are up to date.")
    for one in misfits:
        say(_MISFIT.format(**one._asdict()))
    for sentence in find_traces(engines):
        say(sentence)


@database.command("scrub-statistics")
def scrub_statistics_command() -> None:
    """Rewrite what PostgreSQL sampled of deleted rows before 0.2.0. As a superuser, whom both addresses have to name.

    deploy/initdb/scrub.sql does the same in one database, and needs no settings.

    \b
    Example:  FEEDBACK_DATABASE_URL=… FEEDBACK_KEYS_URL=… feedback db scrub-statistics
    """
    scrub_samples(runtime().engines)
    say("Nothing that was sampled of deleted rows is left.")


@database.command("grants")
def grants_command() -> None:
    """Make the roles of the three processes on PostgreSQL, with no right more than each needs. Run it as the owner.

    \b
    Example:  feedback db grants
              psql -c "CREATE ROLE pages LOGIN PASSWORD '…' IN ROLE feedback_participants"
    """
    grant_rights(runtime().engines, now=runtime().clock(), actor=ACTOR)
    say("The roles feedback_participants, feedback_staff and feedback_worker have their rights.")


@database.command("new-pepper")
def new_pepper_command() -> None:
    """Let participants' processes be given another pepper. As the owner, while no wave is open.

    \b
    Example:  feedback db new-pepper
              openssl rand -base64 32       # for FEEDBACK_PEPPER of every participants' process; start them again
    """
    tools = runtime()
    forget_pepper(tools.session(), now=tools.clock(), actor=ACTOR)
    say("The pepper of the participants' process that starts next is the one from now on.")


@database.command("rewrap-keys")
def rewrap_command() -> None:
    """Wrap every key with the first key of FEEDBACK_MASTER_KEY, so that an older one can be retired.

    \b
    Example:  FEEDBACK_MASTER_KEY="$NEW,$OLD" feedback db rewrap-keys
    """
    tools = runtime()
    wrapped = rewrap_keys(tools.engines, tools.keys, now=tools.clock(), actor=ACTOR)
    say(f"{counted(wrapped, 'key was', 'keys were')} wrapped anew.")
