"""People as an attacker sees them: atoms that the roster tells apart, and which groups of a report they are in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from feedback.auditor.document import Group
from feedback.auditor.reading import ROLES
from feedback.auditor.topics import Claim, Topic

OTHERS = ""


@dataclass(frozen=True)
class Atom:
    """So many people, in these `groups`. `role` None: not known.

    If it is not known who they are, they are at most so many `among` those of certain groups; and some that an answer
    tells apart were not asked.
    """

    label: str
    role: str | None
    size: int
    groups: frozenset[str]
    among: frozenset[str] | None = None
    is_asked: bool = True


@dataclass(frozen=True)
class Crowd:
    """Atoms that no group tells apart: how its people answered depends on nothing but its size."""

    groups: frozenset[str]
    asked: bool
    atoms: tuple[Atom, ...]
    among: frozenset[str] | None = None

    @property
    def size(self) -> int:
        """How many people were invited."""
        return sum(atom.size for atom in self.atoms)


@dataclass(frozen=True)
class Block:
    """Groups that overlap, directly or through others, and what is claimed about them in one topic."""

    topic: Topic
    groups: tuple[str, ...]
    crowds: tuple[Crowd, ...]
    claims: tuple[Claim, ...]


def atoms_of_roster(groups: Iterable[Group], sizes: Mapping[tuple[str, str], int]) -> tuple[Atom, ...]:
    """Return an atom for each role and cohort that has people."""
    known = tuple(groups)
    return tuple(
        Atom(f"{role}, {cohort}" if cohort else role, role, size, _groups_of(known, role, cohort))
        for (role, cohort), size in sizes.items()
        if size > 0
    )


def atoms_of_groups(groups: Iterable[Group]) -> tuple[Atom, ...]:
    """Return the atoms for an attacker who knows the groups only; none is larger than its smallest group."""
    known = tuple(groups)
    cohorts = dict.fromkeys([OTHERS, *(cohort for group in known for cohort in group.cohorts)])
    told_apart: dict[frozenset[str], list[str]] = defaultdict(list)
    for role, cohort in product(ROLES, cohorts):
        told_apart[_groups_of(known, role, cohort)].append(role)
    return tuple(
        Atom("", roles[0] if len(set(roles)) == 1 else None, _smallest(known, names), names)
        for names, roles in told_apart.items()
        if names
    )


def _groups_of(groups: tuple[Group, ...], role: str, cohort: str) -> frozenset[str]:
    return frozenset(
        group.name for group in groups if group.role in (None, role) and (not group.cohorts or cohort in group.cohorts)
    )


def _smallest(groups: tuple[Group, ...], names: frozenset[str]) -> int:
    return min(group.rights for group in groups if group.name in names)


def blocks(topic: Topic, atoms: Sequence[Atom]) -> list[Block]:
    """Return the blocks of a topic about which something is claimed."""
    leader = _leaders([*(atom.groups for atom in atoms), *(frozenset(claim.groups) for claim in topic.claims)])
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in topic.claims:
        claims[leader[claim.groups[0]]].append(claim)
    return [_block(topic, atoms, [name for name in leader if leader[name] == one], claims[one]) for one in claims]


def _leaders(together: list[frozenset[str]]) -> dict[str, str]:
    """Return for each name one name that stands for all that are connected with it."""
    leader: dict[str, str] = {}
    for names in together:
        joined = {leader.setdefault(name, name) for name in sorted(names)}
        first = min(joined, default="")
        for name in [name for name in leader if leader[name] in joined] if len(joined) > 1 else []:
            leader[name] = first
    return leader


def _block(topic: Topic, atoms: Sequence[Atom], groups: list[str], claims: list[Claim]) -> Block:
    crowds: dict[tuple[frozenset[str], bool], list[Atom]] = defaultdict(list)
    for atom in atoms:
        if not atom.groups.isdisjoint(groups):
            asked = atom.is_asked and (atom.role is None or atom.role in topic.roles)
            crowds[atom.groups, asked].append(atom)
    made = tuple(Crowd(*key, tuple(members), members[0].among) for key, members in crowds.items())
    return Block(topic, tuple(groups), made, tuple(dict.fromkeys(claims)))
