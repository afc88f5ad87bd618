"""An independent attacker of reports: reads a report's JSON alone, and shares no code with what it attacks."""

from feedback.auditor.auditing import Cell, Tried, audit, audit_together
from feedback.auditor.verdict import Finding, Verdict, in_words

__all__ = ["Cell", "Finding", "Tried", "Verdict", "audit", "audit_together", "in_words"]
