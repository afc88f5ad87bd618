"""Let the independent auditor attack a report before it is published."""

import json
from collections.abc import Callable, Mapping

from feedback.auditor import audit
from feedback.domain.report.report import Report

Attack = Callable[[Report, Mapping[tuple[str, str], int]], tuple[str, ...]]
"""Takes a report and the invited people by (role, cohort); returns the names of the rules that it breaks."""


def broken_rules(report: Report, sizes: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """Return the names of the rules that the report breaks, sorted: what was found would itself give something away."""
    return tuple(sorted({finding.rule for finding in audit(json.loads(report.json), sizes).findings}))
