"""The roster file: participants read from CSV text as spreadsheets save it, all of them or none.

Accepts UTF-8, UTF-16 with a byte order mark and Windows-1252; commas, semicolons or tabs; headers in any order.
Refuses the whole file when one field is wrong, and then names every wrong line, field and mend.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from feedback.domain.address import Address
from feedback.domain.errors import AddressRefused, RosterRefused, quoted
from feedback.domain.roster.cells import READERS, is_error, no_error, stands_for_nothing
from feedback.domain.roster.encodings import decoded, names_outside_ascii
from feedback.domain.roster.files import EMPTY, MOST_TITLE_ROWS, RosterRecord, roster_records
from feedback.domain.roster.words import known_field
from feedback.domain.survey.questionnaires import Role

MAX_ROWS = 100_000
MAX_PROBLEMS = 50

_REQUIRED = ("name", "email", "role")
_NAME_FIELDS = ("first name", "name", "last name")
_OPTIONAL = {"cohort", "language"}

_KNOWN_HEADERS = (
    "use name, email, role, cohort or language, or remove it. (First name and last name, work email and group are "
    "known too, and all of them in French, Spanish, Arabic, Welsh and German.)"
)
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
    """Where each field stands; a name may be in two columns.

    `width` counts columns; `problems` are what is wrong with the headers.
    """

    place_by_field: Mapping[str, int]
    name_places: tuple[int, ...]
    width: int
    problems: tuple[str, ...]

    @cached_property
    def needed(self) -> int:
        """How many cells a row has at least: those up to the last required field."""
        return 1 + max(self.name_places + tuple(self.place_by_field.get(field, 0) for field in _REQUIRED))

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.place_by_field) | ({"name"} if self.name_places else set())


def read_roster(data: bytes, encoding: str | None = None) -> RosterFile:
    """Return what a roster file says, in the `encoding` that somebody named or else in the one that it shows.

    Raises RosterRefused with one sentence per wrong field, at most 50 of them, and then how many more there are.
    """
    read = decoded(data, encoding)
    return read_records(roster_records(read.text), f"Read as {read.encoding}")


def read_records(records: Iterator[RosterRecord], source: str, remarks: tuple[str, ...] = ()) -> RosterFile:
    """Return what the rows of a file say; `source` says how they were read. Raises as `read_roster` does."""
    above, header = _header(records)
    columns = _columns(header)
    reading = _read(records, columns)
    if reading.problems:
        raise RosterRefused(shortened(reading.problems))
    if not reading.rows:
        raise RosterRefused((_NO_ROWS,))
    remarks = (*remarks, *_letters(source, reading.rows), *above, *reading.remarks)
    return RosterFile(tuple(reading.rows), columns.fields, remarks)


def _letters(source: str, rows: list[RosterRow]) -> tuple[str, ...]:
    names = names_outside_ascii([row.name for row in rows])
    return (f"{source}; names with other letters begin so: {', '.join(names)}.",) if names else ()


def shortened(problems: Sequence[str]) -> tuple[str, ...]:
    """Return the first 50 problems, and how many more there are."""
    more = len(problems) - MAX_PROBLEMS
    return (*problems[:MAX_PROBLEMS], *((f"and {more:,} more.",) if more > 0 else ()))


def _header(records: Iterator[RosterRecord]) -> tuple[tuple[str, ...], RosterRecord]:
    """Return what is to be said of rows above the headers, and the headers; RosterRefused if there are none."""
    first = next(records, None)
    if first is None:
        raise RosterRefused((EMPTY,))
    at = first
    for _title in range(MOST_TITLE_ROWS):
        if at.problem or any(map(known_field, at.cells)):
            break
        following = next(records, None)
        if following is None:
            break
        at = following
    if at is first or not any(map(known_field, at.cells)):
        return (), first
    return (f"What stands above the headers on line {at.line} is left out.",), at


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
    names = _name_places(place_by_field)
    missing = (field for field in _REQUIRED if not (names if field == "name" else field in place_by_field))
    problems += [f"Line {header.line}: there is no header {field}; add a column {field}." for field in missing]
    others = {field: place for field, place in place_by_field.items() if field not in _NAME_FIELDS}
    return _Columns(others, names, len(headers), tuple(problems))


def _name_places(place_by_field: Mapping[str, int]) -> tuple[int, ...]:
    """Return the columns of a name in the order in which it is said: the whole one, or first and last.

    Beside a first name "Nom" is the last one, beside a last name "Nombre" is the first.
    """
    first, name, last = (place_by_field.get(field) for field in _NAME_FIELDS)
    if name is not None and (first is None) == (last is None):
        return (name,)
    places = [place for place in (first, name, last) if place is not None]
    return tuple(places) if len(places) == 2 else ()


def _header_problem(text: str, place: int, field: str | None) -> str:
    if field:
        return f"the header {quoted(text)} is a second {field}; keep only one column for it."
    if not text.strip():
        return f"column {place + 1} has no header; name it or remove it."
    return f"the header {quoted(text)} is not known; {_KNOWN_HEADERS}"


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
        if _is_header_again(record, columns):
            return
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


def _is_header_again(record: RosterRecord, columns: _Columns) -> bool:
    """Tell whether a row repeats the headers, as where files were put together."""
    places = columns.place_by_field.items()
    if any("@" in cell for cell in record.cells):
        return False
    return len(places) > 1 and all(
        place < len(record.cells) and known_field(record.cells[place]) == field for field, place in places
    )


def _texts(record: RosterRecord, columns: _Columns) -> dict[str, str]:
    cells = _cells(record, columns)
    texts = {field: cells[place] for field, place in columns.place_by_field.items()}
    if columns.name_places:
        names = [cells[place] for place in columns.name_places]
        texts["name"] = next(filter(is_error, names), " ".join(names))
    return texts


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


def _cells(record: RosterRecord, columns: _Columns) -> tuple[str, ...]:
    """Return exactly as many cells as there are headers.

    Empty ones beyond the last header are a spreadsheet's habit, and so is to leave out the last ones of a row.
    """
    if record.problem:
        raise RosterRefused((record.problem,))
    width, written = columns.width, [cell for cell in record.cells if cell and not cell.isspace()]
    if len(written) == 1 and width > 1:
        said = f"only {quoted(written[0])} stands in the row; if it is a total or a note, remove the row."
        raise RosterRefused((f"Line {record.line}: {said}",))
    found = max(min(len(record.cells), width), len(_without_empty_end(record.cells)))
    if columns.needed <= found <= width:
        return (*record.cells[:width], *[""] * (width - found))
    if found < width:
        raise RosterRefused((f"Line {record.line}: the row has {found} of {width} columns; add what is missing.",))
    mend = "remove what is too much, or put quotation marks around a field that holds the delimiter"
    raise RosterRefused((f"Line {record.line}: the row has {found} columns, the headers have {width}; {mend}.",))
