"""`feedback wave`: plan, open, extend, cancel and close waves, and say how they stand."""

from dataclasses import asdict
from datetime import datetime

import click
from flask.cli import AppGroup

from feedback.cli.dry_run import dry_run_command
from feedback.cli.output import ACTOR, LocalMoment, as_json_option, say, shown, until, write_json
from feedback.cli.planning import (
    calendar_command,
    forecast_command,
    forecast_lines,
    plan_command,
    postpone_command,
    wave_forecast,
)
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import list_programmes, show_programme
from feedback.services.staff.check_rights import may_reach_answers
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import begin_cancelling, finish_cancelling
from feedback.services.waves.close_wave import begin_closing, close_wave, finish_closing, retry_closing
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.show_wave import CalendarEntry, EntryKind, WaveView, show_wave
from feedback.worker.engine import defer_for

# Of staff's commands on PostgreSQL, whose login has no right to what was answered.
_SOON = "within seconds if one is at work (see: feedback status)."

wave = AppGroup("wave", help="Plan, open and close waves.")

_wave_id = click.argument("wave_id", type=int)


for command in (plan_command, forecast_command, postpone_command, calendar_command, dry_run_command):
    wave.add_command(command)


@wave.command("open")
@_wave_id
@click.option("--yes", is_flag=True, help="Open it although something can never be reported.")
def open_command(wave_id: int, *, yes: bool) -> None:
    """Open a wave now. The roster, the groups and all terms are fixed; the worker sends the invitations.

    The forecast of the report is shown first; what it can never show, however many answer, must be confirmed.
    In a quiet time the wave opens, and its invitations wait.

    \b
    Example:  feedback wave open 1
    """
    tools = runtime()
    words = wave_forecast(wave_id)
    for line in forecast_lines(words):
        say(line)
    if words.warnings and not yes:
        click.confirm("Open the wave all the same?", abort=True)
    if not may_reach_answers(tools.session()):
        ask_opening(tools.session(), wave_id, now=tools.clock(), actor=ACTOR)
        say(f"Wave {wave_id} is to be opened. Outside quiet times a worker does it {_SOON}")
        return
    opening = open_wave(
        tools.session(), tools.keys, wave_id, now=tools.clock(), actor=ACTOR, defer=defer_for(tools.settings)
    )
    say(f"Wave {wave_id} is open. {opening.invited} people are invited, reported in these groups:")
    for group in opening.groups:
        say(f"  {group.invited:>6}  {group.name}")


@wave.command("close")
@_wave_id
def close_command(wave_id: int) -> None:
    """Close a wave whose time has come: open the answers once, publish the report, destroy the rest.

    \b
    Example:  feedback wave close 1
    """
    tools = runtime()
    if not may_reach_answers(tools.session()):
        begin_closing(tools.session(), wave_id, now=tools.clock(), actor=ACTOR)
        say(f"Wave {wave_id} takes no more answers. A worker publishes its report {_SOON}")
        return
    close_wave(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=ACTOR, step=lambda step: say(f"  {step}"))
    say(f"Wave {wave_id} is closed. Read it with: feedback report show {wave_id}")


@wave.command("retry")
@_wave_id
def retry_command(wave_id: int) -> None:
    """Let a wave whose report was held try to close again, such as after an upgrade of the service.

    \b
    Example:  feedback wave retry 1
    """
    tools = runtime()
    retry_closing(tools.session(), wave_id, now=tools.clock(), actor=ACTOR)
    if not may_reach_answers(tools.session()):
        say(f"Wave {wave_id} tries to close again. A worker does it {_SOON}")
        return
    finish_closing(tools.session(), tools.keys, wave_id, now=tools.clock(), step=lambda step: say(f"  {step}"))
    say(f"Wave {wave_id} is closed. Read it with: feedback report show {wave_id}")


@wave.command("extend")
@_wave_id
@click.option("--closes", type=LocalMoment(), required=True, help="The new, later close.")
def extend_command(wave_id: int, closes: datetime) -> None:
    """Let a wave close later; once, and only after a look that showed too few answers. Everybody invited is told.

    \b
    Example:  feedback wave extend 1 --closes 2027-03-22T17:00
    """
    tools = runtime()
    zone = show_wave(tools.session(), wave_id, now=tools.clock()).time_zone.key
    later = until(closes, zone)
    extend_wave(tools.session(), wave_id, later, now=tools.clock(), actor=ACTOR)
    say(f"Wave {wave_id} closes on {shown(later, zone)}.")


@wave.command("cancel")
@_wave_id
@click.confirmation_option(prompt="All answers of this wave will be destroyed unread. Cancel it?")
def cancel_command(wave_id: int) -> None:
    """Cancel a wave, also one that is held; whatever was answered is destroyed unopened, and everybody invited is told.

    \b
    Example:  feedback wave cancel 1 --yes
    """
    tools = runtime()
    was_opened = bool(show_wave(tools.session(), wave_id, now=tools.clock()).invited)
    begin_cancelling(tools.session(), wave_id, now=tools.clock(), actor=ACTOR)
    if not was_opened:
        say(f"Wave {wave_id} is cancelled. It was never opened, so nobody is told.")
    elif may_reach_answers(tools.session()):
        finish_cancelling(tools.session(), tools.keys, wave_id, now=tools.clock())
        say(f"Wave {wave_id} is cancelled; its answers were destroyed unread. Everybody who was invited is told.")
    else:
        rest = f"A worker destroys its answers unread and tells everybody who was invited, {_SOON}"
        say(f"Wave {wave_id} is cancelled. {rest}")


@wave.command("status")
@click.argument("wave_id", type=int, required=False)
@as_json_option
def status_command(wave_id: int | None, *, as_json: bool) -> None:
    """Say how a wave stands, or all waves. Never how many have answered.

    \b
    Example:  feedback wave status 1
    """
    tools = runtime()
    numbers = [wave_id] if wave_id is not None else _all_waves()
    views = [show_wave(tools.session(), number, now=tools.clock()) for number in numbers]
    if as_json:
        write_json([_record(view) for view in views])
        return
    for view in views:
        _tell(view)


def _record(view: WaveView) -> dict[str, object]:
    deliveries = [{**asdict(one), "mail": str(one.mail)} for one in view.deliveries]
    return {**asdict(view), "time_zone": view.time_zone.key, "deliveries": deliveries}


def _all_waves() -> list[int]:
    session = runtime().session()
    programmes = [show_programme(session, line.id) for line in list_programmes(session)]
    return [one.id for programme in programmes for one in programme.waves]


def _tell(view: WaveView) -> None:
    zone = view.time_zone.key
    say(f"Wave {view.id} of “{view.programme}”: {view.stage}, {view.state}, {view.invited or 'nobody'} invited")
    say(f"  asked in {', '.join(view.languages)}")
    for entry in view.calendar:
        seen = f"  {entry.band}" if entry.kind is EntryKind.LOOK and entry.band else ""
        say(f"  {shown(entry.at, zone):<24} {entry.kind} {_stands(entry)}{seen}")
    for count in view.deliveries:
        say(f"  {count.count:>6}  {count.mail} {count.state}")


def _stands(entry: CalendarEntry) -> str:
    if entry.was_left_out:
        return "left out"
    return "done" if entry.is_done else "planned"
