"""Planning by command line: what is shown before, and what is written."""

import csv
import io
import json
from pathlib import Path

from feedback.domain.errors import PlanRefused
from tests.cli.test_commands import output, refusal, run
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE
PLAN = ("--stage", "kickoff", "--opens", "2027-03-05T21:00", "--closes", "2027-03-22T17:00", "--remind", "+5")


def working_week(world: World) -> str:
    programme = str(world.programme())
    output(world, "programme", "quiet", programme, "--hours", "20:00-08:00", "--weekdays", "sat,sun")
    return programme


def test_a_plan_prints_its_number_and_beside_it_calendar_and_forecast(world: World) -> None:
    result = run(world, "wave", "plan", working_week(world), *PLAN)
    assert result.stdout == "1\n"
    assert "2027-03-08 08:00 CET     opening" in result.stderr
    assert "Mentors (14), counted in: Mentors" in result.stderr


def test_a_preview_writes_nothing(world: World) -> None:
    result = run(world, "wave", "plan", working_week(world), *PLAN, "--preview")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(output(world, "wave", "status", "--json")) == []


def test_a_reminder_may_be_a_moment(world: World) -> None:
    output(world, "wave", "plan", working_week(world), *PLAN, "--remind", "2027-03-17T10:00")
    assert "2027-03-17 10:00 CET     reminder planned" in output(world, "wave", "status", "1")


def test_what_is_no_reminder_is_wrong_usage(world: World) -> None:
    result = run(world, "wave", "plan", working_week(world), *PLAN, "--remind", "soon")
    assert (result.exit_code, "+5@10:00" in result.output) == (2, True)


def test_quiet_times_are_shown_and_changed_one_by_one(world: World) -> None:
    programme = working_week(world)
    output(world, "programme", "quiet", programme, "--holidays", "2027-12-24")
    shown = json.loads(output(world, "programme", "quiet", programme, "--json"))
    assert shown == {"hours": "20:00-08:00", "weekdays": ["sat", "sun"], "holidays": ["2027-12-24"]}
    assert isinstance(refusal(world, "programme", "quiet", programme, "--weekdays", "someday"), PlanRefused)


def test_a_wave_is_postponed_with_all_its_dates(world: World) -> None:
    output(world, "wave", "plan", working_week(world), *PLAN)
    shown = output(world, "wave", "postpone", "1", "--opens", "2027-03-15T09:00")
    assert "2027-03-15 09:00 CET     opening" in shown
    assert "2027-03-29 17:00 CEST    closing" in shown


def test_a_forecast_names_what_can_never_be_shown(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=9, mentees=20))
    shown = output(world, "wave", "forecast", str(wave))
    assert "Warning: With 9 mentors everybody is one group." in shown
    assert "50%  shown, but for" in shown


def test_a_small_role_is_counted_as_wished_and_both_forecasts_are_printed(world: World) -> None:
    programme = str(world.programme(mentors=8, mentees=8))
    shown = run(world, "wave", "plan", programme, *PLAN, "--small-role", "apart").stderr
    assert "Chosen: apart." in shown
    assert "Mentors (8), counted in: Mentors" in shown
    assert "Instead, with --small-role together:" in shown
    assert "Mentors (8), counted in: everybody together" in shown
    assert "Mentors (8), counted in: Mentors" in output(world, "wave", "forecast", "1")


def test_a_dry_run_is_a_table_for_a_spreadsheet(world: World) -> None:
    output(world, "wave", "plan", working_week(world), *PLAN)
    output(world, "roster", "leave", "1", "mentor.0@example.com")
    rows = list(csv.DictReader(io.StringIO(output(world, "wave", "dry-run", "1", "--csv"))))
    assert [(row["mail"], row["reason"]) for row in rows if row["sent"] == "no"] == [
        ("invitation", "has left the programme"),
        ("reminder-1", "has left the programme"),
    ]
    assert len(rows) == 2 * 27
    assert "invitation: 2027-03-08 08:00 CET, to 26 of 27 people" in output(world, "wave", "dry-run", "1")


def test_a_calendar_is_written_to_a_file(world: World, tmp_path: Path) -> None:
    output(world, "wave", "plan", working_week(world), *PLAN)
    file = tmp_path / "kickoff.ics"
    output(world, "wave", "calendar", "1", str(file))
    assert b"SUMMARY:Kick-off survey opens (Pilot)" in file.read_bytes()
