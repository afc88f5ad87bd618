"""The roster file: participants read from CSV text as spreadsheets save it, all of them or none.

Accepts UTF-8, UTF-16 with a byte order mark and Windows-1252; commas, semicolons or tabs; headers in any order.
Refuses the whole file when one field is wrong, and then names every wrong line, field and mend.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.domain.address import Address
from feedback.domain.errors import AddressRefused, Amount, CellRefused, RosterNote, RosterRefused, quoted, sentence
from feedback.domain.roster.cells import READERS, is_error, no_error, stands_for_nothing
from feedback.domain.roster.columns import Columns, columns_of, header_of, without_empty_end
from feedback.domain.roster.encodings import decoded, names_outside_ascii
from feedback.domain.roster.files import RosterRecord, roster_records
from feedback.domain.roster.words import known_field
from feedback.domain.survey.questionnaires import Role

MAX_ROWS = 100_000
MAX_PROBLEMS = 50

_OPTIONAL = {"cohort", "language"}

_NO_ROWS = sentence("The file has headers but no participants; add one line for each participant.")
_TOO_MANY = sentence("The file has more than %(people)s; split it into several programmes.")
_LETTERS = sentence("%(source)s; names with other letters begin so: %(names)s.")
_AND_MORE = sentence("and %(more)s more.")
_TAKEN_FOR_EMPTY = sentence("%(text)s is taken for an empty %(field)s, %(times)s.")
_REPEATED = sentence("%(text)s is already a %(role)s on line %(number)s; remove one of them.")
_ONE_CELL = sentence("only %(text)s stands in the row; if it is a total or a note, remove the row.")
_TOO_NARROW = sentence("the row has fewer columns than the headers; add what is missing.")
_TOO_WIDE = sentence(
    "the row has more columns than the headers; remove what is too much, or put quotation marks around a field that "
    "holds the delimiter."
)


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
    remarks: tuple[RosterNote, ...] = ()


@dataclass(frozen=True)
class RosterTable:
    """The rows of a file before any is judged. `source` says how they were read, `remarks` what was left out."""

    source: RosterNote
    records: Sequence[RosterRecord]
    remarks: tuple[RosterNote, ...] = ()


def table_of_text(data: bytes, encoding: str | None = None) -> RosterTable:
    """Return the rows of a text file, in the `encoding` that somebody named or else in the one that it shows."""
    read = decoded(data, encoding)
    source = RosterNote(sentence("Read as %(encoding)s"), encoding=read.encoding)
    return RosterTable(source, tuple(roster_records(read.text)))


def read_table(table: RosterTable) -> RosterFile:
    """Return what the rows of a file say.

    Raises RosterRefused with one sentence per wrong field, at most 50 of them, and then how many more there are.
    """
    records = iter(table.records)
    above, header = header_of(records)
    columns = columns_of(header)
    reading = _read(records, columns)
    if reading.problems:
        raise RosterRefused(shortened(reading.problems))
    if not reading.rows:
        raise RosterRefused((RosterNote(_NO_ROWS),))
    remarks = (*table.remarks, *_letters(table.source, reading.rows), *above, *reading.remarks)
    return RosterFile(tuple(reading.rows), columns.fields, remarks)


def _letters(source: RosterNote, rows: list[RosterRow]) -> tuple[RosterNote, ...]:
    names = names_outside_ascii([row.name for row in rows])
    return (RosterNote(_LETTERS, source=source, names=", ".join(names)),) if names else ()


def shortened(problems: Sequence[RosterNote]) -> tuple[RosterNote, ...]:
    """Return the first 50 problems, and how many more there are."""
    more = len(problems) - MAX_PROBLEMS
    return (*problems[:MAX_PROBLEMS], *((RosterNote(_AND_MORE, more=f"{more:,}"),) if more > 0 else ()))


@dataclass
class _Reading:
    """What has been read so far. `nothing` counts cells that say that they are empty, by field and text."""

    rows: list[RosterRow]
    problems: list[RosterNote]
    nothing: Counter[tuple[str, str]]
    line_by_person: dict[tuple[Address, Role], int]

    def take(self, record: RosterRecord, columns: Columns) -> None:
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
    def remarks(self) -> tuple[RosterNote, ...]:
        return tuple(
            RosterNote(_TAKEN_FOR_EMPTY, text=quoted(text), field=field, times=Amount(count, "time"))
            for (field, text), count in sorted(self.nothing.items())
        )


def _read(records: Iterator[RosterRecord], columns: Columns) -> _Reading:
    reading = _Reading([], list(columns.problems), Counter(), {})
    for count, record in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise RosterRefused((RosterNote(_TOO_MANY, people=Amount(MAX_ROWS, "participant")),))
        try:
            reading.take(record, columns)
        except RosterRefused as refused:
            reading.problems += refused.problems
    return reading


def _repeated(row: RosterRow, first: int) -> RosterNote:
    return RosterNote(_REPEATED, text=quoted(row.email), role=str(row.role), number=first).at(row.line, "email")


def _is_header_again(record: RosterRecord, columns: Columns) -> bool:
    """Tell whether a row repeats the headers, as where files were put together."""
    places = columns.place_by_field.items()
    if any("@" in cell for cell in record.cells):
        return False
    return len(places) > 1 and all(
        place < len(record.cells) and known_field(record.cells[place]) == field for field, place in places
    )


def _texts(record: RosterRecord, columns: Columns) -> dict[str, str]:
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
        except (CellRefused, AddressRefused) as wrong:
            problems += [RosterNote(wrong.said, **wrong.values).at(line, field)] if field in texts else []
    if len(values) < len(READERS):
        raise RosterRefused(tuple(problems))
    return RosterRow(line, **values)


def _cells(record: RosterRecord, columns: Columns) -> tuple[str, ...]:
    """Return exactly as many cells as there are headers.

    Empty ones beyond the last header are a spreadsheet's habit, and so is to leave out the last ones of a row.
    """
    if record.problem:
        raise RosterRefused((record.problem,))
    width, written = columns.width, [cell for cell in record.cells if cell and not cell.isspace()]
    if len(written) == 1 and width > 1:
        raise RosterRefused((RosterNote(_ONE_CELL, text=quoted(written[0])).at(record.line),))
    found = max(min(len(record.cells), width), len(without_empty_end(record.cells)))
    if columns.needed <= found <= width:
        return (*record.cells[:width], *[""] * (width - found))
    wrong = _TOO_NARROW if found < width else _TOO_WIDE
    raise RosterRefused((RosterNote(wrong).at(record.line),))
