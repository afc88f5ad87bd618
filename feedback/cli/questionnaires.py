"""`feedback questionnaire`: check a questionnaire file, list those that ship."""

from pathlib import Path

import click
from flask.cli import AppGroup

from feedback.cli.output import answer, as_json_option, say
from feedback.domain.survey.questionnaires import Questionnaire
from forms.bank import available, load, read_file

questionnaire = AppGroup("questionnaire")


@questionnaire.command("list", with_appcontext=False)
@as_json_option
def list_command(*, as_json: bool) -> None:
    """List the questionnaires that ship with the service."""
    found = [_summary(load(name)) for name in available()]
    line = "{name}: version {version}, {closed} closed and {open} open questions"
    answer(found, (line.format(**one) for one in found), as_json=as_json)


@questionnaire.command("check", with_appcontext=False)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_command(files: tuple[Path, ...]) -> None:
    """Check questionnaire files; says what is wrong in which question, and how to mend it.

    \b
    Example:  feedback questionnaire check my-kickoff-mentor.toml
    """
    for file in files:
        found = read_file(file)
        languages = ", ".join(sorted(found.languages))
        say(f"{file.name}: good, {len(found.questions)} questions in {len(found.sections)} parts, in {languages}")


def _summary(one: Questionnaire) -> dict[str, object]:
    open_questions = len(one.open_questions)
    closed = len(one.questions) - open_questions
    return {"name": one.name, "version": one.version, "role": one.role, "closed": closed, "open": open_questions}
