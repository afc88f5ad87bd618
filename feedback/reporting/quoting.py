"""Questions on a first page: quoted whole once, and by their first words wherever they come again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext as _

from feedback.domain.report.reading import ReportQuestion
from feedback.rendering.blocks import Card, Finding, Paragraph, RateBars, Run, Sentences
from feedback.reporting.outcomes import anchor

_FEWEST_WORDS = 5
_FEWEST_LEFT_OUT = 2


def quoted(text: str) -> str:
    """Return a text in quotation marks."""
    return _("“%(text)s”", text=text)


def without_repeating(cards: Sequence[Card], questions: Sequence[ReportQuestion]) -> tuple[Card, ...]:
    """Return the cards with each question whole where it is quoted first, and only its beginning after that."""
    begun = {_asked(one): quoted(beginning(one.text, questions)) for one in questions}
    seen: set[tuple[str, str]] = set()
    return tuple(replace(card, blocks=tuple(_once(block, begun, seen) for block in card.blocks)) for card in cards)


def beginning(text: str, questions: Sequence[ReportQuestion]) -> str:
    """Return so few of a question's first words that no other question begins with them, or all of it."""
    words = text.split()
    others = [one.text.split() for one in questions if one.text != text]
    for length in range(_FEWEST_WORDS, len(words) - _FEWEST_LEFT_OUT + 1):
        if not any(other[:length] == words[:length] for other in others):
            return f"{' '.join(words[:length])} …"
    return text


def _asked(question: ReportQuestion) -> tuple[str, str]:
    return anchor(question), quoted(question.text)


def _once(
    block: Paragraph | Sentences | RateBars, begun: Mapping[tuple[str, str], str], seen: set[tuple[str, str]]
) -> Paragraph | Sentences | RateBars:
    if not isinstance(block, Sentences):
        return block
    return Sentences(tuple(_finding(one, begun, seen) for one in block.entries))


def _finding(one: Finding, begun: Mapping[tuple[str, str], str], seen: set[tuple[str, str]]) -> Finding:
    return replace(one, runs=tuple(_run(run, begun, seen) for run in one.runs))


def _run(run: Run, begun: Mapping[tuple[str, str], str], seen: set[tuple[str, str]]) -> Run:
    said = (run.target, run.text)
    if said not in seen:
        seen.add(said)
        return run
    return replace(run, text=begun.get(said, run.text))
