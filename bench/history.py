"""How many waves their organisation's history refuses or labels, and how long it takes to find out."""

import time
from collections import Counter

from bench.stage import table
from tests.domain.report.organisations import some_organisation

RETURNING = (0.0, 0.3)
LEAVING = (0.0, 0.02)


def rates(organisations: int) -> list[list[object]]:
    """Return a row for each share of people who return at most, and who leave between two waves."""
    return [_row(returning, leaving, organisations) for returning in RETURNING for leaving in LEAVING]


def _row(returning: float, leaving: float, organisations: int) -> list[object]:
    seen, started = Counter[str](), time.process_time()
    for seed in range(organisations):
        seen.update(some_organisation(seed, returning, leaving))
    spent = time.process_time() - started
    waves = seen["first"] + seen["later"]
    first, later = (100 * seen[f"refused {which}"] / seen[which] for which in ("first", "later"))
    labelled = 100 * seen["labelled"] / seen["later"]
    return [
        f"{returning:.0%}",
        f"{leaving:.0%}",
        waves,
        f"{first:.1f} %",
        f"{later:.1f} %",
        f"{labelled:.1f} %",
        1000 * spent / waves,
    ]


def main(small: bool = False) -> None:
    """Print one table."""
    heads = ["return", "leave", "waves", "first refused", "later refused", "later labelled", "ms a wave"]
    table("The history of an organisation", heads, rates(1 if small else 60))
