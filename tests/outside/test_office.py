"""A workbook opens in an office program, which shows the very numbers that the CSV file gives."""

import csv
import subprocess
from pathlib import Path

import pytest

from tests.needs import needs

pytestmark = pytest.mark.outside

REPORTS = sorted(Path("examples/reports").glob("*/kickoff.xlsx"))
EACH_SHEET_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
SHEET = "Every number in this report"
HEADINGS = ["Question", "Group", "Answer", "People"]


def shown(workbook: Path, folder: Path) -> list[tuple[str, ...]]:
    """The rows of the sheet with every number, as the office program shows them."""
    command = [needs("soffice"), "--headless", f"-env:UserInstallation={(folder / 'user').as_uri()}"]
    command += ["--convert-to", EACH_SHEET_AS_CSV, "--outdir", str(folder), str(workbook)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with (folder / f"{workbook.stem}-{SHEET}.csv").open(encoding="utf-8", newline="") as sheet:
        rows = [row[: len(HEADINGS)] for row in csv.reader(sheet)]
    return [tuple(row) for row in rows[rows.index(HEADINGS) + 1 :] if any(row)]


@pytest.mark.parametrize("workbook", REPORTS, ids=[report.parent.name for report in REPORTS])
def test_an_office_program_shows_the_numbers_of_the_csv_file(workbook: Path, tmp_path: Path) -> None:
    with workbook.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        written = [(row["question"], row["group"], row["answer"], row["said"]) for row in csv.DictReader(file)]
    assert len(written) > 30
    assert shown(workbook, tmp_path)[: len(written)] == written
