"""`feedback wave status`: how waves stand. Loads nothing that opens or closes one."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from feedback.cli.output import answer, as_json_option, shown
from feedback.domain.waves.waits import WAIT_WORDS, Wait
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import list_programmes, show_programme
from feedback.services.waves.find_waits import find_waits
from feedback.services.waves.show_wave import CalendarEntry, EntryKind, WaveView, show_wave


@click.command("status")
@click.argument("wave_id", type=int, required=False)
@as_json_option
@with_appcontext
def status_command(wave_id: int | None, *, as_json: bool) -> None:
    """Say how a wave stands, or all waves. Never how many have answered.

    \b
    Example:  feedback wave status 1
    """
    tools = runtime()
    numbers = [wave_id] if wave_id is not None else _all_waves()
    views = [show_wave(tools.session(), number, now=tools.clock()) for number in numbers]
    waits = find_waits(tools.session(), now=tools.clock())
    lines = (line for view in views for line in (*_lines(view), *_waiting(view, waits)))
    answer([_record(view) for view in views], lines, as_json=as_json)


def _record(view: WaveView) -> dict[str, object]:
    deliveries = [{**asdict(one), "mail": str(one.mail)} for one in view.deliveries]
    return {**asdict(view), "time_zone": view.time_zone.key, "deliveries": deliveries}


def _all_waves() -> list[int]:
    session = runtime().session()
    programmes = [show_programme(session, line.id) for line in list_programmes(session)]
    return [one.id for programme in programmes for one in programme.waves]


def _lines(view: WaveView) -> Iterator[str]:
    zone = view.time_zone.key
    yield f"Wave {view.id} of “{view.programme}”: {view.stage}, {view.state}, {view.invited or 'nobody'} invited"
    yield f"  asked in {', '.join(view.languages)}"
    for entry in view.calendar:
        seen = f"  {entry.band}" if entry.kind is EntryKind.LOOK and entry.band else ""
        yield f"  {shown(entry.at, zone):<24} {entry.kind} {_stands(entry)}{seen}"
    yield from (f"  {count.count:>6}  {count.mail} {count.state}" for count in view.deliveries)


def _waiting(view: WaveView, waits: Iterable[Wait]) -> Iterator[str]:
    for one in waits:
        if one.wave_id == view.id:
            yield f"  {WAIT_WORDS[one.reason] % {'until': shown(one.until, view.time_zone.key)}}"


def _stands(entry: CalendarEntry) -> str:
    if entry.was_left_out:
        return "left out"
    if entry.fell_away:
        return "fell away"
    return "done" if entry.is_done else "planned"
