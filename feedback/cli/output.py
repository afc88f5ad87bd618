"""How commands speak: lines for people, JSON for scripts, moments in the programme's time zone."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from feedback.domain.staff import COMMAND_LINE
from feedback.domain.waves.schedule import last_moment_of, moment_of

ACTOR = COMMAND_LINE

as_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for a script to read.")


def say(text: str) -> None:
    """Write a line for a person."""
    click.echo(text)


def write_json(value: Any) -> None:
    """Write a value for a script."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def answer(value: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Write `value` if a script has asked for JSON, else `lines` for a person."""
    if as_json:
        write_json(value)
    else:
        for line in lines:
            say(line)


def counted(number: int, one: str, many: str) -> str:
    """Return such as "1 wave" or "12 waves"."""
    return f"{number} {one if number == 1 else many}"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


class LocalMoment(click.ParamType[datetime]):
    """A moment such as 2027-03-15T17:00, in the programme's own time zone (see `in_zone`)."""

    name = "YYYY-MM-DDTHH:MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the moment, without a zone."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%dT%H:%M")  # noqa: DTZ007
        except ValueError:
            self.fail("write a moment like 2027-03-15T17:00", param, ctx)


def in_zone(moment: datetime | None, zone: str) -> datetime | None:
    """Read a local moment in the programme's time zone; one that clocks skip becomes the end of the gap."""
    return None if moment is None else moment_of(moment, ZoneInfo(zone))


def until(moment: datetime, zone: str) -> datetime:
    """Read a local moment that is promised to people; take the later one where clocks show it twice."""
    return last_moment_of(moment, ZoneInfo(zone))


def shown(moment: datetime | None, zone: str) -> str:
    """Write a moment as it is where the programme is."""
    return "–" if moment is None else moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")
