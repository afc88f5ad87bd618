"""Reading a roster, beside the csv module reading the same file."""

import csv
import io
import sys
import time
from collections.abc import Callable

from bench.stage import table
from feedback.services.roster.read_file import read_file


def roster_of(people: int) -> bytes:
    """Return a file of so many people, as a spreadsheet writes it."""
    lines = (f"Ana {serial},ana{serial}@example.com,mentor,Spring,en" for serial in range(people))
    return "\n".join(("name,email,role,cohort,language", *lines)).encode()


def cpu_seconds(deed: Callable[[], object]) -> float:
    """Return the processor time that a deed takes."""
    started = time.process_time()
    deed()
    return time.process_time() - started


def measure(people: int) -> list[list[object]]:
    """Return one row: so many people, our time, the csv module's, their ratio."""
    data = roster_of(people)
    ours = cpu_seconds(lambda: read_file(data))
    theirs = cpu_seconds(lambda: list(csv.DictReader(io.StringIO(data.decode()))))
    return [[people, ours, theirs, ours / theirs]]


def main(small: bool) -> None:
    """Print the table."""
    heads = ["people", "CPU s", "CPU s, csv alone", "ratio"]
    table("Reading a roster", heads, measure(1_000 if small else 100_000))


if __name__ == "__main__":
    main("--small" in sys.argv)
