"""Compose a report, or what changed between reports, as a workbook: in short, numbers, changes, comments, method."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _

from feedback.domain.report.comparison import compare
from feedback.domain.report.findings.contrasts import find_changes, find_contrasts
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Outcome, Report
from feedback.rendering.blocks import Heading
from feedback.rendering.book import Book, Sheet, TextSheet
from feedback.rendering.paper import Block, Paper, PaperSection
from feedback.reporting.change_sheets import ComparedPair, change_sheets, group_changes
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.number_sheets import answered_sheet, answers_sheet, favourable_sheet
from feedback.reporting.report_paper import ReportSource, compared_with, compose_report


def compose_report_book(source: ReportSource, language: str) -> Book:
    """Return the report in `language`, or in English where a text is missing."""
    paper = compose_report(source, language)
    texts = {section.name: section for section in paper.sections}
    return _book(paper, tuple(_report_sheets(source, language, texts)))


def compose_comparison_book(reports: Sequence[Report], language: str) -> Book:
    """Return the reports compared, in the order given; raises ComparisonRefused if they cannot be."""
    paper, compared = compose_comparison(reports, language), compare(reports)
    found = zip(compared, find_changes(compared, language), strict=True)
    texts = {section.name: section for section in paper.sections}
    sheets = (
        _text(_("Summary"), texts["short"]),
        *change_sheets(tuple((pair, contrasts.changes) for pair, contrasts in found)),
        group_changes(compared, language),
        _text(_("In sentences"), texts["sentences"]),
    )
    return _book(paper, sheets)


def _book(paper: Paper, sheets: tuple[Sheet, ...]) -> Book:
    return Book(paper.title, paper.subtitle, paper.language, paper.direction, sheets)


def _report_sheets(source: ReportSource, language: str, texts: Mapping[str, PaperSection]) -> Iterator[Sheet]:
    report = source.signed.report
    yield _text(_("Summary"), texts["short"])
    yield answered_sheet(report)
    if report.outcome is Outcome.PUBLISHED:
        yield favourable_sheet(report_questions(report, language))
        yield from _changes(source, language)
    yield answers_sheet(report, language)
    if "comments" in texts:
        yield _text(_("Comments"), texts["comments"])
    if "method" in texts:
        yield TextSheet(_("Method"), texts["method"].title, tuple(_method(texts)))
    yield _text(_("Proof"), texts["proof"])


# As on the first page, the sides are compared with the first report alone, and with its changes make one family.
def _changes(source: ReportSource, language: str) -> Iterator[Sheet]:
    compared = compared_with(source)
    if compared:
        since = compared[-1]
        contrasts = find_contrasts(report_questions(source.signed.report, language), since)
        pair: ComparedPair = (since, contrasts.changes)
        yield from change_sheets((pair,))
        yield group_changes(compared, language)


def _method(texts: Mapping[str, PaperSection]) -> Iterator[Block]:
    yield from texts["method"].blocks
    if "asked" in texts:
        yield Heading(texts["asked"].title)
        yield from texts["asked"].blocks


def _text(tab: str, section: PaperSection) -> TextSheet:
    return TextSheet(tab, section.title, section.blocks)
