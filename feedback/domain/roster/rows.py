"""The roster file: participants read from CSV text as spreadsheets save it, all of them or none.

Accepts UTF-8, UTF-16 with a byte order mark and Windows-1252; commas, semicolons or tabs; headers in any order.
Refuses the whole file when one field is wrong, and then names every wrong line, field and mend.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.domain.address import Address
from feedback.domain.errors import AddressRefused, RosterRefused, quoted
from feedback.domain.roster.cells import READERS, no_error, stands_for_nothing
from feedback.domain.roster.encodings import RosterText, decoded, names_outside_ascii
from feedback.domain.roster.files import EMPTY, RosterRecord, known_field, roster_records
from feedback.domain.survey.questionnaires import Role

MAX_ROWS = 100_000
MAX_PROBLEMS = 50

_REQUIRED = ("name", "email", "role")
_OPTIONAL = {"cohort", "language"}

_NO_HEADERS = "Line {line} names no known column; write the headers name, email, role, cohort and language."
_NO_ROWS = "The file has headers but no participants; add one line for each participant."
_TOO_MANY = f"The file has more than {MAX_ROWS:,} participants; split it into several programmes."


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One participant. `line` is where the row begins in the file, counted from 1.

    `name` is in NFC with single spaces, `language` is a code such as "en" or "pt-BR"; it and `cohort` may be empty.
    """

    line: int
    name: str
    email: Address
    role: Role
    cohort: str
    language: str


@dataclass(frozen=True)
class RosterFile:
    """The participants of a file in its order, the fields that it has a column for, and what is to be said of it."""

    rows: tuple[RosterRow, ...]
    fields: frozenset[str]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Columns:
    """Where each field stands. `width` counts columns; `problems` are what is wrong with the headers."""

    place_by_field: Mapping[str, int]
    width: int
    problems: tuple[str, ...]


def read_roster(data: bytes, encoding: str | None = None) -> RosterFile:
    """Return what a roster file says, in the `encoding` that somebody named or else in the one that it shows.

    Raises RosterRefused with one sentence per wrong field, at most 50 of them, and then how many more there are.
    """
    read = decoded(data, encoding)
    records = roster_records(read.text)
    header = next(records, None)
    if header is None:
        raise RosterRefused((EMPTY,))
    columns = _columns(header)
    reading = _read(records, columns)
    if reading.problems:
        raise RosterRefused(shortened(reading.problems))
    if not reading.rows:
        raise RosterRefused((_NO_ROWS,))
    return RosterFile(
        tuple(reading.rows), frozenset(columns.place_by_field), (*_letters(read, reading.rows), *reading.remarks)
    )


def _letters(read: RosterText, rows: list[RosterRow]) -> tuple[str, ...]:
    names = names_outside_ascii([row.name for row in rows])
    return (f"Read as {read.encoding}; names with other letters begin so: {', '.join(names)}.",) if names else ()


def shortened(problems: Sequence[str]) -> tuple[str, ...]:
    """Return the first 50 problems, and how many more there are."""
    more = len(problems) - MAX_PROBLEMS
    return (*problems[:MAX_PROBLEMS], *((f"and {more:,} more.",) if more > 0 else ()))


def _columns(header: RosterRecord) -> _Columns:
    if header.problem:
        raise RosterRefused((header.problem,))
    headers = _without_empty_end(header.cells)
    place_by_field: dict[str, int] = {}
    problems = []
    for place, text in enumerate(headers):
        field = known_field(text)
        if field is None or field in place_by_field:
            problems.append(f"Line {header.line}: " + _header_problem(text, place, field))
        else:
            place_by_field[field] = place
    if not place_by_field:
        raise RosterRefused((_NO_HEADERS.format(line=header.line),))
    missing = (field for field in _REQUIRED if field not in place_by_field)
    problems += [f"Line {header.line}: there is no header {field}; add a column {field}." for field in missing]
    return _Columns(place_by_field, len(headers), tuple(problems))


def _header_problem(text: str, place: int, field: str | None) -> str:
    if field:
        return f"the header {quoted(text)} is a second {field}; keep only one column for it."
    if not text.strip():
        return f"column {place + 1} has no header; name it or remove it."
    return f"the header {quoted(text)} is not known; use name, email, role, cohort or language, or remove it."


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    width = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:width]


@dataclass
class _Reading:
    """What has been read so far. `nothing` counts cells that say that they are empty, by field and text."""

    rows: list[RosterRow]
    problems: list[str]
    nothing: Counter[tuple[str, str]]
    line_by_person: dict[tuple[Address, Role], int]

    def take(self, record: RosterRecord, columns: _Columns) -> None:
        texts = _texts(record, columns)
        for field in _OPTIONAL & texts.keys():
            if stands_for_nothing(texts[field]):
                self.nothing[field, texts[field].strip()] += 1
                texts[field] = ""
        row = _row(record.line, texts)
        first = self.line_by_person.setdefault((row.email, row.role), row.line)
        if first != row.line:
            self.problems.append(_repeated(row, first))
        self.rows.append(row)

    @property
    def remarks(self) -> tuple[str, ...]:
        return tuple(
            f"{quoted(text)} is taken for an empty {field}, {count:,} {'times' if count > 1 else 'time'}."
            for (field, text), count in sorted(self.nothing.items())
        )


def _read(records: Iterator[RosterRecord], columns: _Columns) -> _Reading:
    reading = _Reading([], list(columns.problems), Counter(), {})
    for count, record in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise RosterRefused((_TOO_MANY,))
        try:
            reading.take(record, columns)
        except RosterRefused as refused:
            reading.problems += refused.problems
    return reading


def _repeated(row: RosterRow, first: int) -> str:
    return f"Line {row.line}, email: {quoted(row.email)} is already a {row.role} on line {first}; remove one of them."


def _texts(record: RosterRecord, columns: _Columns) -> dict[str, str]:
    cells = _cells(record, columns.width)
    return {field: cells[place] for field, place in columns.place_by_field.items()}


def _row(line: int, texts: Mapping[str, str]) -> RosterRow:
    """Raise RosterRefused with what is wrong in this row; with nothing when only its headers are missing."""
    values: dict[str, Any] = {}
    problems = []
    for field, read in READERS.items():
        try:
            values[field] = read(no_error(texts.get(field, "")))
        except (ValueError, AddressRefused) as wrong:
            problems += [f"Line {line}, {field}: {wrong}"] if field in texts else []
    if len(values) < len(READERS):
        raise RosterRefused(tuple(problems))
    return RosterRow(line, **values)


def _cells(record: RosterRecord, width: int) -> tuple[str, ...]:
    """Return exactly `width` cells; empty ones beyond the last header are a spreadsheet's habit and are dropped."""
    if record.problem:
        raise RosterRefused((record.problem,))
    found = max(min(len(record.cells), width), len(_without_empty_end(record.cells)))
    if found == width:
        return record.cells[:width]
    if found < width:
        raise RosterRefused((f"Line {record.line}: the row has {found} of {width} columns; add what is missing.",))
    mend = "remove what is too much, or put quotation marks around a field that holds the delimiter"
    raise RosterRefused((f"Line {record.line}: the row has {found} columns, the headers have {width}; {mend}.",))
