"""Reporting groups: one partition of the invited people, fixed at the opening (rule R1).

Looks at invited sizes only, never at who answered: a group chosen by its answers would tell who answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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


class _Block(NamedTuple):
    size: int
    cohorts: tuple[str, ...]


def partition(sizes: Mapping[Atom, int], k: int) -> tuple[Group, ...]:
    """Return the reporting groups for the invited `sizes` (people per atom), mentors first, then by name.

    Inside a role the smallest cohort (ties by name) joins the next smallest until each has at least 2k people.
    A role with at least one and fewer than 2k people makes the whole partition "all"; so does an empty roster.
    """
    present = {atom: size for atom, size in sizes.items() if size > 0}
    blocks = {role: _merged(_cohorts(present, role), 2 * k) for role in Role}
    smallest = min((block.size for merged in blocks.values() for block in merged), default=0)
    if smallest < 2 * k:
        return (Group(EVERYBODY, None, (), sum(present.values())),)
    return tuple(group for role, merged in blocks.items() for group in _groups(role, merged))


def counted_once(groups: Iterable[Group], doubled: int) -> tuple[Group, ...]:
    """Return groups that were made of rights, with everybody counted once: `doubled` people are in both roles."""
    return tuple(
        replace(group, invited=group.invited - doubled, doubled=doubled) if group.role is None else group
        for group in groups
    )


def group_of(atom: Atom, groups: Iterable[Group]) -> Group:
    """Return the group that people of `atom` belong to; ValueError if the partition was made without them."""
    for group in groups:
        if group.role in (None, atom.role) and (not group.cohorts or atom.cohort in group.cohorts):
            return group
    raise ValueError("The groups were made from a roster without this role and cohort.")


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
