"""`feedback report`: read a report in the terminal, write it as files, compare reports."""

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from feedback.cli.output import as_json_option, say
from feedback.rendering.data import report_json
from feedback.rendering.plain import write_plain

report = AppGroup("report", help="Show, export, compare and check reports.")

_wave_id = click.argument("wave_id", type=int)
_language = click.option("--language", default="en", show_default=True, help="Such as en; English where missing.")


@report.command("show")
@_wave_id
@_language
@as_json_option
def show_command(wave_id: int, language: str, *, as_json: bool) -> None:
    """Show the report of a closed wave.

    \b
    Example:  feedback report show 1
    """
    shown = _report(wave_id)
    if as_json:
        say(report_json(shown.signed).decode())
        return
    with force_locale(language):
        say(write_plain(_paper(shown, language)))
