"""`feedback report`: read a report in the terminal, export it."""

from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.cli.output import as_json_option, say
from feedback.domain.groups import Group
from feedback.domain.released_comments import ReleasedQuestion
from feedback.domain.report import ReportDocument
from feedback.domain.report_reading import Bar, report_comments, report_header, report_questions, report_rates
from feedback.runtime import runtime
from feedback.services.export_report import report_csv, report_json
from feedback.services.show_released_comments import CommentsSheet, show_comments
from feedback.services.show_report import show_report

report = AppGroup("report", help="Show and export reports.")

_LANGUAGE = "en"
_wave_id = click.argument("wave_id", type=int)


@report.command("show")
@_wave_id
@as_json_option
def show_command(wave_id: int, *, as_json: bool) -> None:
    """Show the report of a closed wave.

    \b
    Example:  feedback report show 1
    """
    signed = show_report(runtime().session(), wave_id)
    if as_json:
        say(report_json(signed).decode())
        return
    _tell(signed.document)
    _tell_comments(signed.document, show_comments(runtime().session(), wave_id, now=runtime().clock()))


@report.command("export")
@_wave_id
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the table.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the data.")
def export_command(wave_id: int, csv_file: Path | None, json_file: Path | None) -> None:
    """Write the report as a CSV table, as signed JSON, or both.

    \b
    Example:  feedback report export 1 --csv kickoff.csv --json kickoff.json
    """
    if csv_file is None and json_file is None:
        raise click.UsageError("Name at least one of --csv and --json.")
    signed = show_report(runtime().session(), wave_id)
    for file, data in ((csv_file, report_csv(signed.document, _LANGUAGE)), (json_file, report_json(signed))):
        if file is not None:
            file.write_bytes(data)
            say(f"Wrote {file}.")


def _tell(document: ReportDocument) -> None:
    header = report_header(document)
    say(f"{header.about.organisation}, {header.about.programme}: {header.about.stage} ({header.outcome})")
    for rate in report_rates(document):
        answered = f"fewer than {header.k}" if rate.answered is None else str(rate.answered)
        say(f"  {_label(rate.group)}: {answered} of {rate.group.invited} answered")
    for question in report_questions(document, _LANGUAGE):
        say(f"\n{question.code}  {question.text}")
        for result in question.results:
            say(f"  {_label(result.group)}: {f'not shown ({result.reason})' if result.reason else ''}")
            for bar in result.bars:
                say(f"    {_words(bar)}")
        if question.total is not None:
            say(f"  total of {', '.join(_label(group) for group in question.total.groups)}:")
            for bar in question.total.bars:
                say(f"    {_words(bar)}")


def _tell_comments(document: ReportDocument, sheet: CommentsSheet) -> None:
    for comment in report_comments(document, _LANGUAGE):
        say(f"\n{comment.code}  {comment.text}")
        released = sheet.release.comments.on(comment.code) if sheet.release else None
        if not comment.kept:
            say("  too few; destroyed unread")
        elif released is None:
            say(f"  in review until {sheet.until}" if sheet.until else "  not released in time; destroyed")
        else:
            _tell_released(released)


def _tell_released(released: ReleasedQuestion) -> None:
    if released.summary:
        say(f"  summary: {released.summary}")
    for one in released.texts:
        say(f"  – {one.text}{' (changed by the reviewer)' if one.redacted else ''}")


def _words(bar: Bar) -> str:
    share = "" if bar.share is None else f" ({bar.share} %)"
    return f"{bar.bound.replace('-', ' '):>8} {bar.count} of {bar.n}{share}  {' / '.join(bar.texts)}"


def _label(group: Group) -> str:
    whole = f"{group.role}s" if group.role else "everybody"
    return f"{whole}, {' + '.join(group.cohorts)}" if group.cohorts else whole
