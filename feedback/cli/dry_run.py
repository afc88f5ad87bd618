"""`feedback wave dry-run`: who would get which email when, as lines or as a table. Sends nothing."""

import csv
import io

import click
from flask.cli import with_appcontext

from feedback.cli.output import as_json_option, say, shown, write_json
from feedback.runtime import runtime
from feedback.services.waves.dry_run import Addressee, DryRun, dry_run_wave
from feedback.services.waves.show_wave import show_wave

_REASONS = {
    "has-left": "has left the programme",
    "joined-later": "joined after the opening: is invited from the next wave",
}
_COLUMNS = ("mail", "when", "name", "email", "role", "cohort", "sent", "reason")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command("dry-run")
@click.argument("wave_id", type=int)
@click.option("--csv", "as_csv", is_flag=True, help="Write a table for a spreadsheet: a line per email and person.")
@as_json_option
@with_appcontext
def dry_run_command(wave_id: int, *, as_csv: bool, as_json: bool) -> None:
    """Say who would get which email when, and who would not and why. Sends nothing and changes nothing.

    \b
    Example:  feedback wave dry-run 1 --csv > emails.csv
    """
    tools = runtime()
    zone = show_wave(tools.session(), wave_id, now=tools.clock()).time_zone.key
    found = dry_run_wave(tools.session(), wave_id, now=tools.clock())
    if as_json:
        write_json([dict(zip(_COLUMNS, row, strict=True)) for row in _rows(found, zone)])
    elif as_csv:
        click.echo(_table(found, zone), nl=False)
    else:
        _tell_dry_run(found, zone)


def _rows(found: DryRun, zone: str) -> list[tuple[str, ...]]:
    """Return a row for each email and person, as `_COLUMNS` names its parts."""
    return [
        (
            str(mail.mail),
            "by hand" if mail.at is None else shown(mail.at, zone),
            person.name,
            person.email,
            person.role,
            person.cohort,
            "no" if person.left_out else "if wanted",
            _REASONS[person.left_out] if person.left_out else "",
        )
        for mail in found.mails
        for person in found.people
    ]


def _table(found: DryRun, zone: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    # A spreadsheet must not run a name that looks like a formula.
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in _rows(found, zone))
    return file.getvalue()


def _tell_dry_run(found: DryRun, zone: str) -> None:
    for mail in found.mails:
        when = "when it is opened" if mail.at is None else shown(mail.at, zone)
        say(f"{mail.mail}: {when}, to {found.reached} of {len(found.people)} people")
    for person in found.people:
        say(f"  {_line(person)}")
    say(f"Wanted no email when the last one went out: {found.unwilling} of them. Who they are is shown to nobody.")
    say("Nothing was sent.")


def _line(person: Addressee) -> str:
    cohort = f" ({person.cohort})" if person.cohort else ""
    reason = f"  no email: {_REASONS[person.left_out]}" if person.left_out else ""
    return f"{person.role:<7} {person.name} <{person.email}>{cohort}{reason}"
