"""Compose the report for a board: one page in words, every answer at a glance, what changed, comments and method.

The same sentences as in the full tables, and fewer of them: it is printed on four pages at most.
"""

from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.findings.findings import find
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Outcome
from feedback.rendering.blocks import Dumbbells, Facts, HeatTable, Items, Paragraph, Quotes, Table, Tone
from feedback.rendering.paper import Block, Paper, PaperSection
from feedback.reporting.change import change_section
from feedback.reporting.comments_section import comments_section
from feedback.reporting.heat import heat_table
from feedback.reporting.method import method_section
from feedback.reporting.report_paper import ReportSource, compared_with, compose_report, paper_of
from feedback.reporting.summary import summary_section

MOST_ROWS = 60
MOST_ROWS_OF_CHANGES = 28
MOST_REMARKS = 4


def compose_board(source: ReportSource, language: str) -> Paper:
    """Return the report for a board in `language`, or all that there is of one in which too few answered."""
    report = source.signed.report
    if report.outcome is Outcome.TOO_FEW:
        return compose_report(source, language)
    questions, compared = report_questions(report, language), compared_with(source)[-1:]
    findings = find(report, questions, compared[0] if compared else None)
    table = heat_table(report, questions, findings.to_act_on.alerts)
    changes = change_section(compared, (findings.contrasts.changes,), language) if compared else None
    sections = (
        summary_section(report, questions, findings, compared[0] if compared else None),
        PaperSection("glance", table.title, _first_rows(table)),
        *((_largest(changes),) if changes else ()),
        *((comments_section(report.comments, source.comments, language),) if report.comments else ()),
        _method(source),
    )
    quotes = [len(block.entries) for section in sections for block in section.blocks if isinstance(block, Quotes)]
    more = tuple(map(more_in_the_tables, range(1, max(quotes, default=0) + 1)))
    return replace(paper_of(source, sections, language), is_brief=True, more=more)


def compose_first_page(source: ReportSource, language: str) -> Paper:
    """Return what a board reads first, and nothing else."""
    whole = compose_board(source, language)
    return replace(whole, sections=whole.sections[:1])


def more_in_the_tables(number: int) -> str:
    """Return that so many more, of whatever stands before it, are in the other document."""
    return ngettext("And %(num)s more in the full tables.", "And %(num)s more in the full tables.", number)


def _first_rows(table: HeatTable) -> tuple[Block, ...]:
    left, themes = MOST_ROWS, []
    for title, rows in table.themes:
        if rows[:left]:
            themes.append((title, rows[:left]))
        left = max(left - len(rows), 0)
    number = sum(len(rows) for _title, rows in table.themes) - sum(len(rows) for _title, rows in themes)
    cut = replace(table, themes=tuple(themes))
    return (cut, Paragraph(more_in_the_tables(number), Tone.QUIET)) if number else (cut,)


def _largest(section: PaperSection) -> PaperSection:
    """Return the largest rises and the largest falls of a picture that has more changes than fit on a page."""
    blocks = [part for block in section.blocks for part in _largest_of(block)]
    return replace(section, blocks=tuple(blocks))


def _largest_of(block: Block) -> tuple[Block, ...]:
    if isinstance(block, Table):
        return ()
    if isinstance(block, Items) and len(block.entries) > MOST_REMARKS:
        more = more_in_the_tables(len(block.entries) - MOST_REMARKS)
        return Items(block.entries[:MOST_REMARKS]), Paragraph(more, Tone.QUIET)
    if not isinstance(block, Dumbbells) or len(block.rows) <= MOST_ROWS_OF_CHANGES:
        return (block,)
    rows = (*block.rows[: MOST_ROWS_OF_CHANGES // 2], *block.rows[-MOST_ROWS_OF_CHANGES // 2 :])
    return replace(block, rows=rows), Paragraph(more_in_the_tables(len(block.rows) - len(rows)), Tone.QUIET)


def _method(source: ReportSource) -> PaperSection:
    report = source.signed.report
    section = method_section(report.rules, sum(group.doubled for group in report.groups))
    mark = Facts(((_("Statement hash (SHA-256 of the published statements)"), report.statement_hash),))
    return replace(section, blocks=(*section.blocks, mark))
