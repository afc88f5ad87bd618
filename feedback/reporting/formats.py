"""The forms in which a report or a comparison is taken away. A new one is an entry here and its writer.

Pages' links, addresses, names of files, media types and what the commands accept all follow from these tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from feedback.domain.report.files import write_report_file
from feedback.domain.report.report import Report
from feedback.rendering.blocks import Paper
from feedback.rendering.pdf import Press, write_pdf
from feedback.rendering.workbook import write_workbook
from feedback.reporting.board_paper import compose_board
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.every_number import report_csv
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
    write: Callable[[Source, str, Press], bytes]


def _pdf(name: str, link: LazyString, compose: Callable[[Source, str], Paper]) -> Format[Source]:
    def write(source: Source, language: str, press: Press) -> bytes:
        return write_pdf(compose(source, language), _speaking(press))

    return Format(name, "application/pdf", link, write)


def _workbook(compose: Callable[[Source, str], Paper]) -> Format[Source]:
    return Format(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lazy_gettext("Download as a spreadsheet (XLSX)"),
        lambda source, language, _press: write_workbook(compose(source, language)),
    )


def _speaking(press: Press) -> Press:
    said = _(
        "Some signs in this document are drawn as boxes, because no letters for them are installed here. The page and "
        "the other files have them."
    )
    return replace(press, boxes=said)


def _by_name(formats: Iterable[Format[Source]]) -> Mapping[str, Format[Source]]:
    return {one.name: one for one in formats}


COMPARISON_FORMATS: Mapping[str, Format[Sequence[Report]]] = _by_name(
    (_pdf("pdf", lazy_gettext("Download as a document (PDF)"), compose_comparison), _workbook(compose_comparison))
)
REPORT_FORMATS: Mapping[str, Format[ReportSource]] = _by_name(
    (
        _pdf("pdf", lazy_gettext("Download as a document of four pages at most (PDF)"), compose_board),
        _pdf("tables.pdf", lazy_gettext("Download the full tables as a document (PDF)"), compose_report),
        _workbook(compose_report),
        Format(
            "csv",
            "text/csv",
            lazy_gettext("Download every number as a table (CSV)"),
            lambda source, language, _press: report_csv(source.signed.report, language),
        ),
        Format(
            "json",
            "application/json",
            lazy_gettext("Download to check it (JSON)"),
            lambda source, _language, _press: write_report_file(source.signed),
        ),
    )
)
