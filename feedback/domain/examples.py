"""The people of examples: invented, at a domain that is nobody's (RFC 2606)."""

from collections.abc import Iterator

from feedback.domain.address import read_address
from feedback.domain.roster.rows import RosterRow
from feedback.domain.survey.questionnaires import Role

INVENTED_AT = "people.example"
CONTACT = ("Quinn Contact", f"quinn.contact@{INVENTED_AT}")
REVIEWER = "Robin Reader"
_FIRST = ("Adaeze", "Bryn", "Chiara", "Dev", "Eleri", "Farid", "Greta", "Hiro", "Imani", "Joaquín", "Kwame", "Leonie")
_LAST = ("Ashgrove", "Brookfield", "Coldharbour", "Dunmore", "Eastlake")


def invented_people(smallest_group: int) -> Iterator[RosterRow]:
    """Return a roster of invented mentors and mentees: enough of each that a report could show both apart."""
    of_each = max(12, 2 * smallest_group + 2)
    for number in range(2 * of_each):
        # No two of the first sixty have the same name.
        first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
        role = Role.MENTOR if number < of_each else Role.MENTEE
        address = read_address(f"person.{number + 1}@{INVENTED_AT}")
        yield RosterRow(number + 2, f"{first} {last}", address, role, "", "")
