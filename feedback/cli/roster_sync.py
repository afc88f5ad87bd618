"""`feedback roster sync`: hold rosters to the files that another system puts into a folder, as often as it is called.

What it prints may lie in a log, so it holds numbers only; names stand in the report beside each file.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext

from feedback.cli.output import answer, as_json_option, counted
from feedback.cli.rosters import actor_for, change_lines, on_behalf_of_option
from feedback.domain.errors import FeedbackError, RosterRefused
from feedback.domain.roster.leavers import ALWAYS
from feedback.runtime import runtime
from feedback.services.roster.roster_folder import FoundRoster, StillWritten, read_settled, rosters_in, write_report
from feedback.services.roster.sync_roster import LeaverRule, RosterSync, sync_roster


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; names nobody but in `report`."""

    found: FoundRoster
    state: str
    told: tuple[str, ...]
    figures: dict[str, int | bool] = field(default_factory=dict)
    report: tuple[str, ...] = ()


class _Confirmed(click.ParamType[tuple[int, int]]):
    """A programme and a number of people, such as 1:37."""

    name = "PROGRAMME:PEOPLE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read both numbers."""
        programme, _colon, people = str(value).partition(":")
        if not (programme.isdecimal() and people.isdecimal()):
            self.fail("write a programme and a number of people like 1:37", param, ctx)
        return int(programme), int(people)


@click.command("sync")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--leavers", is_flag=True, help="Whoever is in a programme but not in its file has left it.")
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    type=_Confirmed(),
    help=f"So many do leave, though they are more than {ALWAYS} and more than one in five.",
)
@click.option(
    "--settled",
    type=click.IntRange(0, 86400),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Leave a file for the next time that was changed since.",
)
@click.option("--encoding", metavar="NAME", help="The code page of files that are not Unicode, by its name.")
@on_behalf_of_option
@as_json_option
@with_appcontext
def sync_command(
    folder: Path,
    confirmed: tuple[tuple[int, int], ...],
    settled: int,
    encoding: str | None,
    on_behalf_of: str | None,
    *,
    leavers: bool,
    as_json: bool,
) -> None:
    """Hold rosters to the files in FOLDER, each named by the number of its programme: 1.csv, 2-leaders.xlsx.

    By the rules of `feedback roster import`, each file whole or not at all. What is the same changes nothing, so it may
    be called as often as you like. What became of a file stands beside it, in 1.csv.report.txt. It exits with 1 if a
    file was refused, or none is there.

    \b
    Example:  feedback roster sync /var/lib/feedback-rosters --leavers
    """
    if confirmed and not leavers:
        raise click.UsageError("--confirm says how many leave: it goes with --leavers.")
    rules = {number: LeaverRule(lets_go=True, confirmed=people) for number, people in confirmed}
    usual = LeaverRule(lets_go=leavers)
    wait = timedelta(seconds=settled)
    outcomes = [
        _told(_sync(found, rules.get(found.programme_id, usual), wait, encoding, on_behalf_of))
        for found in rosters_in(folder)
    ]
    answer([_record(one) for one in outcomes], _lines(outcomes), as_json=as_json)
    if not outcomes or any(one.state == "refused" for one in outcomes):
        sys.exit(1)


def _sync(
    found: FoundRoster, rule: LeaverRule, settled: timedelta, encoding: str | None, on_behalf_of: str | None
) -> FileOutcome:
    tools, number = runtime(), found.programme_id
    session = tools.session()
    try:
        data = read_settled(found, settled=settled, now=time.time())
        actor = actor_for(number, on_behalf_of)
        done = sync_roster(
            session, tools.keys, number, data, now=tools.clock(), actor=actor, encoding=encoding, leavers=rule
        )
    except StillWritten as error:
        return FileOutcome(found, "left", (str(error),))
    except RosterRefused as error:
        problems = tuple(map(str, error.problems))
        count = f"{len(problems)} problem{'s'[: len(problems) > 1]}; nothing was imported."
        return FileOutcome(found, "refused", (count,), {"problems": len(problems)}, (*problems, count))
    except FeedbackError as error:
        session.rollback()
        return FileOutcome(found, "refused", (str(error),), report=(str(error), "Nothing was imported."))
    return _done(found, done)


def _done(found: FoundRoster, done: RosterSync) -> FileOutcome:
    change, missing = done.change, len(done.missing)
    added = counted(change.added, "person", "people")
    told = [f"{added} added, {change.changed} changed, {change.unchanged} as they were"]
    if missing:
        told.append(f"{missing} not in the file, who {'have left' if done.have_left else 'stay'}")
    if change.away:
        told.append(f"{len(change.away)} in the file had left before, and were not brought back")
    if change.remarks:
        told.append(counted(len(change.remarks), "remark", "remarks"))
    if done.awaits_approval:
        told.append("the roster waits for a second person's approval")
    figures: dict[str, int | bool] = {
        "added": change.added,
        "changed": change.changed,
        "unchanged": change.unchanged,
        "missing": missing,
        "have_left": done.have_left,
        "away": len(change.away),
        "remarks": len(change.remarks),
        "awaits_approval": done.awaits_approval,
    }
    state = "changed" if done.is_new else "unchanged"
    return FileOutcome(found, state, ("; ".join(told) + ".",), figures, tuple(_report(done)))


def _report(done: RosterSync) -> Iterator[str]:
    # Who is missing is said below, by name; the import's own line says that they stay.
    yield from change_lines(done.change, done=True, says_absent=False)
    if done.missing:
        yield f"{len(done.missing)} people are in the programme but not in the file; they {_fate(done)}:"
        for person in done.missing:
            yield f"  {person.role}{f', {person.cohort}' if person.cohort else ''}: {person.name} <{person.email}>"
    if done.awaits_approval:
        yield "No survey opens before a second person has approved the roster."


def _fate(done: RosterSync) -> str:
    return "have left, and get no more email" if done.have_left else "stay"


def _told(one: FileOutcome) -> FileOutcome:
    """Write the report of a file, and say so where that cannot be done."""
    if not one.report or write_report(one.found, iter(one.report)):
        return one
    told = (*one.told, f"{one.found.report.name} cannot be written: this process may not write into the folder.")
    return FileOutcome(one.found, one.state, told, one.figures)


def _record(one: FileOutcome) -> dict[str, object]:
    return {
        "file": one.found.path.name,
        "programme": one.found.programme_id,
        "state": one.state,
        **one.figures,
        "told": one.told,
    }


def _lines(outcomes: list[FileOutcome]) -> Iterator[str]:
    for one in outcomes:
        yield f"Programme {one.found.programme_id}, {one.found.path.name}: {one.state}. {' '.join(one.told)}"
    if not outcomes:
        yield "There is no roster in the folder: each is named by the number of its programme, such as 1.csv."
