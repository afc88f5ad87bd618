"""The forms in which a report or a comparison is taken away. A new one is an entry here and its writer.

Pages' links, addresses, names of files, media types and what the commands accept all follow from these tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from feedback.domain.report.comparison import compare
from feedback.domain.report.files import write_report_file
from feedback.domain.report.report import Report
from feedback.rendering.book import Book, DataSheet
from feedback.rendering.csv_files import plain_csv, spreadsheet_csv
from feedback.rendering.paper import Paper
from feedback.rendering.pdf import PdfSettings, write_pdf, write_picture
from feedback.rendering.plain import write_plain
from feedback.rendering.workbook import write_workbook
from feedback.reporting.board_paper import compose_board, compose_first_page
from feedback.reporting.change_sheets import group_changes
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.number_sheets import answers_sheet
from feedback.reporting.report_book import compose_comparison_book, compose_report_book
from feedback.reporting.report_paper import ReportSource, compose_report

Source = TypeVar("Source")


@dataclass(frozen=True)
class Format(Generic[Source]):
    """One form. `name` is the ending of its files, `link` what a page says of it.

    `write` takes what is to be written, the language, and what PDFs are set with.
    """

    name: str
    media_type: str
    link: LazyString
    write: Callable[[Source, str, PdfSettings], bytes]


def _pdf(name: str, link: LazyString, compose: Callable[[Source, str], Paper]) -> Format[Source]:
    def write(source: Source, language: str, settings: PdfSettings) -> bytes:
        return write_pdf(compose(source, language), _speaking(settings))

    return Format(name, "application/pdf", link, write)


def _spreadsheets(
    book: Callable[[Source, str], Book], numbers: Callable[[Source, str], DataSheet]
) -> tuple[Format[Source], ...]:
    return (
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lazy_gettext("Download as a spreadsheet (XLSX)"),
            lambda source, language, _settings: write_workbook(book(source, language)),
        ),
        Format(
            "spreadsheet.csv",
            "text/csv",
            lazy_gettext("Download every number as a table for a spreadsheet in this language (CSV)"),
            lambda source, language, _settings: spreadsheet_csv(numbers(source, language), language),
        ),
        Format(
            "csv",
            "text/csv",
            lazy_gettext("Download every number as a table for programs (CSV)"),
            lambda source, language, _settings: plain_csv(numbers(source, language)),
        ),
    )


def _speaking(settings: PdfSettings) -> PdfSettings:
    said = _(
        "Some signs in this document are drawn as boxes, because no letters for them are installed here. The page and "
        "the other files have them."
    )
    return replace(settings, boxes=said)


def _by_name(formats: Iterable[Format[Source]]) -> Mapping[str, Format[Source]]:
    return {one.name: one for one in formats}


def _compared_numbers(reports: Sequence[Report], language: str) -> DataSheet:
    return group_changes(compare(reports), language)


def _report_numbers(source: ReportSource, language: str) -> DataSheet:
    return answers_sheet(source.signed.report, language)


COMPARISON_FORMATS: Mapping[str, Format[Sequence[Report]]] = _by_name(
    (
        _pdf("pdf", lazy_gettext("Download as a document (PDF)"), compose_comparison),
        *_spreadsheets(compose_comparison_book, _compared_numbers),
    )
)
REPORT_FORMATS: Mapping[str, Format[ReportSource]] = _by_name(
    (
        _pdf("pdf", lazy_gettext("Download as a document of four pages at most (PDF)"), compose_board),
        _pdf("tables.pdf", lazy_gettext("Download the full tables as a document (PDF)"), compose_report),
        Format(
            "summary.png",
            "image/png",
            lazy_gettext("Download the first page as a picture (PNG)"),
            lambda source, language, settings: write_picture(compose_first_page(source, language), _speaking(settings)),
        ),
        Format(
            "summary.txt",
            "text/plain",
            lazy_gettext("Download the same in words, to go with the picture (TXT)"),
            lambda source, language, _settings: write_plain(compose_first_page(source, language)).encode(),
        ),
        *_spreadsheets(compose_report_book, _report_numbers),
        Format(
            "json",
            "application/json",
            lazy_gettext("Download to check it (JSON)"),
            lambda source, _language, _settings: write_report_file(source.signed),
        ),
    )
)
