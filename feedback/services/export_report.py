"""A report as files: CSV for spreadsheets, JSON for those who check it. Both hold what is published, no more."""

import base64
import csv
import io
import json

from feedback.domain.report import ReportDocument
from feedback.domain.report_reading import Bar, ReportRow, report_rows
from feedback.domain.statements import canonical_json
from feedback.services.show_report import SignedReport

_COLUMNS = (
    "question",
    "text",
    "group",
    "invited",
    "options",
    "at_least",
    "at_most",
    "of",
    "percent",
    "withheld",
    "missing_groups",
)
_TOTAL = "total"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"


def report_csv(document: ReportDocument, language: str) -> bytes:
    """Return one line per published or withheld fact, with words in `language`, or English where missing.

    UTF-8 with a byte order mark, which spreadsheets need; no cell can be taken for a formula.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in report_rows(document, language):
        writer.writerow([_harmless(cell) for cell in _cells(row)])
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()


def report_json(report: SignedReport) -> bytes:
    """Return the report with its hashes, signature and public key (both base64) as canonical JSON.

    The document stands in it byte for byte as it was signed.
    """
    fields = {
        "document": json.loads(report.document.json),
        "statement_hash": report.document.statement_hash,
        "chain_hash": report.document.chain_hash,
        "signature": base64.b64encode(report.signature).decode(),
        "public_key": base64.b64encode(report.public_key).decode(),
    }
    return canonical_json(fields).encode()


def _cells(row: ReportRow) -> tuple[str, ...]:
    group, invited = (_TOTAL, "") if row.group is None else (row.group.name, str(row.group.invited))
    missing = "; ".join(group.name for group in row.missing)
    return (row.question, row.question_text, group, invited, *_bar_cells(row.bar), row.reason or "", missing)


def _bar_cells(bar: Bar | None) -> tuple[str, ...]:
    if bar is None:
        return ("",) * 5
    share = "" if bar.share is None else str(bar.share)
    return (" / ".join(bar.texts), str(bar.low), str(bar.high), str(bar.n), share)


def _harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula, even after blanks."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) or cell.lstrip().startswith(_STARTS_A_FORMULA) else cell
