"""What becomes of organisations over the years: waves refused and labelled, questions withheld, and what leaks."""

import sys
import time
from collections import Counter

from bench.stage import table
from tests.auditor.histories import history


def main(small: bool) -> None:
    """Print one table. Numbers name the first organisation and how many: `python -m bench.organisations 0 2500`."""
    first, number = (0, 4) if small else _wanted()
    found: Counter[str] = Counter()
    started = time.process_time()
    for seed in range(first, first + number):
        mine = history(seed)
        if mine["left"] or mine["nameless"] or any(name.startswith("alone") for name in mine):
            sys.stdout.write(f"organisation {seed}: {dict(mine)}\n")
        found.update(mine)
    rows = [["organisations", number], *([name, count] for name, count in sorted(found.items()))]
    table("Histories of organisations", ["what", "how many"], [*rows, ["processor s", time.process_time() - started]])


def _wanted() -> tuple[int, int]:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 10_000)


if __name__ == "__main__":
    main("--small" in sys.argv)
