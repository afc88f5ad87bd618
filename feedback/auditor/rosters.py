"""What an attacker knows of the people invited, read from JSON: sizes for one report, cells for several."""

from feedback.auditor.auditing import Cell
from feedback.auditor.fields import Fields, Unreadable, fields_of
from feedback.auditor.reading import ROLES


def read_sizes(value: object) -> dict[tuple[str, str], int]:
    """Return invited people by role and cohort, from a list of objects with `role`, `cohort` and `invited`.

    Unreadable names what is wrong and where.
    """
    sizes: dict[tuple[str, str], int] = {}
    for entry in _entries(value):
        entry.only(("role", "cohort", "invited"))
        key = (entry.one_of("role", ROLES), entry.text("cohort"))
        if key in sizes:
            raise Unreadable(f"{entry.place} repeats a role and cohort.")
        sizes[key] = entry.number("invited")
    return sizes


def read_cells(value: object) -> tuple[Cell, ...]:
    """Return cells, from a list of objects with `people` and `groups`: a group's name or null for each report.

    They may have a `role` besides.
    """
    return tuple(_cell(entry) for entry in _entries(value))


def _cell(entry: Fields) -> Cell:
    entry.only(("people", "groups", "role"))
    role = entry.one_of("role", ROLES) if "role" in entry.values else None
    return Cell(entry.number("people"), entry.optional_texts("groups"), role)


def _entries(value: object) -> tuple[Fields, ...]:
    if not isinstance(value, list):
        raise Unreadable("The roster is not a list of objects.")
    return tuple(fields_of(entry, f"roster entry {at}") for at, entry in enumerate(value, 1))
