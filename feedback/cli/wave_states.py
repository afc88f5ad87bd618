"""`feedback wave open`, and what else moves a wave on: extend, close, retry, cancel."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from feedback.cli.output import ACTOR, LocalMoment, say, shown, until
from feedback.cli.planning import forecast_lines, wave_forecast
from feedback.runtime import runtime
from feedback.services.staff.check_rights import may_reach_answers
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import begin_cancelling, finish_cancelling
from feedback.services.waves.close_wave import begin_closing, close_wave, finish_closing, retry_closing
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.show_wave import show_wave
from feedback.worker.engine import defer_for

# Of staff's commands on PostgreSQL, whose login has no right to what was answered.
_SOON = "within seconds if one is at work (see: feedback status)."

_wave_id = click.argument("wave_id", type=int)


@click.command("open")
@_wave_id
@click.option("--yes", is_flag=True, help="Open it although something can never be reported.")
@with_appcontext
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
        ask_opening(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=ACTOR)
        say(f"Wave {wave_id} is to be opened. Outside quiet times a worker does it {_SOON}")
        return
    opening = open_wave(
        tools.session(), tools.keys, wave_id, now=tools.clock(), actor=ACTOR, defer=defer_for(tools.settings)
    )
    say(f"Wave {wave_id} is open. {opening.invited} people are invited, reported in these groups:")
    for group in opening.groups:
        say(f"  {group.invited:>6}  {group.name}")


@click.command("close")
@_wave_id
@with_appcontext
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


@click.command("retry")
@_wave_id
@with_appcontext
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


@click.command("extend")
@_wave_id
@click.option("--closes", type=LocalMoment(), required=True, help="The new, later close.")
@with_appcontext
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


@click.command("cancel")
@_wave_id
@click.confirmation_option(prompt="All answers of this wave will be destroyed unread. Cancel it?")
@with_appcontext
def cancel_command(wave_id: int) -> None:
    """Cancel a wave, also one that is held; whatever was answered is destroyed unread, and everybody invited is told.

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
