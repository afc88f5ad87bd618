"""A sample is a whole programme run for real: what it leaves behind are reports that pass the audit."""

import json
from pathlib import Path

import pytest

from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from tests.browsing import free_port
from tests.databases import LARGE
from tests.processes import feedback, surroundings

# The demo, tested beside this, runs the same programme.
pytestmark = LARGE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports on eight pairs, asked at the kick-off and at the exit."""
    place = tmp_path_factory.mktemp("sample")
    ports = {name: free_port() for name in ("FEEDBACK_LISTEN_PORT", "FEEDBACK_SMTP_PORT")}
    environment = surroundings(FEEDBACK_INSTANCE=str(place / "instance"), **ports)
    feedback(environment, "demo", "sample", str(place / "reports"), "--mentors", "8", "--mentees", "8")
    return place / "reports"


def test_a_sample_leaves_two_reports_in_every_form_and_their_comparison(folder: Path) -> None:
    found = sorted(file.name for file in folder.iterdir())
    files = {"comparison": COMPARISON_FORMATS, "exit": REPORT_FORMATS, "kickoff": REPORT_FORMATS}
    assert found == sorted(f"{name}.{form}" for name, forms in files.items() for form in forms)


@pytest.mark.parametrize("stage", ["kickoff", "exit"])
def test_a_sample_report_can_be_audited_offline(folder: Path, stage: str) -> None:
    verdict = json.loads(feedback(surroundings(), "report", "audit", "--json", str(folder / f"{stage}.json")))
    assert verdict["passed"]


def test_the_second_report_is_chained_to_the_first(folder: Path) -> None:
    first, second = (json.loads((folder / f"{stage}.json").read_text()) for stage in ("kickoff", "exit"))
    assert second["document"]["previous"] == first["chain_hash"]
    assert second["document"]["twins"] == []
