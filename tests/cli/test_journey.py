"""A coordinator's whole journey by command line and HTTP, without the demo, from Excel's roster to the report."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from feedback.resources import rosters_folder
from tests.databases import LARGE, ON_SQLITE
from tests.world import World

pytestmark = [LARGE, ON_SQLITE]

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"https://feedback\.example\.com/s/([A-Za-z0-9_-]{43})\b")
CREATE = (
    "programme create --organisation Example --name Pilot --focus disability --time-zone Europe/London "
    "--contact-name Ana --contact-email ana@example.com --reviewer-name Rea --reviewer-email rea@example.com "
    "--quiet-hours none --quiet-weekdays none"
)


def feedback(environment: dict[str, str], *words: str, code: int = 0) -> str:
    """Run a command as an operator would, in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", "feedback", *words],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == code, process.stdout + process.stderr
    return process.stdout + process.stderr


def test_a_windows_roster_becomes_a_downloaded_report(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    programme = feedback(environment, *CREATE.split()).strip()
    roster = str(rosters_folder() / "roster-excel-windows-1252.csv")
    assert "24 people added" in feedback(environment, "roster", "import", programme, roster)
    plan = ["wave", "plan", programme, "--stage", "kickoff", "--closes", "2099-01-01T12:00", "--may-close-early"]
    wave, *_forecast = feedback(environment, *plan).split()
    feedback(environment, "wave", "open", wave)
    world.send_mails_now()
    for link in links_in_mails(world):
        assert world.answer(link).status_code == 200
    assert "closed" in feedback(environment, "wave", "close", wave)
    endings = ("csv", "json", "pdf", "tables.pdf", "xlsx")
    table, data, paper, full, book = (tmp_path / f"report.{ending}" for ending in endings)
    feedback(environment, "report", "export", wave, *map(str, (table, data, paper, full, book)))
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert {row["group"] for row in rows} >= {"Mentors", "Mentees"}
    assert json.loads(data.read_text())["document"]["outcome"] == "published"
    assert all(one.read_bytes().startswith(b"%PDF-") for one in (paper, full))
    assert paper.stat().st_size < full.stat().st_size
    assert book.read_bytes().startswith(b"PK")
    assert "passed" in feedback(environment, "report", "audit", str(data)).lower()


def links_in_mails(world: World) -> list[str]:
    bodies = [world.mailbox.read(serial).get_body(("plain",)) for serial in world.mailbox.serials()]
    return sorted(LINK.findall(body.get_content())[0] for body in bodies if body is not None)
