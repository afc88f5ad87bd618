"""The roster file: participants read from CSV text as spreadsheets save it, all of them or none.

Accepts UTF-8, UTF-16 with a byte order mark and Windows-1252; commas, semicolons or tabs; headers in any order.
Refuses the whole file when one field is wrong, and then names every wrong line, field and mend.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from feedback.domain.address import Address, read_address
from feedback.domain.errors import AddressRefused, RosterRefused, quoted
from feedback.domain.languages import LANGUAGE_CODES
from feedback.domain.roster.files import EMPTY, RosterRecord, known_field, roster_records
from feedback.domain.survey.questionnaires import Role

MAX_ROWS = 100_000
MAX_PROBLEMS = 50
MAX_NAME_CHARS = 200
MAX_COHORT_CHARS = 100

_REQUIRED = ("name", "email", "role")
_JOINERS = str.maketrans("", "", "\u200c\u200d")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}|[0-9]{3}))?", re.IGNORECASE | re.ASCII)

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
    """The participants of a file in its order, and the fields that it has a column for."""

    rows: tuple[RosterRow, ...]
    fields: frozenset[str]


@dataclass(frozen=True)
class _Columns:
    """Where each field stands. `width` counts columns; `problems` are what is wrong with the headers."""

    place_by_field: Mapping[str, int]
    width: int
    problems: tuple[str, ...]


def read_roster(data: bytes) -> RosterFile:
    """Return what a roster file says.

    Raises RosterRefused with one sentence per wrong field, at most 50 of them, and then how many more there are.
    """
    records = roster_records(data)
    header = next(records, None)
    if header is None:
        raise RosterRefused((EMPTY,))
    columns = _columns(header)
    rows, problems = _rows(records, columns)
    if problems:
        raise RosterRefused(shortened(problems))
    if not rows:
        raise RosterRefused((_NO_ROWS,))
    return RosterFile(tuple(rows), frozenset(columns.place_by_field))


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


def _rows(records: Iterator[RosterRecord], columns: _Columns) -> tuple[list[RosterRow], list[str]]:
    rows: list[RosterRow] = []
    problems = list(columns.problems)
    line_by_person: dict[tuple[Address, Role], int] = {}
    for count, record in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise RosterRefused((_TOO_MANY,))
        try:
            row = _row(record, columns)
        except RosterRefused as refused:
            problems += refused.problems
            continue
        first = line_by_person.setdefault((row.email, row.role), row.line)
        if first != row.line:
            problems.append(_repeated(row, first))
        rows.append(row)
    return rows, problems


def _repeated(row: RosterRow, first: int) -> str:
    return f"Line {row.line}, email: {quoted(row.email)} is already a {row.role} on line {first}; remove one of them."


def _row(record: RosterRecord, columns: _Columns) -> RosterRow:
    """Raise RosterRefused with what is wrong in this row; with nothing when only its headers are missing."""
    cells = _cells(record, columns.width)
    texts = {field: cells[place] for field, place in columns.place_by_field.items()}
    values: dict[str, Any] = {}
    problems = []
    for field, read in _READERS.items():
        try:
            values[field] = read(texts.get(field, ""))
        except (ValueError, AddressRefused) as wrong:
            problems += [f"Line {record.line}, {field}: {wrong}"] if field in texts else []
    if len(values) < len(_READERS):
        raise RosterRefused(tuple(problems))
    return RosterRow(record.line, **values)


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


def _read_name(text: str) -> str:
    name = _folded(text, MAX_NAME_CHARS)
    if not name.translate(_JOINERS):
        raise ValueError("the field is empty; write the participant’s name.")
    return name


def _read_cohort(text: str) -> str:
    # Few cohorts stand on many lines: one copy of each is enough.
    return intern(_folded(text, MAX_COHORT_CHARS))


def _folded(text: str, most: int) -> str:
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    if not folded.translate(_JOINERS).isprintable():
        raise ValueError(f"{quoted(text)} holds an invisible character; type the text again.")
    if len(folded) > most:
        raise ValueError(f"the text has {len(folded):,} characters; shorten it to {most}.")
    return folded


def _read_role(text: str) -> Role:
    try:
        return Role(text.strip().casefold().removesuffix("s"))
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a role; write mentor or mentee.") from None


def _read_language(text: str) -> str:
    if not text.strip():
        return ""
    code = _LANGUAGE.fullmatch(text.strip())
    if not code or code[1].lower() not in LANGUAGE_CODES:
        raise ValueError(f"{quoted(text)} is not a language code; write one like en or pt-BR.")
    return "-".join((code[1].lower(), *((code[2].upper(),) if code[2] else ())))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "name": _read_name,
    "email": read_address,
    "role": _read_role,
    "cohort": _read_cohort,
    "language": _read_language,
}
