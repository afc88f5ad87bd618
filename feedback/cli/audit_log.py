"""`feedback audit-log`: read what staff and the service did, check that nobody changed it, take it away."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, answer, as_json_option, counted, say
from feedback.domain.errors import LogFileRefused
from feedback.domain.log_chain import ChainVerdict, LoggedAct, check_chain, read_head
from feedback.domain.log_file import dump_log, load_log
from feedback.domain.log_filter import LogFilter
from feedback.rendering.book import DataColumn, DataSheet
from feedback.rendering.csv_files import plain_csv
from feedback.runtime import runtime
from feedback.services.audit_log.check_log import check_log
from feedback.services.audit_log.read_log import note_export, number_of_organisation, read_chain, read_log

audit_log = AppGroup("audit-log")

_WRONG = 1
_DAY = click.DateTime(["%Y-%m-%d"])
_COLUMNS = ("id", "at", "actor", "act", "subject", "organisation")


@audit_log.command("show")
@click.option("--organisation", help="The organisation's name; without it all entries are shown.")
@click.option("--since", type=_DAY, help="The first day, in UTC.")
@click.option("--until", type=_DAY, help="The last day, in UTC.")
@click.option("--actor", help='Who acted, as the log says it: "staff 3", "service" or "command line".')
@click.option("--last", type=click.IntRange(1), default=100, show_default=True, help="How many entries, the newest.")
@as_json_option
def show_command(
    organisation: str | None,
    since: datetime | None,
    until: datetime | None,
    actor: str | None,
    last: int,
    *,
    as_json: bool,
) -> None:
    """Show who did what to what, and when; the newest last.

    \b
    Example:  feedback audit-log show --organisation Example --since 2027-03-01 --last 20
    """
    session = runtime().session()
    wanted = LogFilter(
        organisation_id=None if organisation is None else number_of_organisation(session, organisation),
        actor=actor,
        since=_utc(since),
        until=None if until is None else until.replace(tzinfo=UTC) + timedelta(days=1),
    )
    found = read_log(session, wanted, most=last)[::-1]
    lines = (f"{one.at:%Y-%m-%d %H:%M} UTC  {one.actor}  {one.act}  {one.subject}" for one in found)
    answer([one._asdict() for one in found], lines, as_json=as_json)


@audit_log.command("verify")
@click.option("--head", metavar="POSITION:DIGEST", help="A head noted elsewhere, such as in an email about a report.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file that was exported, in place of the database.",
)
def verify_command(head: str | None, file: Path | None) -> None:
    """Check that no entry was altered, taken away, put in between or moved since it was chained.

    Whoever can write to the database can write all of it anew: that shows only against a head that somebody kept. Ends
    with exit code 0 if nothing is wrong, and 1 otherwise.

    \b
    Example:  feedback audit-log verify
    """
    kept, tools = None if head is None else read_head(head), runtime()
    if file is None:
        check = check_log(tools.session(), now=tools.clock(), kept=kept)
        verdict, unchained = check.verdict, check.unchained
    else:
        verdict, unchained = check_chain(load_log(file.read_bytes()), now=tools.clock(), kept=kept), 0
    for line in _verdict_lines(verdict, unchained):
        say(line)
    sys.exit(0 if verdict.is_whole else _WRONG)


@audit_log.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_command(file: Path) -> None:
    """Write the whole log to FILE: a table (.csv), or all that a check needs (.json). That is noted in the log.

    \b
    Example:  feedback audit-log export log.json
    """
    session = runtime().session()
    if file.suffix == ".json":
        data = dump_log(read_chain(session))
    elif file.suffix == ".csv":
        data = plain_csv(_table(read_log(session, LogFilter())[::-1]))
    else:
        raise LogFileRefused("Name a file that ends in .csv or .json.")
    file.write_bytes(data)
    note_export(session, None, now=runtime().clock(), actor=ACTOR)
    say(f"Wrote {file}.")


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _verdict_lines(verdict: ChainVerdict, unchained: int) -> Iterator[str]:
    if verdict.is_whole:
        yield f"Nothing is wrong with {counted(verdict.present, 'entry', 'entries')}."
    else:
        yield f"Wrong at position {verdict.wrong_at}: {verdict.why}."
    if verdict.forgotten:
        yield f"Up to position {verdict.forgotten} entries were forgotten, as they were old."
    if unchained:
        more = counted(unchained, "more entry is", "more entries are")
        yield f"{more} not chained yet; a worker does it within seconds."
    yield f"Head: {verdict.head}" if verdict.head else "Nothing is chained yet."


def _table(entries: list[LoggedAct]) -> DataSheet:
    rows = tuple(
        (str(one.id), one.at.isoformat(), one.actor, one.act, one.subject, _number(one.organisation_id))
        for one in entries
    )
    columns = tuple(DataColumn(name, name) for name in _COLUMNS)
    return DataSheet("audit log", "Audit log", "audit_log", (), columns, rows)


def _number(organisation_id: int | None) -> str:
    return "" if organisation_id is None else str(organisation_id)
