"""`feedback questionnaire`: list those that ship, copy one to change it, check a file, show one as it is asked."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from feedback.cli.output import answer, as_json_option, counted, say
from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.domain.survey.doubts import doubts
from feedback.domain.survey.questionnaire_copies import copied
from feedback.domain.survey.questionnaire_json import with_words
from feedback.domain.survey.questionnaires import Questionnaire
from forms.as_asked import as_asked
from forms.bank import available, load, read_file, text_of
from forms.vocabulary import translated_words

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
    Example:  feedback questionnaire check my-folder/kickoff-mentor.toml
    """
    for file in files:
        found = read_file(file)
        languages = ", ".join(sorted(found.languages))
        questions = counted(len(found.questions), "question", "questions")
        say(f"{file.name}: good, {questions} in {counted(len(found.sections), 'part', 'parts')}, in {languages}")
        for doubt in doubts(found):
            say(f"{file.name}: doubtful: {doubt}")


@questionnaire.command("copy", with_appcontext=False)
@click.argument("name")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--without", multiple=True, metavar="CODE", help="A question to switch off, such as I1; may be repeated.")
def copy_command(name: str, folder: Path, without: tuple[str, ...]) -> None:
    """Copy a questionnaire that ships into a folder, to switch questions off and to add your own.

    \b
    Example:  feedback questionnaire copy exit-mentor my-folder --without V2 --without D1
    """
    text = copied(text_of(name), without)
    file = folder / f"{name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as copy:
            copy.write(text)
    except FileExistsError:
        raise QuestionnaireRefused(f"{file}: is there already; change that one, or name another folder.") from None
    except OSError:
        raise QuestionnaireRefused(f"{file}: cannot be written; name a folder that is yours.") from None
    say(f"{file}: written. Change it, then check it: feedback questionnaire check {file}")


@questionnaire.command("show")
@click.argument("name_or_file")
@click.option("--language", type=click.Choice([language.code for language in LANGUAGES]), default=ENGLISH.code)
@click.option("--focus", default="race and ethnicity", show_default=True, help="What the programme is about.")
@click.option("--word", default="reverse", show_default=True, help="What the organisation calls the mentoring.")
def show_command(name_or_file: str, language: str, focus: str, word: str) -> None:
    """Show every question as one role is asked it, in a language, with its answers in their order.

    \b
    Example:  feedback questionnaire show exit-mentor --language fr
    """
    found = load(name_or_file) if name_or_file in available() else read_file(Path(name_or_file))
    english = {"focus": focus, "word": word}
    worded = with_words(found, {**translated_words(**english), ENGLISH.code: english})
    if language not in worded.languages:
        raise QuestionnaireRefused(
            f"It is not whole in that language, with these words; use one of {', '.join(sorted(worded.languages))}."
        )
    with force_locale(language):
        for line in as_asked(worded, language):
            say(line)


def _summary(one: Questionnaire) -> dict[str, object]:
    open_questions = len(one.open_questions)
    closed = len(one.questions) - open_questions
    return {"name": one.name, "version": one.version, "role": one.role, "closed": closed, "open": open_questions}
