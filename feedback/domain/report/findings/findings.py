"""All that stands on the first page of a report, found at once."""

from dataclasses import dataclass

from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.alerts import ToActOn, find_alerts
from feedback.domain.report.findings.contrasts import Contrasts, find_contrasts
from feedback.domain.report.findings.standing import Standings, find_standings
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.report.report import Report


@dataclass(frozen=True)
class KeyFindings:
    """What to act on, how questions stand, and what differs."""

    to_act_on: ToActOn
    standings: Standings
    contrasts: Contrasts


def find(report: Report, questions: tuple[ReportQuestion, ...], compared: ComparedReports | None) -> KeyFindings:
    """Return the findings of a published report, whose closed `questions` are in the reader's language.

    `compared` sets it beside the earlier report that changes are told since, if there is one.
    """
    to_act_on = find_alerts(questions, len(report.groups), report.not_asked)
    return KeyFindings(to_act_on, find_standings(questions, to_act_on.alerts), find_contrasts(questions, compared))
