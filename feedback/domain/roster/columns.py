"""The columns of a roster file: which one holds which field, by the words of its headers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from feedback.domain.errors import RosterNote, RosterRefused, quoted, sentence
from feedback.domain.roster.files import EMPTY, MOST_TITLE_ROWS, RosterRecord
from feedback.domain.roster.words import known_field

REQUIRED = ("name", "email", "role")
NAME_FIELDS = ("first name", "name", "last name")

# On pages columns are matched first: these are said at the command line only.
_UNKNOWN_HEADER = (
    "the header %(text)s is not known; use name, email, role, cohort or language, or remove it. (First name and last "
    "name, work email and group are known too, and all of them in French, Spanish, Arabic, Welsh and German.)"
)
_SECOND_HEADER = "the header %(text)s is a second %(field)s; keep only one column for it."
_EMPTY_HEADER = "column %(number)s has no header; name it or remove it."
_MISSING_HEADER = "there is no header %(field)s; add a column %(field)s."
_NO_HEADERS = "Line %(number)s names no known column; write the headers name, email, role, cohort and language."
_LEFT_OUT = sentence("What stands above the headers on line %(number)s is left out.")


@dataclass(frozen=True)
class Columns:
    """Where each field stands; a name may be in two columns.

    `width` counts columns; `problems` are what is wrong with the headers.
    """

    place_by_field: Mapping[str, int]
    name_places: tuple[int, ...]
    width: int
    problems: tuple[RosterNote, ...]

    @cached_property
    def needed(self) -> int:
        """How many cells a row has at least: those up to the last required field."""
        return 1 + max(self.name_places + tuple(self.place_by_field.get(field, 0) for field in REQUIRED))

    @property
    def fields(self) -> frozenset[str]:
        """The fields that there is a column for."""
        return frozenset(self.place_by_field) | ({"name"} if self.name_places else set())


def has_headers(record: RosterRecord) -> bool:
    """Tell whether a row names a column that is known."""
    return any(map(known_field, record.cells))


def header_of(records: Iterator[RosterRecord]) -> tuple[tuple[RosterNote, ...], RosterRecord]:
    """Return what is to be said of rows above the headers, and the headers; RosterRefused if there are none."""
    first = next(records, None)
    if first is None:
        raise RosterRefused((RosterNote(EMPTY),))
    at = first
    for _title in range(MOST_TITLE_ROWS):
        if at.problem or has_headers(at):
            break
        following = next(records, None)
        if following is None:
            break
        at = following
    if at is first or not has_headers(at):
        return (), first
    return (RosterNote(_LEFT_OUT, number=at.line),), at


def columns_of(header: RosterRecord) -> Columns:
    """Return where each field stands; RosterRefused if the row names none."""
    if header.problem:
        raise RosterRefused((header.problem,))
    headers = without_empty_end(header.cells)
    place_by_field: dict[str, int] = {}
    problems = []
    for place, text in enumerate(headers):
        field = known_field(text)
        if field is None or field in place_by_field:
            problems.append(_header_problem(text, place, field).at(header.line))
        else:
            place_by_field[field] = place
    if not place_by_field:
        raise RosterRefused((RosterNote(_NO_HEADERS, number=header.line),))
    names = _name_places(place_by_field)
    missing = (field for field in REQUIRED if not (names if field == "name" else field in place_by_field))
    problems += [RosterNote(_MISSING_HEADER, field=field).at(header.line) for field in missing]
    others = {field: place for field, place in place_by_field.items() if field not in NAME_FIELDS}
    return Columns(others, names, len(headers), tuple(problems))


def without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return cells without the empty ones behind the last that is not."""
    width = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:width]


def _name_places(place_by_field: Mapping[str, int]) -> tuple[int, ...]:
    """Return the columns of a name in the order in which it is said: the whole one, or first and last.

    Beside a first name "Nom" is the last one, beside a last name "Nombre" is the first.
    """
    first, name, last = (place_by_field.get(field) for field in NAME_FIELDS)
    if name is not None and (first is None) == (last is None):
        return (name,)
    places = [place for place in (first, name, last) if place is not None]
    return tuple(places) if len(places) == 2 else ()


def _header_problem(text: str, place: int, field: str | None) -> RosterNote:
    if field:
        return RosterNote(_SECOND_HEADER, text=quoted(text), field=field)
    if not text.strip():
        return RosterNote(_EMPTY_HEADER, number=place + 1)
    return RosterNote(_UNKNOWN_HEADER, text=quoted(text))
