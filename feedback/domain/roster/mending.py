"""A roster's table on its way through a page: its columns are matched, cells mended and lines left out.

Judges nothing: what comes of it is read like any file.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from feedback.domain.errors import RosterNote
from feedback.domain.roster.columns import Columns, columns_of, has_headers, header_of, without_empty_end
from feedback.domain.roster.files import RosterRecord
from feedback.domain.roster.rows import RosterTable
from feedback.domain.roster.words import known_field, role_in

FIELDS = ("name", "first name", "last name", "email", "role", "cohort", "language")
_SAMPLES = 3
_JUDGED_ROWS = 20


@dataclass(frozen=True)
class FoundColumn:
    """A column of a file: its `place` from 0, its header or "", what stands in it first, and the field it may hold.

    `field` is "" where neither its header nor what stands in it tells; `is_known` says that its header does.
    """

    place: int
    header: str
    samples: tuple[str, ...]
    field: str
    is_known: bool


@dataclass(frozen=True)
class Layout:
    """How a table is laid out: what stands above its first row, that row, whether it is one of headers, the rest."""

    above: tuple[RosterNote, ...]
    first: RosterRecord
    has_headers: bool
    rest: tuple[RosterRecord, ...]

    @property
    def people(self) -> tuple[RosterRecord, ...]:
        """The rows that are not headers."""
        return self.rest if self.has_headers else (self.first, *self.rest)


def layout_of(table: RosterTable, *, has_headers: bool | None = None) -> Layout:
    """Return how a table is laid out, with `has_headers` as somebody said; RosterRefused if it is empty.

    Without a word that is known, a row is taken for one of headers unless it holds an address or a role.
    """
    above, first = header_of(iter(table.records))
    rest = tuple(record for record in table.records if record.line > first.line)
    guess = not any("@" in cell or role_in(cell) is not None for cell in first.cells)
    return Layout(above, first, _first_of(has_headers, _names_columns(first), guess), rest)


def found_columns(layout: Layout) -> tuple[FoundColumn, ...]:
    """Return the columns of a table, with a field for each that is beyond doubt; no field twice."""
    headers = without_empty_end(layout.first.cells) if layout.has_headers else ()
    shown = layout.people[:_JUDGED_ROWS]
    width = max([len(headers), *(len(without_empty_end(record.cells)) for record in shown)])
    found: list[FoundColumn] = []
    for place in range(width):
        header = headers[place].strip() if place < len(headers) else ""
        cells = [record.cells[place].strip() for record in shown if place < len(record.cells)]
        field = known_field(header) if layout.has_headers else None
        guess = field or _field_of([cell for cell in cells if cell])
        is_taken = any(one.field == guess for one in found)
        samples = tuple(islice(dict.fromkeys(filter(None, cells)), _SAMPLES))
        found.append(FoundColumn(place, header, samples, "" if is_taken else guess, field is not None and not is_taken))
    return tuple(one for one in found if one.header or one.samples)


def is_matched(layout: Layout) -> bool:
    """Tell whether the headers alone say what each column holds, with nothing missing and nothing twice."""
    return layout.has_headers and has_headers(layout.first) and not columns_of(layout.first).problems


def matched(table: RosterTable, layout: Layout, field_by_place: Mapping[int, str]) -> RosterTable:
    """Return a table of only these columns, under the names of their fields; short rows get empty cells at their end.

    What stands in other columns is gone. Rows that are too long stay so.
    """
    places = sorted(field_by_place)
    width = 1 + max([-1, *places, *range(len(without_empty_end(layout.first.cells)) if layout.has_headers else 0)])
    header = RosterRecord(layout.first.line if layout.has_headers else 0, tuple(field_by_place[at] for at in places))
    people = (_narrowed(record, places, width) for record in layout.people)
    return replace(table, records=(header, *people), remarks=(*table.remarks, *layout.above))


def mended(
    table: RosterTable, cells: Mapping[tuple[int, str], str] | None = None, left_out: Collection[int] = ()
) -> RosterTable:
    """Return a matched table with some cells written anew, by line and field, and without the lines that go."""
    header, *people = table.records
    columns, new = columns_of(header), cells or {}
    kept = (record for record in people if record.line not in left_out)
    return replace(table, records=(header, *(_rewritten(record, columns, new) for record in kept)))


def shown_cells(table: RosterTable, lines: Collection[int]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield some lines of a matched table, each with its texts by field; with none where it could not be read."""
    header, *people = table.records
    columns = columns_of(header)
    for record in people:
        if record.line in lines:
            places = [(field, (place,)) for field, place in columns.place_by_field.items()]
            texts = {field: _text(record, at) for field, at in (("name", columns.name_places), *places)}
            yield record.line, {} if record.problem else texts


def _first_of(*answers: bool | None) -> bool:
    return next(answer for answer in answers if answer is not None)


def _names_columns(record: RosterRecord) -> bool | None:
    return True if has_headers(record) else None


def _field_of(cells: list[str]) -> str:
    if cells and all("@" in cell for cell in cells):
        return "email"
    return "role" if cells and all(role_in(cell) is not None for cell in cells) else ""


def _narrowed(record: RosterRecord, places: list[int], width: int) -> RosterRecord:
    if record.problem:
        return record
    cells = without_empty_end(record.cells)
    picked = (cells[place] if place < len(cells) else "" for place in places)
    return replace(record, cells=(*picked, *cells[width:]))


def _rewritten(record: RosterRecord, columns: Columns, new: Mapping[tuple[int, str], str]) -> RosterRecord:
    cells = list(record.cells)
    for field, places in (("name", columns.name_places), *((one, (at,)) for one, at in columns.place_by_field.items())):
        if (record.line, field) in new and not record.problem:
            cells += [""] * (1 + max(places, default=-1) - len(cells))
            for place, text in zip(places, (new[record.line, field], *[""] * len(places)), strict=False):
                cells[place] = text
    return replace(record, cells=tuple(cells))


def _text(record: RosterRecord, places: tuple[int, ...]) -> str:
    return " ".join(record.cells[place] for place in places if place < len(record.cells)).strip()
