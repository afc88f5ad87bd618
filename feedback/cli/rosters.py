"""`feedback roster`: check a roster file, import it."""

from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, as_json_option, say, write_json
from feedback.domain.errors import RosterRefused
from feedback.runtime import runtime
from feedback.services.import_roster import RosterChange, compare_roster, import_roster
from feedback.services.leave_programme import leave_programme

roster = AppGroup("roster", help="Check and import rosters.")

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@roster.command("check")
@click.argument("programme_id", type=int)
@_file
@as_json_option
def check_command(programme_id: int, file: Path, *, as_json: bool) -> None:
    """Say what importing FILE into a programme would change, and every wrong line. Changes nothing.

    \b
    Example:  feedback roster check 1 roster.csv
    """
    with _told_line_by_line():
        change = compare_roster(runtime().session(), programme_id, file.read_bytes())
    _tell(change, as_json=as_json, done=False)


@roster.command("import")
@click.argument("programme_id", type=int)
@_file
@as_json_option
def import_command(programme_id: int, file: Path, *, as_json: bool) -> None:
    """Import FILE (CSV with name, email, role and if you like cohort and language): all of it or nothing.

    \b
    Example:  feedback roster import 1 roster.csv
    """
    tools = runtime()
    with _told_line_by_line():
        change = import_roster(
            tools.session(), tools.keys, programme_id, file.read_bytes(), now=tools.clock(), actor=ACTOR
        )
    _tell(change, as_json=as_json, done=True)


@roster.command("leave")
@click.argument("programme_id", type=int)
@click.argument("address")
def leave_command(programme_id: int, address: str) -> None:
    """Note that the person with ADDRESS has left: they get no more mail. An answer already given stays.

    \b
    Example:  feedback roster leave 1 ana@example.com
    """
    tools = runtime()
    leave_programme(tools.session(), programme_id, address, now=tools.clock(), actor=ACTOR)
    say("They will get no more mail.")


def _tell(change: RosterChange, *, as_json: bool, done: bool) -> None:
    if as_json:
        write_json(asdict(change))
        return
    verb = "" if done else "would be "
    say(f"{change.added} people {verb}added, {change.changed} {verb}changed, {change.unchanged} are as they were.")
    if change.absent:
        say(f"{change.absent} people are in the programme but not in the file; they stay.")


class _told_line_by_line:  # noqa: N801
    """A roster's problems stand one a line, above the closing sentence."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        """Say every problem."""
        if isinstance(error, RosterRefused):
            for problem in error.problems:
                click.echo(problem, err=True)
            raise click.ClickException(f"{len(error.problems)} problems; nothing was imported.") from None
