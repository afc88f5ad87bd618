"""A roster file as spreadsheets save it: separators, records with their line numbers."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from feedback.domain.errors import RosterNote, sentence
from feedback.domain.roster.words import known_field

_DELIMITERS = ",;\t"
MOST_TITLE_ROWS = 10
_FIRST_CHARS = 2_000
# Files that were put together have one at the beginning of each.
_BYTE_ORDER_MARKS = re.compile("(?:\\A|(?<=[\r\n]))\ufeff+")
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?(?=[\r\n])', re.IGNORECASE)
_QUOTES = sentence(
    "a quotation mark does not match; close it at the end of its field, and double those inside the field."
)
EMPTY = sentence("The file is empty; its first line must name the columns name, email and role.")


@dataclass(frozen=True)
class RosterRecord:
    """The cells of one row that is not blank, or the problem that kept them from being read."""

    line: int
    cells: tuple[str, ...] = ()
    problem: RosterNote | None = None


def roster_records(text: str) -> Iterator[RosterRecord]:
    """Yield the rows of a roster's text that are not blank, headers first."""
    return _records(*_delimited(_BYTE_ORDER_MARKS.sub("", text)))


def _delimited(text: str) -> tuple[str, str]:
    """Return the text and its delimiter. A leading "sep=" line is emptied, not removed: lines keep their numbers."""
    told = _SEPARATOR_LINE.match(text)
    if told:
        return text[told.end() :], told[1]
    first_lines = text[:_FIRST_CHARS]
    return text, max(_DELIMITERS, key=lambda sign: (_known_headers(text, sign), first_lines.count(sign)))


def _known_headers(text: str, delimiter: str) -> int:
    first = islice(_records(text, delimiter), MOST_TITLE_ROWS + 1)
    return max((sum(known_field(cell) is not None for cell in record.cells) for record in first), default=0)


def _records(text: str, delimiter: str) -> Iterator[RosterRecord]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RosterRecord(line, problem=RosterNote(_QUOTES).at(line))
            continue
        if any(cell.strip() for cell in cells):
            yield RosterRecord(line, tuple(cells))
