"""`feedback programme quiet`: the hours, weekdays and holidays on which no email of a programme goes out."""

from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext

from feedback.cli.output import ACTOR, answer, as_json_option
from feedback.domain.waves.quiet_times import (
    DEFAULT_QUIET_TIMES,
    QuietTimes,
    hours_in_digits,
    quiet_times_record,
    read_quiet_times,
)
from feedback.runtime import runtime
from feedback.services.waves.set_quiet_times import set_quiet_times, show_quiet_times

_HOURS = "Hours without email, such as 20:00-08:00, or none."
_WEEKDAYS = "Weekdays without email, such as sat,sun, or none."
_HOLIDAYS = "Days without email, such as 2027-12-24,2027-12-27, or none."


def quiet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take quiet times; what is not named is a working week."""
    for name, default, words in (
        ("--holidays", "none", _HOLIDAYS),
        ("--quiet-weekdays", "sat,sun", _WEEKDAYS),
        ("--quiet-hours", hours_in_digits(DEFAULT_QUIET_TIMES), _HOURS),
    ):
        command = click.option(name, default=default, show_default=True, help=words)(command)
    return command


def quiet_times_asked(hours: str, weekdays: str, holidays: str) -> QuietTimes:
    """Return the quiet times that options name, or raise PlanRefused."""
    return read_quiet_times(hours, _words(weekdays), _words(holidays))


@click.command("quiet")
@click.argument("programme_id", type=int)
@click.option("--hours", help=_HOURS)
@click.option("--weekdays", help=_WEEKDAYS)
@click.option("--holidays", help=_HOLIDAYS)
@as_json_option
@with_appcontext
def quiet_command(
    programme_id: int, hours: str | None, weekdays: str | None, holidays: str | None, *, as_json: bool
) -> None:
    """Show a programme's quiet times; with options, change those named and move what is still ahead.

    \b
    Example:  feedback programme quiet 1 --hours 19:00-09:00 --holidays 2027-12-24,2027-12-27
    """
    tools = runtime()
    record = quiet_times_record(show_quiet_times(tools.session(), programme_id))
    asked = {"hours": hours, "weekdays": weekdays, "holidays": holidays}
    if any(text is not None for text in asked.values()):
        changed = [_shown(record[name]) if text is None else text for name, text in asked.items()]
        quiet = quiet_times_asked(*changed)
        set_quiet_times(tools.session(), programme_id, quiet, now=tools.clock(), actor=ACTOR)
        record = quiet_times_record(quiet)
    lines = (f"  {name}: {_shown(record[name])}" for name in asked)
    answer(record, [f"No email of programme {programme_id} goes out", *lines], as_json=as_json)


def _shown(value: object) -> str:
    return (",".join(value) or "none") if isinstance(value, list) else str(value)


def _words(text: str) -> list[str]:
    return [] if text.strip().lower() == "none" else text.replace(",", " ").split()
