"""`feedback report audit`: attack report files, offline, without a database or settings."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from feedback.auditor import Verdict, audit, audit_together, in_words
from feedback.auditor.fields import Unreadable
from feedback.auditor.rosters import read_cells, read_sizes
from feedback.cli.output import answer, as_json_option
from feedback.domain.errors import ReportRefused
from feedback.domain.report.files import ReportFile, read_json, read_report_file
from feedback.domain.report.report import hash_document

_FAILED = 1
_SHOWN = {"rule", "question", "group", "sentence"}
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("audit")
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--roster", type=_file, help="JSON that says how many people were invited; see docs/auditor.md.")
@click.option("--key", help="The public key (base64) with which the organisation signs, as its address shows it.")
@as_json_option
def audit_command(files: tuple[Path, ...], roster: Path | None, key: str | None, *, as_json: bool) -> None:
    """Attack reports, several of them together, and say whose answers come out as certain.

    Ends with exit code 0 if the reports pass, and 1 if they do not or if one was not signed with the key you name.

    \b
    Example:  feedback report audit kickoff.json --roster sizes.json
    """
    reports = [read_report_file(file.read_bytes(), file.name) for file in files]
    verdict = _verdict(reports, None if roster is None else read_json(roster.read_bytes(), roster.name))
    named = [(file.name, report) for file, report in zip(files, reports, strict=True)]
    after = _named_by_chain(named)
    told = [
        {"file": name, "public_key": report.public_key, "is_genuine": _is_genuine(report, key), "follows": after[name]}
        for name, report in named
    ]
    lines = [*(f"{name}: {_signed(report, key)} {_place(after[name])}" for name, report in named), in_words(verdict)]
    findings = [{name: value for name, value in asdict(one).items() if name in _SHOWN} for one in verdict.findings]
    passed = verdict.passed and all(one["is_genuine"] is not False for one in told)
    answer({"passed": passed, "findings": findings, "files": told}, lines, as_json=as_json)
    sys.exit(0 if passed else _FAILED)


def _verdict(reports: list[ReportFile], roster: object) -> Verdict:
    try:
        if len(reports) == 1:
            return audit(reports[0].document, None if roster is None else read_sizes(roster))
        if roster is None:
            raise click.UsageError("Name --roster: who is in which group of each report.")
        return audit_together([report.document for report in reports], read_cells(roster))
    except Unreadable as wrong:
        raise ReportRefused(f"The roster cannot be read. {wrong}") from None


def _is_genuine(report: ReportFile, key: str | None) -> bool | None:
    """Return whether a report was signed with a key; None if none was named."""
    return None if key is None else report.public_key == key.strip()


def _signed(report: ReportFile, key: str | None) -> str:
    if report.public_key is None:
        return "not signed, so anybody may have altered it."
    said = f"not altered since it was signed with {report.public_key}"
    if key is None:
        return f"{said}; compare that with the organisation's key."
    return (
        f"{said}, the key that you named." if _is_genuine(report, key) else f"{said}, WHICH IS NOT THE KEY YOU NAMED."
    )


def _named_by_chain(named: Sequence[tuple[str, ReportFile]]) -> dict[str, str | None]:
    """Return of each file the name of the one whose report comes before in the chain; None if that is not here."""
    chained = {name: _chain_of(report.document) for name, report in named}
    hashes = {own: name for name, (own, _before) in chained.items() if own}
    return {name: hashes.get(before or "") for name, (_own, before) in chained.items()}


def _chain_of(document: Any) -> tuple[str | None, str | None]:
    """Return a report's chain hash and that of the report before it; of what is no report, nothing."""
    try:
        return hash_document(document).chain_hash, document["previous"]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None, None


def _place(before: str | None) -> str:
    return f"Its chain follows {before}." if before else ""
