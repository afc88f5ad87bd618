"""Reporting groups: one partition of the invited people, fixed at the opening (rule R1).

Looks at invited sizes only, never at who answered: a group chosen by its answers would tell who answered.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from feedback.domain.survey.questionnaires import Role

EVERYBODY = "all"


@dataclass(frozen=True)
class Atom:
    """The finest split a roster knows. `cohort` is free text, and empty for people who have none."""

    role: Role
    cohort: str


@dataclass(frozen=True)
class Group:
    """One reporting group of `invited` people.

    `name` is unique within a partition and depends only on who belongs to the group. `role` is None only for
    "all"; `cohorts` is sorted, and empty when the group is a whole role or everybody. In "all", `doubled` people are in
    both roles, and may answer twice.
    """

    name: str
    role: Role | None
    cohorts: tuple[str, ...]
    invited: int
    doubled: int = 0

    @property
    def rights(self) -> int:
        """How many answers there can be."""
        return self.invited + self.doubled


class Grouping(StrEnum):
    """How a wave comes by its groups: a role that is too small makes everybody one group or not, or as before."""

    TOGETHER = "together"
    APART = "apart"
    KEPT = "kept"


CHOICES = (Grouping.TOGETHER, Grouping.APART)
"""What a coordinator chooses between where a role has fewer than 2k people."""


class _Block(NamedTuple):
    size: int
    cohorts: tuple[str, ...]


def partition(sizes: Mapping[Atom, int], k: int, *, apart: bool = False) -> tuple[Group, ...]:
    """Return the reporting groups for the invited `sizes` (people per atom), mentors first, then by name.

    Inside a role the smallest cohort (ties by name) joins the next smallest until each has at least 2k people.
    A role with at least one and fewer than 2k people makes the whole partition "all", unless roles are to stay
    `apart` and each has k; an empty roster is "all".
    """
    present = {atom: size for atom, size in sizes.items() if size > 0}
    blocks = {role: _merged(_cohorts(present, role), 2 * k) for role in Role}
    smallest = min((block.size for merged in blocks.values() for block in merged), default=0)
    if smallest < 2 * k and not (apart and is_choice(sizes, k)):
        return (Group(EVERYBODY, None, (), sum(present.values())),)
    return tuple(group for role, merged in blocks.items() for group in _groups(role, merged))


def counted_once(groups: Iterable[Group], doubled: int) -> tuple[Group, ...]:
    """Return groups that were made of rights, with everybody counted once: `doubled` people are in both roles."""
    return tuple(
        replace(group, invited=group.invited - doubled, doubled=doubled) if group.role is None else group
        for group in groups
    )


def is_choice(sizes: Mapping[Atom, int], k: int) -> bool:
    """Tell whether a role is too small for the rule, and both could yet be reported: each has k people, one not 2k."""
    people = sizes_of_roles(sizes)
    return len(people) == len(Role) and k <= min(people.values()) < 2 * k


def sizes_of_roles(sizes: Mapping[Atom, int]) -> dict[Role, int]:
    """Return the invited people of each role that has any."""
    people = {role: sum(size for atom, size in sizes.items() if atom.role is role) for role in Role}
    return {role: size for role, size in people.items() if size}


def kept_partition(
    before: tuple[Group, ...], sizes_before: Mapping[Atom, int], sizes: Mapping[Atom, int], k: int
) -> tuple[Group, ...] | None:
    """Return the groups of an earlier wave of the programme for rights of now; None if they cannot be kept.

    A new cohort is a group of its own from 2k people on, and joins the smallest group of its role below. Groups are
    kept while each has 2k people, or k if it is a whole role, and the roles are those of before.
    """
    if sizes_of_roles(sizes).keys() != sizes_of_roles(sizes_before).keys():
        return None
    present = {atom: size for atom, size in sizes.items() if size > 0}
    now = {group: sum(present[atom] for atom in present if _holds(group, atom)) for group in before}
    groups = tuple(replace(group, invited=size, doubled=0) for group, size in now.items())
    new = [atom for atom in present if not any(_holds(group, atom) for group in before)]
    for atom in sorted(new, key=lambda one: (one.role, one.cohort)):
        groups = _with_cohort(groups, atom, present[atom], 2 * k)
    return groups if all(group.invited >= (k if _is_role(group) else 2 * k) for group in groups) else None


def _is_role(group: Group) -> bool:
    return group.role is not None and not group.cohorts


def _with_cohort(groups: tuple[Group, ...], atom: Atom, size: int, least: int) -> tuple[Group, ...]:
    grown = Group("", atom.role, (), 0)
    if size < least:
        grown = min((one for one in groups if one.role is atom.role), key=lambda one: (one.invited, one.name))
    cohorts = tuple(sorted((*grown.cohorts, atom.cohort)))
    joined = Group(_name(atom.role, cohorts), atom.role, cohorts, grown.invited + size)
    kept = (one for one in groups if one != grown)
    return tuple(sorted((*kept, joined), key=lambda one: (one.role is not Role.MENTOR, one.name)))


def reported_in(group: Group, roles: Collection[Role], invited: Collection[Role]) -> Group:
    """Return the group by whose name a question put to `roles` is reported, some of the roles `invited`.

    In "all" a question of one role is about that role, of which no size is told: `invited` stays everybody.
    """
    if group.role is not None or set(roles) == set(invited):
        return group
    (role,) = roles
    return replace(group, name=role.value, role=role, doubled=0)


def group_of(atom: Atom, groups: Iterable[Group]) -> Group:
    """Return the group that people of `atom` belong to; ValueError if the partition was made without them."""
    for group in groups:
        if _holds(group, atom):
            return group
    raise ValueError("The groups were made from a roster without this role and cohort.")


def _holds(group: Group, atom: Atom) -> bool:
    return group.role in (None, atom.role) and (not group.cohorts or atom.cohort in group.cohorts)


def _cohorts(sizes: Mapping[Atom, int], role: Role) -> list[_Block]:
    return [_Block(size, (atom.cohort,)) for atom, size in sizes.items() if atom.role is role]


def _merged(blocks: list[_Block], least: int) -> list[_Block]:
    blocks = sorted(blocks)
    while len(blocks) > 1 and blocks[0].size < least:
        first, second, *rest = blocks
        joined = _Block(first.size + second.size, tuple(sorted(first.cohorts + second.cohorts)))
        blocks = sorted([joined, *rest])
    return blocks


def _groups(role: Role, blocks: list[_Block]) -> list[Group]:
    if len(blocks) == 1:
        return [Group(role.value, role, (), blocks[0].size)]
    named = [Group(_name(role, block.cohorts), role, block.cohorts, block.size) for block in blocks]
    return sorted(named, key=lambda group: group.name)


def _name(role: Role, cohorts: tuple[str, ...]) -> str:
    """Join escaped cohort names, so that two sets of cohorts never share a name: "mentor/London+York"."""
    escaped = (cohort.replace("%", "%25").replace("+", "%2B").replace("/", "%2F") for cohort in cohorts)
    return f"{role.value}/{'+'.join(escaped)}"
