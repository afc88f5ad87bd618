"""Reports that are written to files on the command line stand in the audit log, by wave."""

import json
from pathlib import Path

from tests.cli.test_commands import output, run
from tests.web.test_staff_pages import SITE, signed_in, two_reports
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


def test_a_report_is_shown_as_it_was_signed_and_two_beside_one_another(world: World) -> None:
    before, after = two_reports(world)
    shown = output(world, "report", "show", str(before), "--json")
    file = signed_in(world).get(f"/staff/waves/{before}/report.json", base_url=SITE).data
    assert json.loads(shown) == json.loads(file)
    compared = output(world, "report", "compare", str(before), str(after))
    assert "Kick-off" in compared
    assert "Exit" in compared
    assert noted(world, "downloaded") != []


def test_a_file_that_names_no_form_is_not_written(world: World, tmp_path: Path) -> None:
    before, _after = two_reports(world)
    file = tmp_path / "report.exe"
    told = run(world, "report", "export", str(before), str(file))
    assert (told.exit_code, file.exists()) == (2, False)
    assert "name a file that ends in" in told.output
