"""Sentences in parts: what is counted in strong letters, and the question leading to its evidence.

A translated pattern is filled with places first, and each place with its part then; so no text can pose as a part.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.findings.sides import Options, favourable, unfavourable
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.survey.questionnaires import Role
from feedback.rendering.blocks import Run
from feedback.reporting.outcomes import anchor
from feedback.reporting.quoting import quoted
from feedback.reporting.words import chosen_words, counted_people

_PLACE = re.compile("\ue000([a-z]+)\ue001")


def places(*names: str) -> dict[str, str]:
    """Return what a pattern is to be filled with, for `filled` to find."""
    return {name: f"\ue000{name}\ue001" for name in names}


def filled(pattern: str, **parts: Run | str) -> tuple[Run, ...]:
    """Return a sentence as parts, with a capital first; `pattern` was filled with `places` of these names."""
    first, *others = (run for run in _runs(pattern, parts) if run.text)
    return replace(first, text=first.text[:1].upper() + first.text[1:]), *others


def counted_run(count: Count, role: Role | None) -> Run:
    """Return how many people of a side, in strong letters."""
    return Run(counted_people(count, role), strong=True)


def asked_run(question: ReportQuestion) -> Run:
    """Return a question in quotation marks, leading to its answers."""
    return Run(quoted(question.text), target=anchor(question))


def answered(question: ReportQuestion, options: Options, count: Run) -> tuple[Run, ...]:
    """Return that so many answered a question so."""
    parts = {"count": count, "answers": Run(chosen_words(question, options)), "question": asked_run(question)}
    return filled(_("%(count)s answered %(answers)s to %(question)s", **places(*parts)), **parts)


def answered_well(question: ReportQuestion, count: Run) -> tuple[Run, ...]:
    """Return that so many answered favourably; of a sensitive question, that they gave none of the other answers."""
    if not question.sensitive:
        return answered(question, favourable(question), count)
    parts = {"count": count, "answers": Run(unfavourable_words(question)), "question": asked_run(question)}
    return filled(_("%(count)s did not answer %(answers)s to %(question)s", **places(*parts)), **parts)


def favourable_words(question: ReportQuestion) -> str:
    """Return the favourable answers; of a sensitive question, of which only the others are told, "not" and those."""
    if question.sensitive:
        return _("not %(answers)s", answers=unfavourable_words(question))
    return chosen_words(question, favourable(question))


def unfavourable_words(question: ReportQuestion) -> str:
    """Return the unfavourable answers in words."""
    return chosen_words(question, unfavourable(question))


def _runs(pattern: str, parts: dict[str, Run | str]) -> Iterator[Run]:
    for place, piece in enumerate(_PLACE.split(pattern)):
        part = parts[piece] if place % 2 else piece
        yield part if isinstance(part, Run) else Run(part)
