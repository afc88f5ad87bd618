"""How many people were in the same groups of several waves, as an attacker knows who kept the lists of the invited.

Counts digests; knows no answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedback.domain.disclosure.groups import EVERYBODY, Group
from feedback.domain.survey.questionnaires import Role


class Cell(NamedTuple):
    """People of a role, by the name of their group in each wave; None where they were in none, or it is not known."""

    role: Role | None
    names: tuple[str | None, ...]

    def within(self, at: int) -> set[str]:
        """Return under which names something may be said of them in one wave: of everybody, also their role."""
        name = self.names[at]
        named = {name} if name else set()
        return named | {self.role.value} if name == EVERYBODY and self.role else named


Cells = Counter[Cell]
"""How many people there are of each cell."""
Members = Mapping[str, frozenset[bytes]]
"""Who was invited to a wave: digests of people by group and, where everybody is one group, by role besides."""
_Seat = tuple[Role, bytes]


def cells_of(waves: Sequence[tuple[Sequence[Group], Members]]) -> Cells:
    """Return the cells of waves, each given by its groups and who was invited to them.

    As many people are in a group's cells as were invited to it: of whom the history does not know, it is supposed that
    they were in that wave only.
    """
    homes: dict[_Seat, list[str | None]] = {}
    unknown: Cells = Counter()
    for at, (groups, members) in enumerate(waves):
        for group in groups:
            seats = _seats(group, members)
            for seat in seats:
                homes.setdefault(seat, [None] * len(waves))[at] = group.name
            alone = tuple(group.name if one == at else None for one in range(len(waves)))
            unknown[Cell(group.role, alone)] += max(0, group.invited - len(seats))
    known = Counter(Cell(role, tuple(names)) for (role, _person), names in homes.items())
    return Counter({cell: people for cell, people in (known + unknown).items() if any(cell.names)})


def _seats(group: Group, members: Members) -> list[_Seat]:
    """Return who is counted in a group: somebody in both roles twice, unless people are counted and not rights."""
    if group.role is not None:
        seats = [(group.role, person) for person in members.get(group.name, ())]
    else:
        seats = [(role, person) for role in Role for person in members.get(role.value, ())]
        if len(seats) > group.rights:
            seats = [(role, person) for person, role in {person: role for role, person in seats[::-1]}.items()]
    return seats if len(seats) <= group.rights else []
