"""`feedback report audit`: attack report files, offline, without a database or settings."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from feedback.auditor import Verdict, audit, audit_together, in_words
from feedback.auditor.fields import Unreadable
from feedback.auditor.rosters import read_cells, read_sizes
from feedback.cli.output import answer, as_json_option
from feedback.domain.errors import ReportRefused
from feedback.domain.report.files import ReportFile, read_json, read_report_file

_FAILED = 1
_SHOWN = {"rule", "question", "group", "sentence"}
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("audit")
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--roster", type=_file, help="JSON that says how many people were invited; see docs/auditor.md.")
@as_json_option
def audit_command(files: tuple[Path, ...], roster: Path | None, *, as_json: bool) -> None:
    """Attack reports, several of them together, and say whose answers come out as certain.

    Ends with exit code 0 if the reports pass, and 1 if they do not.

    \b
    Example:  feedback report audit kickoff.json --roster sizes.json
    """
    reports = [read_report_file(file.read_bytes(), file.name) for file in files]
    verdict = _verdict(reports, None if roster is None else read_json(roster.read_bytes(), roster.name))
    named = [(file.name, report) for file, report in zip(files, reports, strict=True)]
    keys = [{"file": name, "public_key": report.public_key} for name, report in named]
    lines = [*(f"{name}: {_signed(report)}" for name, report in named), in_words(verdict)]
    findings = [{name: value for name, value in asdict(one).items() if name in _SHOWN} for one in verdict.findings]
    answer({"passed": verdict.passed, "findings": findings, "files": keys}, lines, as_json=as_json)
    sys.exit(0 if verdict.passed else _FAILED)


def _verdict(reports: list[ReportFile], roster: object) -> Verdict:
    try:
        if len(reports) == 1:
            return audit(reports[0].document, None if roster is None else read_sizes(roster))
        if roster is None:
            raise click.UsageError("Name --roster: who is in which group of each report.")
        return audit_together([report.document for report in reports], read_cells(roster))
    except Unreadable as wrong:
        raise ReportRefused(f"The roster cannot be read. {wrong}") from None


def _signed(report: ReportFile) -> str:
    if report.public_key is None:
        return "not signed, so anybody may have altered it."
    return f"not altered since it was signed with {report.public_key}; compare that with the organisation's key."
