"""`feedback report`: read a report in the terminal, write it as files, compare reports."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from flask_babel import force_locale

from feedback.cli.lazy import Lazy, LazyGroup
from feedback.cli.output import ACTOR, as_json_option, say
from feedback.domain.languages import ENGLISH, LANGUAGES, languages_with, spoken_language
from feedback.domain.report.files import write_report_file
from feedback.domain.report.report import Report, quoted_languages
from feedback.rendering.plain import write_plain
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS, Format, Source
from feedback.reporting.report_paper import ReportSource, compose_report
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


def _endings(forms: Mapping[str, Format[Source]]) -> str:
    """Return such as ".pdf, .xlsx or .csv"."""
    *others, last = (f".{name}" for name in forms)
    return f"{', '.join(others)} or {last}"


@report.command("show")
@_wave_id
@_language
@as_json_option
def show_command(wave_id: int, language: str, *, as_json: bool) -> None:
    """Show the report of a closed wave.

    \b
    Example:  feedback report show 1
    """
    source = _source(wave_id)
    if as_json:
        say(write_report_file(source.signed).decode())
        return
    with _speaking(language, source.signed.report) as spoken:
        say(write_plain(compose_report(source, spoken)))


@report.command(
    "export",
    help=f"""Write the report to FILES, each in the form that its ending names: {_endings(REPORT_FORMATS)}.

    \b
    Example:  feedback report export 1 kickoff.pdf kickoff.tables.pdf kickoff.xlsx kickoff.csv kickoff.json
    """,
)
@_wave_id
@_language
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def export_command(wave_id: int, language: str, files: tuple[Path, ...]) -> None:
    """Write the report of a wave."""
    # All endings are looked at before anything is written.
    for file in files:
        _form(REPORT_FORMATS, file)
    for file in files:
        write_report(wave_id, file, language)


@report.command("compare")
@click.argument("wave_ids", nargs=-1, required=True, type=int)
@_language
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"A {_endings(COMPARISON_FORMATS)} file to write.",
)
def compare_command(wave_ids: tuple[int, ...], language: str, file: Path | None) -> None:
    """Compare the reports of two or more closed waves, the earlier or the pilot's first.

    \b
    Example:  feedback report compare 1 3 --to change.pdf
    """
    if file is not None:
        write_comparison(wave_ids, file, language)
        return
    reports = _reports(wave_ids)
    with _speaking(language, *reports) as spoken:
        say(write_plain(compose_comparison(reports, spoken)))


def write_report(wave_id: int, file: Path, language: str) -> None:
    """Write the report of a wave in the form that the file's ending names."""
    source = _source(wave_id)
    with _speaking(language, source.signed.report) as spoken:
        data = _form(REPORT_FORMATS, file).write(source, spoken, runtime().pdf_settings)
    _write(file, data, wave_id)


def write_comparison(wave_ids: tuple[int, ...], file: Path, language: str) -> None:
    """Write the comparison of waves' reports in the form that the file's ending names."""
    reports = _reports(wave_ids)
    with _speaking(language, *reports) as spoken:
        data = _form(COMPARISON_FORMATS, file).write(reports, spoken, runtime().pdf_settings)
    _write(file, data, *wave_ids)


# The log names what the file was made of: its own name may be anything.
def _write(file: Path, data: bytes, *wave_ids: int) -> None:
    file.write_bytes(data)
    for wave_id in wave_ids:
        note_download(runtime().session(), f"wave {wave_id}", now=runtime().clock(), actor=ACTOR)
    say(f"Wrote {file}.")


@contextmanager
def _speaking(language: str, *reports: Report) -> Iterator[str]:
    """Speak the language that was asked for, unless the reports quote what was not asked in it."""
    spoken = spoken_language(language, languages_with(quoted_languages(*reports))).code
    with force_locale(spoken):
        yield spoken


def _reports(wave_ids: tuple[int, ...]) -> tuple[Report, ...]:
    return reports_of_waves(runtime().session(), wave_ids)


def _source(wave_id: int) -> ReportSource:
    tools = runtime()
    return show_report(tools.session(), wave_id, base_url=tools.settings.base_url, now=tools.clock()).source


def _form(forms: Mapping[str, Format[Source]], file: Path) -> Format[Source]:
    # Of two that fit, such as ".spreadsheet.csv" and ".csv", the longer one is meant.
    fitting = [name for name in forms if file.name.endswith(f".{name}")]
    if not fitting:
        raise click.UsageError(f"{file.name}: name a file that ends in {_endings(forms)}.")
    return forms[max(fitting, key=len)]
