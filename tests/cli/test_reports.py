"""Reports that are written to files on the command line stand in the audit log, by wave."""

from pathlib import Path

from tests.cli.test_commands import output
from tests.web.test_staff_pages import two_reports
from tests.world import World, noted

ACTOR = "command line"


def test_an_export_is_noted_once_a_file(world: World, tmp_path: Path) -> None:
    before, _after = two_reports(world)
    output(world, "report", "show", str(before))
    assert noted(world, "downloaded") == []
    files = [str(tmp_path / f"report.{ending}") for ending in ("csv", "json")]
    output(world, "report", "export", str(before), *files)
    assert noted(world, "downloaded") == [(ACTOR, f"wave {before}")] * 2


def test_a_comparison_is_noted_for_each_report_in_it(world: World, tmp_path: Path) -> None:
    before, after = two_reports(world)
    output(world, "report", "compare", str(before), str(after), "--to", str(tmp_path / "change.xlsx"))
    assert noted(world, "downloaded") == [(ACTOR, f"wave {before}"), (ACTOR, f"wave {after}")]
