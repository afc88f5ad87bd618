"""Let the independent auditor attack a report before it is published."""

import json
from collections.abc import Callable, Mapping

from feedback.auditor import audit
from feedback.domain.report.document import ReportDocument

Attack = Callable[[ReportDocument, Mapping[tuple[str, str], int]], tuple[str, ...]]
"""Takes a report and the invited people by (role, cohort); returns the names of the rules that it breaks."""


def broken_rules(document: ReportDocument, sizes: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """Return the names of the rules that the report breaks, sorted; the findings would give something away."""
    return tuple(sorted({finding.rule for finding in audit(json.loads(document.json), sizes).findings}))
