"""`feedback db backup` and `feedback drill`: a copy of each database, in two places, and whether they are of use."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from feedback.cli.output import say
from feedback.domain.errors import BackupFailed
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.installation.back_up import BackupPlan, back_up
from feedback.services.installation.drill import drill

_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("backup")
@click.option("--main", required=True, type=_folder, help="Where copies of the main database go.")
@click.option("--keys", required=True, type=_folder, help="Where copies of the key store go: another place.")
@click.option(
    "--main-days",
    type=click.IntRange(1, 3650),
    default=30,
    show_default=True,
    help="For how many days these are stored.",
)
@with_appcontext
def backup_command(main: Path, keys: Path, main_days: int) -> None:
    """Copy both databases, and delete copies whose time is over: of the keys after FEEDBACK_KEY_BACKUP_DAYS.

    Each copy is checked. Run it every night, as the owner: where it does not run, old copies of keys live on.

    \b
    Example:  feedback db backup --main /var/backups/feedback-main --keys /var/backups/feedback-keys
    """
    tools = runtime()
    plan = BackupPlan(main, keys, main_days, tools.settings.key_backup_days)
    made = back_up(tools.session(), tools.keys, tools.engines, plan, now=tools.clock())
    say(f"Wrote {made.main}.")
    say(f"Wrote {made.keys}." if made.keys else "FEEDBACK_KEY_BACKUP_DAYS is 0: the keys are not copied.")
    say(f"{made.deleted} older copies were deleted.")


@click.command("drill")
@click.option("--main", required=True, type=_folder, help="Where copies of the main database are.")
@click.option("--keys", required=True, type=_folder, help="Where copies of the key store are.")
@with_appcontext
def drill_command(main: Path, keys: Path) -> None:
    """Restore the newest copies into databases that are thrown away, and say whether they are of use.

    Nothing that is in use is touched. It exits with 1 if something is wrong with the copies.

    \b
    Example:  feedback drill --main /var/backups/feedback-main --keys /var/backups/feedback-keys
    """
    tools = runtime()
    if tools.settings.vault is None:
        raise BackupFailed("This process holds no keys: run it as whoever makes the copies.")
    found = drill(tools.engines, tools.settings.vault.master_keys, main, keys, migrations_folder(), now=tools.clock())
    say(f"Restored {found.main.name} and {found.keys.name}, looked, and threw both away.")
    say("Surveys: " + (", ".join(f"{count} {state}" for state, count in found.waves.items() if count) or "none") + ".")
    for fault in found.faults:
        say(f"WRONG  {fault}")
    if found.faults:
        sys.exit(1)
    say("A service could go on with them.")
