"""`feedback wave`: plan, open, extend, cancel and close waves, and say how they stand."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, LocalMoment, as_json_option, in_zone, say, shown, write_json
from feedback.runtime import runtime
from feedback.services.cancel_wave import cancel_wave
from feedback.services.close_wave import close_wave, finish_closing, retry_closing
from feedback.services.extend_wave import extend_wave
from feedback.services.foresee_opening import foresee_opening
from feedback.services.open_wave import open_wave
from feedback.services.plan_wave import WavePlan, plan_wave
from feedback.services.show_programmes import list_programmes, show_programme
from feedback.services.show_wave import EntryKind, WaveSheet, show_wave
from forms.library import pair

wave = AppGroup("wave", help="Plan, open and close waves.")

_wave_id = click.argument("wave_id", type=int)


@wave.command("plan")
@click.argument("programme_id", type=int)
@click.option("--stage", required=True, help="Which questionnaires to ask, such as kickoff.")
@click.option(
    "--questionnaires",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with your own questionnaires, instead of those that ship.",
)
@click.option("--opens", type=LocalMoment(), help="When to open by itself; without it, open by hand.")
@click.option("--closes", type=LocalMoment(), required=True, help="When it closes; participants are told.")
@click.option("--remind", type=LocalMoment(), multiple=True, help="When to remind everybody; up to three times.")
@click.option("--look", type=LocalMoment(), help="When to learn whether enough have answered; half-way by default.")
@click.option("--may-close-early", is_flag=True, help="Tell participants that the wave may be closed by hand.")
def plan_command(
    programme_id: int,
    stage: str,
    questionnaires: Path | None,
    opens: datetime | None,
    closes: datetime,
    remind: tuple[datetime, ...],
    look: datetime | None,
    *,
    may_close_early: bool,
) -> None:
    """Plan a wave and print its number. Moments are meant in the programme's time zone.

    \b
    Example:  feedback wave plan 1 --stage kickoff --opens 2027-03-01T09:00 --closes 2027-03-15T17:00
    """
    tools = runtime()
    zone = show_programme(tools.session(), programme_id).time_zone.key
    plan = WavePlan(
        programme_id=programme_id,
        stage=stage,
        questionnaires=pair(stage, questionnaires),
        opens_at=in_zone(opens, zone),
        closes_at=in_zone(closes, zone) or closes,
        reminders_at=tuple(moment for one in remind if (moment := in_zone(one, zone))),
        look_at=in_zone(look, zone),
        may_close_early=may_close_early,
    )
    number = plan_wave(
        tools.session(),
        plan,
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=tools.clock(),
        actor=ACTOR,
    )
    say(str(number))
    for warning in foresee_opening(tools.session(), number):
        click.echo(f"Warning: {warning}", err=True)


@wave.command("open")
@_wave_id
@click.option("--yes", is_flag=True, help="Open it although something can never be reported.")
def open_command(wave_id: int, *, yes: bool) -> None:
    """Open a wave now. The roster, the groups and all terms are fixed; the worker sends the invitations.

    What the report can never show, however many answer, is said first and must be confirmed.

    \b
    Example:  feedback wave open 1
    """
    tools = runtime()
    warnings = foresee_opening(tools.session(), wave_id)
    for warning in warnings:
        say(f"Warning: {warning}")
    if warnings and not yes:
        click.confirm("Open the wave all the same?", abort=True)
    opening = open_wave(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=ACTOR)
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
    finish_closing(tools.session(), tools.keys, wave_id, now=tools.clock(), step=lambda step: say(f"  {step}"))
    say(f"Wave {wave_id} is closed. Read it with: feedback report show {wave_id}")


@wave.command("extend")
@_wave_id
@click.option("--closes", type=LocalMoment(), required=True, help="The new, later close.")
def extend_command(wave_id: int, closes: datetime) -> None:
    """Let a wave close later; once, and only after a look that showed too few answers.

    \b
    Example:  feedback wave extend 1 --closes 2027-03-22T17:00
    """
    tools = runtime()
    zone = show_wave(tools.session(), wave_id, now=tools.clock()).time_zone.key
    later = in_zone(closes, zone) or closes
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
    cancel_wave(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=ACTOR)
    say(f"Wave {wave_id} is cancelled; its answers were destroyed unread.")


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
    sheets = [show_wave(tools.session(), number, now=tools.clock()) for number in numbers]
    if as_json:
        write_json([{**asdict(sheet), "time_zone": sheet.time_zone.key} for sheet in sheets])
        return
    for sheet in sheets:
        _tell(sheet)


def _all_waves() -> list[int]:
    session = runtime().session()
    programmes = [show_programme(session, line.id) for line in list_programmes(session)]
    return [one.id for programme in programmes for one in programme.waves]


def _tell(sheet: WaveSheet) -> None:
    zone = sheet.time_zone.key
    say(f"Wave {sheet.id} of “{sheet.programme}”: {sheet.stage}, {sheet.state}, {sheet.invited or 'nobody'} invited")
    say(f"  asked in {', '.join(sheet.languages)}")
    for entry in sheet.calendar:
        seen = f"  {entry.band}" if entry.kind is EntryKind.LOOK and entry.band else ""
        say(f"  {shown(entry.at, zone):<24} {entry.kind} {'done' if entry.is_done else 'planned'}{seen}")
    for count in sheet.deliveries:
        say(f"  {count.count:>6}  {count.mail} {count.state}")
