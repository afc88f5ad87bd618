"""`feedback demo sample`: a whole invented programme, from roster to comparison, left behind as report files."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask.cli import with_appcontext

from feedback.cli.application import served_app, this_app
from feedback.cli.demo import check_is_embedded, start_relay
from feedback.cli.output import ACTOR, say
from feedback.cli.reports import write_comparison, write_report
from feedback.cli.serving import WebThread, bring_pepper
from feedback.demo.mailbox import Mailbox
from feedback.demo.participants import COOL, WARM, answer_unopened
from feedback.demo.programme import new_programme, open_demo_wave
from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from feedback.resources import migrations_folder
from feedback.runtime import Runtime, runtime
from feedback.services.installation.upgrade_databases import upgrade_databases
from feedback.services.waves.close_wave import close_wave
from feedback.services.waves.find_due import Act
from feedback.worker.due import do, what_is_due
from feedback.worker.worker import worker_context

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
    programme = new_programme(tools, name, _roster(name, mentors, mentees, cohorts or ("",)))
    settings = tools.settings
    web = WebThread(served_app(), settings.listen_host, settings.listen_port, "FEEDBACK_LISTEN_PORT")
    web.start()
    try:
        waves = {stage: _asked(tools, programme, stage, seed) for stage in _STAGES}
    finally:
        web.stop()
    for stage, wave_id in waves.items():
        for ending in REPORT_FORMATS:
            write_report(wave_id, folder / f"{stage}.{ending}", "en")
    for ending in COMPARISON_FORMATS:
        write_comparison(tuple(waves.values()), folder / f"comparison.{ending}", "en")


def _roster(name: str, mentors: int, mentees: int, cohorts: tuple[str, ...]) -> bytes:
    # Addresses of their own for each programme: the same people twice would be twins.
    domain = f"{''.join(letter for letter in name.lower() if letter.isalnum()) or 'sample'}.example.com"
    rows = [
        f"{role.title()} {number},{role}.{number}@{domain},{role},{cohorts[number % len(cohorts)]}"
        for role, count in (("mentor", mentors), ("mentee", mentees))
        for number in range(count)
    ]
    return "\n".join(["name,email,role,cohort", *rows]).encode()


def _asked(tools: Runtime, programme_id: int, stage: str, seed: int) -> int:
    """Open a wave, let everybody get their email and answer, close it; return its id."""
    with TemporaryDirectory() as folder:
        mailbox = Mailbox(Path(folder))
        smtp = start_relay(mailbox, tools.settings)
        wave = open_demo_wave(tools, programme_id, stage)
        _send_mails()
        smtp.stop()
        answer_unopened(mailbox, seed, say, _STAGES[stage])
    close_wave(tools.session(), tools.keys, wave.wave_id, now=tools.clock(), actor="demo")
    return wave.wave_id


def _send_mails() -> None:
    tools = worker_context(this_app())
    while True:
        with tools.scope() as session:
            sends = [due for due in what_is_due(session, tools.clock()) if due.task is Act.SEND]
        if not sends:
            return
        for due in sends:
            do(due, tools)
