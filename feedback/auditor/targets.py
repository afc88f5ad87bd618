"""Whom an attacker may aim at: groups, atoms and unions of atoms, as numbers of invited people of each crowd.

Atoms of one crowd are exchangeable, so a union counts by its size alone: subset sums instead of subsets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.model import LimitReached

MOST_UNIONS = 20_000


@dataclass(frozen=True)
class Target:
    """Some people of `group`: so many invited of each crowd. `whole` if it is the group itself."""

    group: str
    inside: tuple[int, ...]
    whole: bool


def groups_of(block: Block) -> Iterator[Target]:
    """Yield each group of the block."""
    for group in block.groups:
        yield Target(group, _sizes(block, group), whole=True)


def atoms_of(block: Block, ceiling: int) -> Iterator[Target]:
    """Yield an atom of each size in each crowd that was asked, unless it is a group; at most `ceiling` answered."""
    groups = {_kind(block, target.inside, ceiling) for target in groups_of(block)}
    for number, crowd in enumerate(block.crowds):
        seen = set(groups)
        for size in sorted({atom.size for atom in crowd.atoms if crowd.asked}):
            inside = tuple(size if at == number else 0 for at in range(len(block.crowds)))
            if (kind := _kind(block, inside, ceiling)) not in seen:
                seen.add(kind)
                yield Target(_narrowest(block, crowd), inside, whole=False)


def unions_of(block: Block, k: int, answered: Sequence[tuple[int, int]]) -> Iterator[Target]:
    """Yield the different unions of atoms of a group of which fewer than k may have answered.

    `answered` holds the least and the most people of each crowd who answered the question. LimitReached if there are
    too many unions to try.
    """
    seen = set[object]()
    for group in sorted(block.groups, key=lambda name: _invited(block, name)):
        crowds = zip(block.crowds, answered, strict=True)
        choices = [
            _sums(crowd, k, *bounds) if group in crowd.groups and crowd.asked else [0] for crowd, bounds in crowds
        ]
        if prod(len(sums) for sums in choices) > MOST_UNIONS and len(block.crowds) > 1:
            raise LimitReached("there are too many ways to put people together")
        for inside in product(*choices):
            if any(inside) and inside not in seen and _may_be_few(block, inside, k, answered):
                seen.add(inside)
                yield Target(group, inside, whole=inside == _sizes(block, group))


def members(block: Block, target: Target) -> list[Atom]:
    """Return atoms that together have the target's sizes."""
    chosen = zip(block.crowds, target.inside, strict=True)
    return [atom for crowd, size in chosen if size for atom in _subset(crowd, size)]


def _kind(block: Block, inside: tuple[int, ...], ceiling: int) -> object:
    """Targets of one kind have the same solutions.

    If there is one crowd only, room for more people than can have answered, and one insider who has not, changes
    nothing, neither inside the target nor outside.
    """
    if len(block.crowds) > 1:
        return inside
    return min(inside[0], ceiling + 1), min(block.crowds[0].size - inside[0], ceiling + 1)


def _may_be_few(block: Block, inside: tuple[int, ...], k: int, answered: Sequence[tuple[int, int]]) -> bool:
    outside = (crowd.size - chosen for crowd, chosen in zip(block.crowds, inside, strict=True))
    return sum(max(0, least - room) for (least, _), room in zip(answered, outside, strict=True)) < k


def _sums(crowd: Crowd, k: int, least: int, most: int) -> list[int]:
    """Return the sizes of unions within a crowd of which fewer than k may have answered, one of each kind.

    Room inside for more than k - 1 people, and outside for more than can have answered, changes nothing (see `_kind`).
    """
    few = [size for size in _reached(crowd) if least - (crowd.size - size) < k]
    within = min(most + 1, k - 1)
    kinds = {(min(size, within), min(crowd.size - size, most + 1)): size for size in reversed(few)}
    return sorted(kinds.values())


def _reached(crowd: Crowd) -> list[int]:
    reached = 1
    for atom in crowd.atoms:
        reached |= reached << atom.size
    return [size for size, bit in enumerate(reversed(bin(reached)[2:])) if bit == "1"]


def _subset(crowd: Crowd, size: int) -> list[Atom]:
    reached: dict[int, list[Atom]] = {0: []}
    for atom in crowd.atoms:
        reached |= {one + atom.size: [*reached[one], atom] for one in list(reached) if one + atom.size not in reached}
    return reached[size]


def _sizes(block: Block, group: str) -> tuple[int, ...]:
    return tuple(crowd.size if group in crowd.groups else 0 for crowd in block.crowds)


def _invited(block: Block, group: str) -> int:
    return sum(_sizes(block, group))


def _narrowest(block: Block, crowd: Crowd) -> str:
    return min(crowd.groups, key=lambda name: (_invited(block, name), name))
