"""Sentences in parts: what is counted in strong letters, and the question leading to its evidence.

A translated pattern is filled with places first, and each place with its part then; so no text can pose as a part.
"""

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.findings.sides import favourable, unfavourable
from feedback.domain.report.reading import ReportQuestion
from feedback.rendering.blocks import Run
from feedback.reporting.outcomes import anchor
from feedback.reporting.words import chosen_words, count_and_share

_PLACE = re.compile("\ue000([a-z]+)\ue001")


def places(*names: str) -> dict[str, str]:
    """Return what a pattern is to be filled with, for `filled` to find."""
    return {name: f"\ue000{name}\ue001" for name in names}


def filled(pattern: str, **parts: Run | str) -> tuple[Run, ...]:
    """Return a pattern as parts; `pattern` was filled with `places` of these names."""
    return tuple(run for run in _runs(pattern, parts) if run.text)


def counted_run(count: Count) -> Run:
    """Return a count in strong letters."""
    return Run(count_and_share(count), strong=True)


def asked_run(question: ReportQuestion) -> Run:
    """Return a question in quotation marks, leading to its answers."""
    return Run(_quoted(question), target=anchor(question))


def answered_run(question: ReportQuestion, answers: str) -> Run:
    """Return a question with the answers that were counted: a question alone would not say what was answered."""
    return Run(_("%(question)s (%(answers)s)", question=_quoted(question), answers=answers), target=anchor(question))


def favourable_words(question: ReportQuestion) -> str:
    """Return the favourable answers; of a sensitive question, of which only the others are told, "not" and those."""
    if question.sensitive:
        return _("not %(answers)s", answers=chosen_words(question, unfavourable(question)))
    return chosen_words(question, favourable(question))


def _quoted(question: ReportQuestion) -> str:
    return _("“%(text)s”", text=question.text)


def _runs(pattern: str, parts: dict[str, Run | str]) -> Iterator[Run]:
    for place, piece in enumerate(_PLACE.split(pattern)):
        part = parts[piece] if place % 2 else piece
        yield part if isinstance(part, Run) else Run(part)
