"""The report of an exit survey that nobody was asked, for whoever wants to see what a report looks like."""

import base64
from collections.abc import Mapping
from pathlib import Path

from feedback.domain.report.files import read_json
from feedback.domain.report.report import Report, SignedReport, hash_document
from feedback.reporting.report_paper import ReportSource


def read_sample(folder: Path, words: Mapping[str, Mapping[str, str]]) -> ReportSource:
    """Return the one in a folder, with its kick-off before it. `words`: what its programme is about, by language."""
    kickoff, last = _signed(folder / "kickoff.json"), _signed(folder / "exit.json")
    return ReportSource(last, earlier=(kickoff.report,), words=words)


def _signed(path: Path) -> SignedReport:
    file = read_json(path.read_bytes(), path.name)
    signature, public_key = (base64.b64decode(file[key]) for key in ("signature", "public_key"))
    return SignedReport(Report.parse(hash_document(file["document"]).json), signature, public_key)
