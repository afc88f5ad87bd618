"""The attacks of docs/auditor.md over again, by trying every way in which a handful of people could have answered.

Slow and simple on purpose: people have names here, groups are filters, and what is published is compared one by one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

Answer = int | None
"""The place of an option; None for somebody who took no part; SKIPPED for somebody who left the question out."""
SKIPPED = -1
World = tuple[Answer, ...]


@dataclass(frozen=True)
class Attribute:
    """Something that is true of whoever gave one of these answers."""

    answers: frozenset[int]
    counted: bool = True
    graded: bool = False


@dataclass(frozen=True)
class Tiny:
    """A tiny survey: each atom's people, each group's atoms, and whether a world agrees with what is published."""

    sizes: tuple[int, ...]
    groups: Mapping[str, tuple[int, ...]]
    answers: int
    attributes: tuple[Attribute, ...]
    k: int
    agrees: Callable[[World], bool]

    def people(self, atoms: tuple[int, ...]) -> list[int]:
        atom_of = [atom for atom, size in enumerate(self.sizes) for _ in range(size)]
        return [person for person, atom in enumerate(atom_of) if atom in atoms]

    def worlds(self) -> list[World]:
        """Return all answers that agree with what is published."""
        choices = (None, SKIPPED, *range(self.answers))
        return [world for world in product(choices, repeat=sum(self.sizes)) if self.agrees(world)]


def said(world: World, people: list[int]) -> list[int]:
    """Return the answers of those who answered."""
    return [answer for person in people if (answer := world[person]) is not None and answer != SKIPPED]


def broken(tiny: Tiny) -> set[str]:
    """Return which of D1, D2, D2i and D3 hold for some target."""
    worlds = tiny.worlds()
    found = {"D1" for union in _unions(tiny) if _certain_count(tiny, worlds, union)}
    targets = [*tiny.groups.values(), *((atom,) for atom in range(len(tiny.sizes)))]
    for people in (tiny.people(target) for target in targets):
        found |= {"D2" for one in tiny.attributes if _all_alike(worlds, people, one)}
        found |= {"D3" for one in tiny.attributes if one.graded and _never(worlds, people, one)}
        for insider in range(sum(tiny.sizes)):
            others = [person for person in people if person != insider]
            for own in (None, SKIPPED, *range(tiny.answers)):
                seen = [world for world in worlds if world[insider] == own]
                found |= {"D2i" for one in tiny.attributes if _all_alike(seen, others, one)}
    return found


def broken_by_two(tiny: Tiny, mine: tuple[int, ...], theirs: tuple[int, ...]) -> bool:
    """Tell whether D2i holds for somebody who has two answers, one as a person of these atoms and one of those."""
    worlds, found = tiny.worlds(), False
    targets = [*tiny.groups.values(), *((atom,) for atom in range(len(tiny.sizes)))]
    for one, other in product(tiny.people(mine), tiny.people(theirs)):
        for own in product(range(tiny.answers), repeat=2):
            seen = [world for world in worlds if (world[one], world[other]) == own]
            rest = ([person for person in tiny.people(target) if person not in {one, other}] for target in targets)
            found = found or any(_all_alike(seen, others, some) for others in rest for some in tiny.attributes)
    return found


def _unions(tiny: Tiny) -> Iterator[tuple[int, ...]]:
    for atoms in tiny.groups.values():
        for number in range(1, len(atoms) + 1):
            yield from combinations(atoms, number)


def _certain_count(tiny: Tiny, worlds: list[World], union: tuple[int, ...]) -> bool:
    people = tiny.people(union)
    few = [answers for world in worlds if 1 <= len(answers := said(world, people)) < tiny.k]
    counted = [one.answers for one in tiny.attributes if one.counted]
    counts = [{sum(answer in some for answer in answers) for answers in few} for some in counted]
    return any(len(seen) == 1 and seen != {0} for seen in counts)


def _all_alike(worlds: list[World], people: list[int], one: Attribute) -> bool:
    answers = [said(world, people) for world in worlds]
    return any(answers) and all(answer in one.answers for some in answers for answer in some)


def _never(worlds: list[World], people: list[int], one: Attribute) -> bool:
    answers = [said(world, people) for world in worlds]
    return any(answers) and all(answer not in one.answers for some in answers for answer in some)
