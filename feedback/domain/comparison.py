"""What changed between published reports: of one programme from wave to wave, or from a pilot to its roll-out.

Knows nothing but the reports' own JSON, in which nobody is linked to an earlier answer. Says for each question and
group either how the shares differ or why nothing can be said, and never what caused it. docs/statistics.md defines it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from feedback.domain.comparable_reports import ComparableReport, GroupAnswers, check_comparable
from feedback.domain.counts import Count, bounded, favourable, favourable_options
from feedback.domain.questionnaires import Kind, Order, Question
from feedback.domain.report import ReportDocument
from feedback.domain.report_reading import ReportHeader
from feedback.domain.statements import Distribution, Reason
from feedback.domain.statistics import (
    Interval,
    PValue,
    RelativeChange,
    boschloo,
    cliffs_delta,
    difference,
    is_indicative,
    newcombe,
    relative_change,
)
