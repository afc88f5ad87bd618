"""Let the auditor attack a report together with all earlier ones of the programme, and name what must not be said.

Whoever kept the lists of invited people knows how many of a group were in which group before. What the sequence's label
names is allowed; for anything else the question is withheld in that group, and never the wave.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback import auditor
from feedback.auditor import Finding, Tried, audit_together
from feedback.domain.disclosure.groups import EVERYBODY
from feedback.domain.disclosure.publishing import says_something
from feedback.domain.disclosure.statements import GroupStatement, Total
from feedback.domain.report.cells import Cell, Cells, cells_of
from feedback.domain.report.report import Outcome, Report
from feedback.domain.survey.wording import are_nearly_equal
from feedback.storage.history import history_of
from feedback.storage.reports import reports_of_programme
from feedback.storage.waves import Wave, groups_of

Hidden = frozenset[tuple[str, str]]
"""(group, question's code) of which a report says nothing."""


@dataclass(frozen=True)
class EarlierReports:
    """The published reports of a programme before the one that is attacked, which comes last in `cells`."""

    reports: tuple[Report, ...]
    cells: Cells

    def only(self, kept: Sequence[int]) -> "EarlierReports":
        """Return some of the reports."""
        return EarlierReports(tuple(self.reports[at] for at in kept), _only(self.cells, [*kept, len(self.reports)]))


def reports_before(session: Session, wave: Wave) -> EarlierReports:
    """Return what was published before a wave of its programme."""
    stored = [one for one in reports_of_programme(session, wave.programme_id) if one.wave_id != wave.id]
    parsed = {one.wave_id: Report.parse(one.document) for one in stored}
    published = {number: report for number, report in parsed.items() if report.outcome is Outcome.PUBLISHED}
    if not published:
        return EarlierReports((), Counter())
    groups = {**{number: report.groups for number, report in published.items()}, wave.id: groups_of(session, wave.id)}
    cells = cells_of([(found, history_of(session, number)) for number, found in groups.items()])
    return EarlierReports(tuple(published.values()), cells)


def to_withhold(report_without: Callable[[Hidden], Report], before: EarlierReports) -> Hidden:
    """Return of what a report must say nothing; `report_without` returns the report that says nothing of so much."""
    hidden: Hidden = frozenset()
    report = report_without(hidden)
    attacks = attacks_with(before, report)
    while new := frozenset(place for attack in attacks for place in attack.given_away(report)) - hidden:
        hidden |= new
        report = report_without(hidden)
    return hidden


def attacks_with(before: EarlierReports, report: Report) -> "list[AttackTogether]":
    """Return the attacks on a report: with all earlier ones, and with those alone that its labels do not name."""
    if report.outcome is Outcome.TOO_FEW or not before.reports:
        return []
    labelled = frozenset(twin.group for twin in report.twins)
    spared = frozenset(group.name for group in report.named_groups) if EVERYBODY in labelled else labelled
    stages = {twin.stage for twin in report.twins}
    kept = [at for at, one in enumerate(before.reports) if one.about.stage not in stages]
    attacks = [AttackTogether(before, spared)]
    return [*attacks, AttackTogether(before.only(kept), frozenset())] if labelled and kept else attacks


class AttackTogether:
    """An attack on the report of one wave, whatever it leaves out, together with some that were published before.

    What belongs to the earlier reports is worked out once. Of `spared` groups everything may be said.
    """

    def __init__(self, before: EarlierReports, spared: frozenset[str]) -> None:
        """Attack the earlier reports by themselves."""
        self._before, self._spared, self._tried = before, spared, Tried()
        alone = self._audited(before.reports, _only(before.cells, range(len(before.reports))))
        self._known = {_key(one) for one in alone}

    def given_away(self, report: Report) -> Hidden:
        """Return what a report says and must not, since it would give somebody away together with earlier ones."""
        found = self.findings(report)
        about = {
            (name, code) for one in found for name in self._groups(one, report) for code in self._codes(one, report)
        }
        return frozenset((name, code) for name, code in about & _said(report) if name not in self._spared)

    def findings(self, report: Report) -> list[Finding]:
        """Return what is found with a report, and not with the earlier ones by themselves."""
        found = self._audited((*self._before.reports, report), self._before.cells)
        return [one for one in found if _key(one) not in self._known or _is_unread(one)]

    def _audited(self, reports: Sequence[Report], cells: Cells) -> tuple[Finding, ...]:
        ordered = sorted(cells.items(), key=lambda one: (one[0].role or "", [name or "" for name in one[0].names]))
        known = [auditor.Cell(people, cell.names, cell.role) for cell, people in ordered]
        return audit_together([json.loads(one.json) for one in reports], known, self._tried).findings

    def _groups(self, finding: Finding, report: Report) -> set[str]:
        """Return the report's groups that a finding is about, or that have people of the groups that it is about."""
        last, cells = len(self._before.reports), self._before.cells
        sources = enumerate((*self._before.reports, report))
        keys = {f"report {at + 1}, {group.name}": (at, group.name) for at, one in sources for group in one.named_groups}
        about = [keys[name] for name in finding.groups if name in keys]
        own = {name for at, name in about if at == last}
        met = [cell for cell in cells if any(name in cell.within(at) for at, name in about)]
        shared = {name for cell in met for name in cell.within(-1)}
        return own or shared or {group.name for group in report.named_groups}

    def _codes(self, finding: Finding, report: Report) -> list[str]:
        """Return the codes of the report's questions that a finding is about; of all asked before if it names none."""
        before = self._before.reports
        texts = [
            one.question.text
            for source in ((*before, report) if finding.questions else before)
            for one in source.asked
            if not finding.questions or one.question.code in finding.questions
        ]
        own = [one.question for one in report.asked if one.question.closed]
        return [one.code for one in own if any(are_nearly_equal(one.text, text) for text in texts)]


def _only(cells: Cells, kept: Sequence[int]) -> Cells:
    """Return the cells of some of the reports."""
    fewer: Cells = Counter()
    for cell, people in cells.items():
        fewer[Cell(cell.role, tuple(cell.names[at] for at in kept))] += people
    return Counter({cell: people for cell, people in fewer.items() if any(cell.names)})


def _said(report: Report) -> Hidden:
    """Return each group and question of which a report says something; a total may speak of any group."""
    about = {
        (one.group, one.question)
        for one in report.statements
        if isinstance(one, GroupStatement) and says_something(one)
    }
    totals = {one.question for one in report.statements if isinstance(one, Total)}
    return frozenset(about | {(group.name, code) for group in report.named_groups for code in totals})


# What the auditor could not read, or had no room for, it did not attack.
def _is_unread(finding: Finding) -> bool:
    return finding.rule in {"unknown", "inconsistent", "limit"} and not finding.questions


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.question, finding.group
