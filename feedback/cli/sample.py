"""`feedback demo sample`: a whole invented programme, from roster to comparison, left behind as report files."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from feedback.cli.application import another_app
from feedback.cli.demo import check_is_embedded
from feedback.cli.output import ACTOR, say
from feedback.cli.reports import write_comparison, write_report
from feedback.cli.serving import bring_pepper
from feedback.demo.examples import invented
from feedback.demo.participants import COOL, WARM
from feedback.demo.programme import new_programme
from feedback.demo.simulation import simulated
from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from feedback.resources import migrations_folder
from feedback.runtime import Runtime, runtime
from feedback.services.installation.upgrade_databases import upgrade_databases
from feedback.services.waves.close_wave import close_wave

_STAGES = {"kickoff": COOL, "exit": WARM}


@click.command("sample")
@with_appcontext
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--mentors", type=click.IntRange(1, 100_000), default=14, show_default=True)
@click.option("--mentees", type=click.IntRange(1, 100_000), default=13, show_default=True)
@click.option("--cohort", "cohorts", multiple=True, help="Split people evenly over these; may be repeated.")
@click.option("--name", default="Sample", show_default=True, help="What the programme is called.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives other answers.")
def sample_command(folder: Path, mentors: int, mentees: int, cohorts: tuple[str, ...], name: str, seed: int) -> None:
    """Ask invented people at the kick-off and at the exit, and write the reports to FOLDER.

    Everything happens for real: emails, links, sealed answers, the close. It takes a while with many people.

    \b
    Example:  FEEDBACK_INSTANCE=/tmp/sample feedback demo sample reports --mentors 8 --mentees 8
    """
    tools = runtime()
    check_is_embedded(tools.settings)
    upgrade_databases(tools.engines, tools.keys, migrations_folder(), now=tools.clock(), actor=ACTOR)
    bring_pepper(tools)
    folder.mkdir(parents=True, exist_ok=True)
    # Addresses of their own for each programme: the same people twice would be twins.
    domain = "".join(letter for letter in name.lower() if letter.isalnum()) or "sample"
    programme = new_programme(tools, name, invented(domain, mentors, mentees, cohorts or ("",)))
    waves = {stage: _asked(tools, programme, stage, seed) for stage in _STAGES}
    for stage, wave_id in waves.items():
        for ending in REPORT_FORMATS:
            write_report(wave_id, folder / f"{stage}.{ending}", "en")
    for ending in COMPARISON_FORMATS:
        write_comparison(tuple(waves.values()), folder / f"comparison.{ending}", "en")


def _asked(tools: Runtime, programme_id: int, stage: str, seed: int) -> int:
    """Open a wave, let everybody get their email and answer, close it; return its id."""
    with simulated(another_app, tools.settings, tools.clock(), say) as played:
        wave_id = played.begin(programme_id, stage, _STAGES[stage], seed)
    close_wave(tools.session(), tools.keys, wave_id, now=tools.clock(), actor="demo")
    return wave_id
