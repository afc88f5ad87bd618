"""`feedback report`: read a report in the terminal, write it as files, compare reports."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask_babel import force_locale

from feedback.cli.lazy import Lazy, LazyGroup
from feedback.cli.output import ACTOR, as_json_option, say
from feedback.domain.languages import ENGLISH, LANGUAGES, languages_with, spoken_language
from feedback.domain.report.files import write_report_file
from feedback.domain.report.report import Report, quoted_languages
from feedback.rendering.blocks import Paper
from feedback.rendering.pdf import write_pdf
from feedback.rendering.plain import write_plain
from feedback.rendering.workbook import write_workbook
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.every_number import report_csv
from feedback.reporting.report_paper import ReportSource, compose_report
from feedback.resources import templates_folder
from feedback.runtime import runtime
from feedback.services.reports.note_download import note_download
from feedback.services.reports.show_report import reports_of_waves, show_report

report = LazyGroup("report", {"audit": Lazy("audit", "audit_command")})

_wave_id = click.argument("wave_id", type=int)
_language = click.option(
    "--language",
    type=click.Choice([language.code for language in LANGUAGES]),
    default=ENGLISH.code,
    show_default=True,
    help="English instead if the survey was not asked in it.",
)


@report.command("show")
@_wave_id
@_language
@as_json_option
def show_command(wave_id: int, language: str, *, as_json: bool) -> None:
    """Show the report of a closed wave.

    \b
    Example:  feedback report show 1
    """
    shown = _shown(wave_id)
    if as_json:
        say(write_report_file(shown.signed).decode())
        return
    with _speaking(language, shown.signed.report) as spoken:
        say(write_plain(compose_report(shown, spoken)))


@report.command("export")
@_wave_id
@_language
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def export_command(wave_id: int, language: str, files: tuple[Path, ...]) -> None:
    """Write the report to FILES, each in the form that its ending names: .pdf, .xlsx, .csv or .json.

    \b
    Example:  feedback report export 1 kickoff.pdf kickoff.xlsx kickoff.csv kickoff.json
    """
    # All endings are looked at before anything is written.
    for file in files:
        _form(file)
    for file in files:
        write_report(wave_id, file, language)


@report.command("compare")
@click.argument("wave_ids", nargs=-1, required=True, type=int)
@_language
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="A .pdf or .xlsx file to write.")
def compare_command(wave_ids: tuple[int, ...], language: str, file: Path | None) -> None:
    """Compare the reports of two or more closed waves, the earlier or the pilot's first.

    \b
    Example:  feedback report compare 1 3 --to change.pdf
    """
    if file is not None:
        write_comparison(wave_ids, file, language)
        return
    documents = _documents(wave_ids)
    with _speaking(language, *documents) as spoken:
        say(write_plain(compose_comparison(documents, spoken)))


def write_report(wave_id: int, file: Path, language: str) -> None:
    """Write the report of a wave in the form that the file's ending names."""
    shown = _shown(wave_id)
    with _speaking(language, shown.signed.report) as spoken:
        _write(file, _form(file)(shown, spoken), f"wave {wave_id}")


def write_comparison(wave_ids: tuple[int, ...], file: Path, language: str) -> None:
    """Write the comparison of waves' reports in the form that the file's ending names."""
    documents = _documents(wave_ids)
    with _speaking(language, *documents) as spoken:
        data = _writer(file)(compose_comparison(documents, spoken))
    _write(file, data, *(f"wave {wave_id}" for wave_id in wave_ids))


# The log names what the file was made of: its own name may be anything.
def _write(file: Path, data: bytes, *subjects: str) -> None:
    file.write_bytes(data)
    for subject in subjects:
        note_download(runtime().session(), subject, now=runtime().clock(), actor=ACTOR)
    say(f"Wrote {file}.")


@contextmanager
def _speaking(language: str, *documents: Report) -> Iterator[str]:
    """Speak the language that was asked for, unless the reports quote what was not asked in it."""
    spoken = spoken_language(language, languages_with(quoted_languages(*documents))).code
    with force_locale(spoken):
        yield spoken


def _documents(wave_ids: tuple[int, ...]) -> tuple[Report, ...]:
    return reports_of_waves(runtime().session(), wave_ids)


def _shown(wave_id: int) -> ReportSource:
    return show_report(runtime().session(), wave_id, now=runtime().clock()).source


def _form(file: Path) -> Callable[[ReportSource, str], bytes]:
    form = _FORMS.get(file.suffix)
    if form is None:
        raise click.UsageError(f"{file.name}: name a file that ends in {', '.join(_FORMS)}.")
    return form


def _writer(file: Path) -> Callable[[Paper], bytes]:
    writer = _WRITERS.get(file.suffix)
    if writer is None:
        raise click.UsageError(f"{file.name}: name a file that ends in {' or '.join(_WRITERS)}.")
    return writer


_WRITERS: dict[str, Callable[[Paper], bytes]] = {
    ".pdf": lambda paper: write_pdf(paper, templates_folder()),
    ".xlsx": write_workbook,
}
_FORMS: dict[str, Callable[[ReportSource, str], bytes]] = {
    ".pdf": lambda shown, language: _WRITERS[".pdf"](compose_report(shown, language)),
    ".xlsx": lambda shown, language: _WRITERS[".xlsx"](compose_report(shown, language)),
    ".csv": lambda shown, language: report_csv(shown.signed.report, language),
    ".json": lambda shown, _language: write_report_file(shown.signed),
}
