"""A workbook opens in an office program, which shows the very numbers that the CSV file gives, and can print it."""

import csv
import io
import subprocess
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader

from feedback.domain.languages import LANGUAGES, Language
from feedback.domain.survey.questionnaires import Role
from feedback.locales.speech import teach
from feedback.rendering.workbook import sheet_names
from feedback.reporting.formats import REPORT_FORMATS
from feedback.reporting.report_book import compose_report_book
from feedback.reporting.report_paper import ReportSource
from feedback.resources import templates_folder
from tests.needs import needs
from tests.reporting.reports import Said, facts, question, report, signed

pytestmark = pytest.mark.outside

EACH_SHEET_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
SPOKEN = [language for language in LANGUAGES if language.code in {"en", "fr", "ar"}]


@cache
def source() -> ReportSource:
    """An exit beside its kick-off, with numbers, ranges, and something that is withheld."""
    asked = [question("C1", "=1+1 is it safe?"), question("H1", "Any harm?", sensitive=True)]
    before, after = (
        Said("mentor", Role.MENTOR, {"C1": chosen, "H1": "000112222344"}) for chosen in ("000011112222", "222233334444")
    )
    first = report(facts(*asked, stage="kickoff"), before)
    return ReportSource(signed(report(facts(*asked), after, previous=first.chain_hash)), (first,))


def converted(workbook: Path, kind: str) -> None:
    command = [needs("soffice"), "--headless", f"-env:UserInstallation={(workbook.parent / 'user').as_uri()}"]
    command += ["--convert-to", kind, "--outdir", str(workbook.parent), str(workbook)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


@pytest.mark.parametrize("language", SPOKEN, ids=[language.code for language in SPOKEN])
def test_an_office_program_shows_the_numbers_of_the_csv_file_and_prints_every_sheet(
    language: Language, tmp_path: Path
) -> None:
    app, workbook = Flask("office"), tmp_path / "report.xlsx"
    teach(app, lambda: language)
    with app.test_request_context("/"), force_locale(language.code):
        data, plain = (
            REPORT_FORMATS[name].write(source(), language.code, templates_folder()) for name in ("xlsx", "csv")
        )
        sheets = compose_report_book(source(), language.code).sheets
    names = dict(zip((getattr(sheet, "name", sheet.tab) for sheet in sheets), sheet_names(sheets), strict=True))
    workbook.write_bytes(data)
    converted(workbook, EACH_SHEET_AS_CSV)
    rows = rows_of(tmp_path / f"report-{names['Answers']}.csv")
    written = list(csv.reader(io.StringIO(plain.decode(), newline="")))[1:]
    # The apostrophe that a CSV file needs is no part of what a workbook shows.
    told = [[cell.removeprefix("'") for cell in row[:6]] for row in written]
    assert [row[:6] for row in rows[-len(written) :]] == told
    converted(workbook, "pdf")
    assert len(PdfReader(tmp_path / "report.pdf").pages) >= len(names)


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as sheet:
        return [row for row in csv.reader(sheet) if any(row)]
