"""Let the auditor attack a report together with all earlier ones of the programme, and name what must not be said.

Whoever kept the lists of invited people knows how many of a group were in which group before. What the sequence's label
names is allowed; for anything else the question is withheld in that group, and never the wave.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback import auditor
from feedback.auditor import Finding, audit_together
from feedback.domain.disclosure.groups import EVERYBODY
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


def given_away(report: Report, before: EarlierReports) -> Hidden:
    """Return of what a report must say nothing, since it would give somebody away together with earlier ones."""
    if report.outcome is Outcome.TOO_FEW or not before.reports:
        return frozenset()
    everything = _Attack(report, before.reports, before.cells)
    labelled = {twin.group for twin in report.twins}
    found = {(group, code) for group, code in everything.given_away() if not labelled & {group, EVERYBODY}}
    stages = {twin.stage for twin in report.twins}
    kept = [at for at, one in enumerate(before.reports) if one.about.stage not in stages]
    if labelled and kept:
        cells = _only(before.cells, [*kept, len(before.reports)])
        found |= set(_Attack(report, [before.reports[at] for at in kept], cells).given_away())
    return frozenset(found)


@dataclass(frozen=True)
class _Attack:
    """One report, attacked together with some that were published before."""

    report: Report
    before: Sequence[Report]
    cells: Cells

    def given_away(self) -> Iterator[tuple[str, str]]:
        """Yield (group, code) of what the earlier reports by themselves would not give away."""
        last = len(self.before)
        known = {_key(one) for one in _findings(self.before, _only(self.cells, range(last)))}
        for finding in _findings([*self.before, self.report], self.cells):
            if _key(finding) not in known or _is_unread(finding):
                yield from ((group, code) for group in self._groups(finding) for code in self._codes(finding))

    def _groups(self, finding: Finding) -> set[str]:
        """Return the report's groups that a finding is about, or that have people of the groups that it is about."""
        sources = enumerate((*self.before, self.report))
        keys = {f"report {at + 1}, {group.name}": (at, group.name) for at, one in sources for group in one.named_groups}
        about = [keys[name] for name in finding.group.split(" + ") if name in keys]
        own = {name for at, name in about if at == len(self.before)}
        met = [cell for cell in self.cells if any(name in cell.within(at) for at, name in about)]
        shared = {name for cell in met for name in cell.within(-1)}
        return own or shared or {group.name for group in self.report.named_groups}

    def _codes(self, finding: Finding) -> list[str]:
        """Return the codes of the report's questions that a finding is about; of all asked before if it names none."""
        sources = (*self.before, self.report) if finding.question else self.before
        texts = [
            one.question.text
            for source in sources
            for one in source.asked
            if not finding.question or one.question.code in finding.question.split(" + ")
        ]
        own = [one.question for one in self.report.asked if one.question.closed]
        return [one.code for one in own if any(are_nearly_equal(one.text, text) for text in texts)]


def _findings(reports: Sequence[Report], cells: Cells) -> tuple[Finding, ...]:
    ordered = sorted(cells.items(), key=lambda one: (one[0].role or "", [name or "" for name in one[0].names]))
    documents = [json.loads(one.json) for one in reports]
    return audit_together(documents, [auditor.Cell(people, cell.names, cell.role) for cell, people in ordered]).findings


def _only(cells: Cells, kept: Sequence[int]) -> Cells:
    """Return the cells of some of the reports."""
    fewer: Cells = Counter()
    for cell, people in cells.items():
        fewer[Cell(cell.role, tuple(cell.names[at] for at in kept))] += people
    return Counter({cell: people for cell, people in fewer.items() if any(cell.names)})


# What the auditor could not read at all, it did not attack.
def _is_unread(finding: Finding) -> bool:
    return finding.rule in {"unknown", "inconsistent"} and not finding.question


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.question, finding.group
