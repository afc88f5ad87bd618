"""`feedback db restored`: what a restore has lost, what each way on costs, and the way that an operator chooses."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext

from feedback.cli.output import ACTOR, say
from feedback.domain.epochs import OF_JOURNAL, EpochComparison, RestoreDoubt
from feedback.domain.errors import RestoreUnanswered
from feedback.runtime import Runtime, runtime
from feedback.services.installation.answer_restore import (
    RestoreAnswer,
    RestoreAnswers,
    RestoreQuestion,
    answer_restore,
    note_closed_since,
    restore_questions,
    waves_to_ask_for,
)
from feedback.services.installation.check_restored import compare_epochs, restore_faults

_COSTS = {
    RestoreAnswer.REPORT: (
        "Put its report back from the JSON file in which it was exported. Its answers are destroyed; comments that "
        "were not released are lost."
    ),
    RestoreAnswer.WITHOUT_REPORT: (
        "Go without its report: what was answered is destroyed unread. A report that was downloaded stays true, and "
        "cannot be put back later."
    ),
    RestoreAnswer.CLOSE_AGAIN: (
        "Let it close again, which writes another report. Only if the first one never left: nobody read it, no email "
        "about it went out. Two reports on one survey, compared, give away whoever changed or withdrew an answer in "
        "between."
    ),
    RestoreAnswer.CANCEL: "Cancel it: what was answered is destroyed unread, and everybody whom it knows is told.",
    RestoreAnswer.OPEN_AGAIN: (
        "Let it open again: everybody is invited a second time, through the same links, and what was answered since is "
        "lost."
    ),
    RestoreAnswer.FORGET: "Forget it: its keys are destroyed, links that were mailed lead nowhere.",
}
_NO_JOURNAL = (
    "If both databases are copies from before a close, that survey closes a second time, and two reports, compared, "
    "give away whoever changed or withdrew an answer in between. A journal that begins anew cannot tell. See when each "
    "report was published, and whether the databases know of all of them."
)
_MOVED = (
    "The databases were moved as they were, or they are copies. If a survey was closed after the copy was made, and "
    "nobody says so, it closes again, and two reports, compared, give away whoever changed or withdrew an answer "
    "in between. One that was opened since opens again, and invites everybody once more."
)
_WAVES = {
    RestoreAnswer.WITHOUT_REPORT: "A wave whose lost report nobody has: go on without it.",
    RestoreAnswer.CLOSE_AGAIN: "A wave to close again: no report of it ever left.",
    RestoreAnswer.CANCEL: "A wave to cancel.",
    RestoreAnswer.OPEN_AGAIN: "A wave to open again.",
    RestoreAnswer.FORGET: "A wave that the database does not know, to be forgotten.",
}


def _options(command: click.Command) -> click.Command:
    for answer, text in reversed(_WAVES.items()):
        option = click.option(f"--{answer}", answer.name.lower(), type=int, multiple=True, metavar="WAVE", help=text)
        command = option(command)
    return command


@click.command("restored")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A report to put back, as it was exported in JSON.",
)
@click.option(
    "--closed", type=int, multiple=True, metavar="WAVE", help="A wave that was closed after the copy was made."
)
@click.option("--none-lost", is_flag=True, help="No other survey was: the databases were moved, or the copy is new.")
@click.option("--begin-journal", is_flag=True, help="No step was lost, as far as you know: let the journal begin anew.")
@with_appcontext
def restored_command(
    reports: tuple[Path, ...],
    closed: tuple[int, ...],
    *,
    none_lost: bool,
    begin_journal: bool,
    **waves: tuple[int, ...],
) -> None:
    """Say what is to be done after a database was restored from a copy. The only way on; as the owner.

    Without options it shows what was lost and asks, one survey after another. Each option answers for one survey, and
    may be given again for another.

    \b
    Example:  feedback db restored
              feedback db restored --report kickoff.json --without-report 4
    """
    tools = runtime()
    compared = compare_epochs(tools.session(), tools.keys)
    if compared is None:
        raise RestoreUnanswered(
            "A database cannot be asked, so nobody can tell what was lost. See that both servers run."
        )
    faults = list(restore_faults(compared))
    if not faults:
        say("The databases agree: nothing speaks of a restore.")
        return
    for sentence in faults:
        say(sentence)
    by_wave = {wave: RestoreAnswer(name.replace("_", "-")) for name, numbers in waves.items() for wave in numbers}
    files = {file.name: file.read_bytes() for file in reports}
    is_asked = sys.stdin.isatty() and not (by_wave or files or closed or none_lost or begin_journal)
    note_closed_since(tools.session(), tools.keys, _asked_for_closes(tools) if is_asked else closed)
    questions = restore_questions(tools.session(), tools.keys, now=tools.clock())
    if is_asked:
        answers = _asked(questions, compared)
    else:
        _show_ways(questions)
        answers = RestoreAnswers(by_wave, files, begin_journal, none_lost)
    _answer(tools, answers)


def _asked_for_closes(tools: Runtime) -> tuple[int, ...]:
    asked = waves_to_ask_for(tools.session(), tools.keys)
    words = "Wave {} is under way in this database. Was it closed since, after a copy of it was made?"
    return tuple(wave for wave in asked if click.confirm(words.format(wave), default=None))


def _answer(tools: Runtime, answers: RestoreAnswers) -> None:
    answer_restore(tools.session(), tools.keys, answers, now=tools.clock(), actor=ACTOR)
    say("The databases agree again. Workers go on within seconds; see `feedback status`.")


def _show_ways(questions: Iterable[RestoreQuestion]) -> None:
    for one in questions:
        say(f"Wave {one.wave_id}: {one.was_lost}.")
        for answer in one.answers:
            say(f"  --{answer}  {_COSTS[answer]}")


def _asked(questions: tuple[RestoreQuestion, ...], compared: EpochComparison) -> RestoreAnswers:
    doubts = frozenset(compared.doubts)
    asks_for_journal, was_moved = bool(OF_JOURNAL & doubts), RestoreDoubt.MOVED in doubts
    by_wave: dict[int, RestoreAnswer] = {}
    files: dict[str, bytes] = {}
    for one in questions:
        _show_ways([one])
        chosen = RestoreAnswer(click.prompt(f"Wave {one.wave_id}", type=click.Choice([*map(str, one.answers)])))
        if chosen is RestoreAnswer.REPORT:
            file = click.prompt("File", type=click.Path(exists=True, dir_okay=False, path_type=Path))
            files[file.name] = file.read_bytes()
        else:
            by_wave[one.wave_id] = chosen
    if asks_for_journal:
        say(_NO_JOURNAL)
        click.confirm("Let the journal begin anew?", abort=True)
    if was_moved:
        say(_MOVED)
        click.confirm("Was no other survey closed since?", abort=True)
    click.confirm("This cannot be undone. Go on?", abort=True)
    return RestoreAnswers(by_wave, files, asks_for_journal, was_moved)


restored_command = _options(restored_command)
