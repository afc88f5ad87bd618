"""`feedback wave plan`, and what shows a wave before it opens: forecast, calendar, postponing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from feedback.cli.output import ACTOR, LocalMoment, in_zone, say, shown, until
from feedback.domain.address import domain_of
from feedback.domain.disclosure.forecast import Forecast
from feedback.domain.disclosure.groups import CHOICES, Grouping
from feedback.domain.errors import PlanRefused
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.calendar import WaveCalendar
from feedback.domain.waves.schedule import Offset, read_offset
from feedback.reporting.forecast_words import ForecastWords, forecast_words
from feedback.reporting.words import date_title
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.export_calendar import export_calendar
from feedback.services.waves.find_questionnaires import questionnaires_to_ask
from feedback.services.waves.forecast_wave import forecast_wave
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.services.waves.postpone_wave import postpone_wave
from feedback.services.waves.preview_wave import WavePreview, look_ahead, preview_wave
from feedback.services.waves.show_wave import show_wave
from forms.bank import pair

_LANGUAGE = "en"
_wave_id = click.argument("wave_id", type=int)


class ReminderTime(click.ParamType[Offset | datetime]):
    """An offset such as +5@10:00, or a moment such as 2027-03-08T10:00 where the programme is."""

    name = "+DAYS@HH:MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Offset | datetime:
        """Read either."""
        if isinstance(value, Offset | datetime):
            return value
        if "T" in str(value):
            return LocalMoment().convert(value, param, ctx)
        try:
            return read_offset(str(value))
        except PlanRefused as error:
            self.fail(str(error), param, ctx)


@click.command("plan")
@click.argument("programme_id", type=int)
@click.option("--stage", required=True, help="Which questionnaires to ask, such as kickoff.")
@click.option(
    "--questionnaires",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with your own questionnaires, instead of what the programme asks.",
)
@click.option("--opens", type=LocalMoment(), help="When to open by itself; without it, open by hand.")
@click.option("--closes", type=LocalMoment(), required=True, help="When it closes; participants are told.")
@click.option(
    "--remind",
    type=ReminderTime(),
    multiple=True,
    help="When to remind everybody, up to three times: +5@10:00 is five days after the opening at ten, -2@10:00 two "
    "days before the close. A moment will do too.",
)
@click.option("--look", type=LocalMoment(), help="When to learn whether enough have answered; half-way by default.")
@click.option("--may-close-early", is_flag=True, help="Tell participants that the wave may be closed by hand.")
@click.option(
    "--small-role",
    type=click.Choice([one.value for one in CHOICES]),
    help="In a programme's first wave, where a role is small: count everybody together, or each role apart. Without "
    "it, what shows more; both forecasts are printed.",
)
@click.option("--preview", is_flag=True, help="Only show what the plan comes to; write nothing.")
@with_appcontext
def plan_command(
    programme_id: int,
    stage: str,
    questionnaires: Path | None,
    opens: datetime | None,
    closes: datetime,
    remind: tuple[Offset | datetime, ...],
    look: datetime | None,
    *,
    may_close_early: bool,
    small_role: str | None,
    preview: bool,
) -> None:
    """Plan a wave and print its number. Moments are meant in the programme's time zone.

    The calendar, with quiet times observed, and the forecast of the report are shown beside it.

    \b
    Example:  feedback wave plan 1 --stage kickoff --opens 2027-03-01T09:00 --closes 2027-03-15T17:00 --remind +5
    """
    tools = runtime()
    zone = show_programme(tools.session(), programme_id).time_zone.key
    plan = WavePlan(
        programme_id=programme_id,
        stage=stage,
        questionnaires=_asked(programme_id, stage, questionnaires),
        opens_at=in_zone(opens, zone),
        closes_at=until(closes, zone),
        reminders=tuple(one for one in remind if isinstance(one, Offset)),
        reminders_at=tuple(at for one in remind if not isinstance(one, Offset) and (at := in_zone(one, zone))),
        look_at=in_zone(look, zone),
        may_close_early=may_close_early,
        grouping=None if small_role is None else Grouping(small_role),
    )
    seen = preview_wave(tools.session(), tools.keys, plan, now=tools.clock())
    if not preview:
        say(str(_write_down(plan)))
    _tell_preview(seen)


def _asked(programme_id: int, stage: str, folder: Path | None) -> Mapping[Role, Questionnaire]:
    """Return what a folder holds, or else what the programme asks: its own questions, or those that ship."""
    found = pair(stage, folder)
    return found if folder else questionnaires_to_ask(runtime().session(), programme_id, found)


def _write_down(plan: WavePlan) -> int:
    tools = runtime()
    return plan_wave(
        tools.session(),
        tools.keys,
        plan,
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=tools.clock(),
        actor=ACTOR,
    )


# Standard output holds the number alone, for scripts.
def _tell_preview(seen: WavePreview) -> None:
    for line in _calendar_lines(seen.calendar, seen.hours.zone.key):
        click.echo(line, err=True)
    for title, forecast in _forecasts(seen):
        for line in (*title, *forecast_lines(_in_words(forecast, seen))):
            click.echo(line, err=True)


def _forecasts(seen: WavePreview) -> Iterator[tuple[tuple[str, ...], Forecast]]:
    """Yield what is chosen and, where there is a choice, the other as well; each under its title."""
    formed = seen.formed
    yield ((f"Chosen: {formed.grouping}.",) if formed.choices else ()), formed.forecast
    for grouping, forecast in formed.choices.items():
        if grouping is not formed.grouping:
            yield (f"Instead, with --small-role {grouping}:",), forecast


def _in_words(forecast: Forecast, seen: WavePreview) -> ForecastWords:
    with force_locale(_LANGUAGE):
        return forecast_words(forecast, seen.twins, seen.namesakes)


def _calendar_lines(calendar: WaveCalendar, zone: str) -> list[str]:
    opening = "by hand" if calendar.opens_at is None else shown(calendar.opens_at, zone)
    reminders = [(f"reminder {n}", one.at) for n, one in enumerate(calendar.reminders, start=1)]
    looks = [(f"look {n}", at) for n, at in enumerate(calendar.looks, start=1)]
    dates = sorted([*reminders, *looks, ("closing", calendar.closes_at)], key=lambda one: one[1])
    return [f"  {opening:<24} opening", *(f"  {shown(at, zone):<24} {what}" for what, at in dates)]


def forecast_lines(words: ForecastWords) -> list[str]:
    """Return a forecast as lines for a terminal."""
    lines = [f"Forecast for {words.invited} people, if so many in each group answer:"]
    for row in words.rows:
        lines.append(f"  {row.title} ({row.invited}), counted in: {row.counted_in}")
        lines += [f"    {response:>5}  {cell}" for response, cell in zip(words.responses, row.cells, strict=True)]
    return [*lines, *(f"Warning: {warning}" for warning in words.warnings)]


def wave_forecast(wave_id: int) -> ForecastWords:
    """Return the forecast of a wave, with its twins; raises PlanRefused if it could not be opened (R11)."""
    tools = runtime()
    session = tools.session()
    with force_locale(_LANGUAGE):
        if show_wave(session, wave_id, now=tools.clock()).invited is not None:
            return forecast_words(forecast_wave(session, wave_id), ())
        ahead = look_ahead(session, tools.keys, wave_id, now=tools.clock())
        if ahead.refusal is not None or ahead.formed is None:
            raise ahead.refusal or PlanRefused
        return forecast_words(ahead.formed.forecast, ahead.twins)


@click.command("forecast")
@_wave_id
@with_appcontext
def forecast_command(wave_id: int) -> None:
    """Say what the report can show if 50, 70 or 90 % answer, and what it can never show.

    \b
    Example:  feedback wave forecast 1
    """
    for line in forecast_lines(wave_forecast(wave_id)):
        say(line)


@click.command("postpone")
@_wave_id
@click.option("--opens", type=LocalMoment(), required=True, help="The new, later opening.")
@with_appcontext
def postpone_command(wave_id: int, opens: datetime) -> None:
    """Put off a wave that has not opened. Its close, reminders and looks move by as many days; staff are told.

    \b
    Example:  feedback wave postpone 1 --opens 2027-03-08T09:00
    """
    tools = runtime()
    zone = show_wave(tools.session(), wave_id, now=tools.clock()).time_zone.key
    postpone_wave(tools.session(), wave_id, in_zone(opens, zone) or opens, now=tools.clock(), actor=ACTOR)
    for entry in show_wave(tools.session(), wave_id, now=tools.clock()).calendar:
        say(f"  {shown(entry.at, zone):<24} {entry.kind}")


@click.command("calendar")
@_wave_id
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def calendar_command(wave_id: int, file: Path) -> None:
    """Write a wave's dates to FILE (.ics), for a calendar program. It names no participant and holds no link.

    \b
    Example:  feedback wave calendar 1 kickoff.ics
    """
    host = domain_of(runtime().settings.smtp.sender)
    with force_locale(_LANGUAGE):
        file.write_bytes(export_calendar(runtime().session(), wave_id, host=host, title=date_title))
    say(f"{file} holds the dates of wave {wave_id}.")
