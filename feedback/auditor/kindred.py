"""Questions that ask nearly the same, attacked as one; the answers that decided who was asked tell people apart.

Whoever asks all, and in nearly the same words only those who chose certain answers before, has the rest by subtraction.
It is supposed that people answer both alike.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product

from feedback.auditor.atoms import Atom, Block, blocks
from feedback.auditor.document import Document, Question, Statement, Texts
from feedback.auditor.model import LimitReached
from feedback.auditor.topics import Claim, Condition, Topic

NEARLY = 0.9
MOST_CLASSES = 8
Bounds = tuple[int, int]
Options = frozenset[str]


@dataclass(frozen=True)
class Kindred:
    """Blocks whose claims name classes of answers beside groups, with the least and most people of each class, and
    the group that each is a part of."""

    blocks: tuple[Block, ...]
    answered: Mapping[str, Bounds]
    homes: Mapping[str, str]


def kindred_of(topics: Sequence[Topic], atoms: Sequence[Atom]) -> Iterator[Block]:
    """Yield the blocks of what was asked more than once, or of some people only and of others too."""
    for together in _together(topics):
        for block in blocks(together, atoms):
            if len({claim.condition for claim in block.claims}) > 1 or together not in topics:
                yield block


def split(block: Block, sources: Sequence[tuple[str, Document]]) -> Kindred:
    """Return a block with the people of each group told apart by what they chose where its conditions look.

    LimitReached if that tells apart more people than can be tried.
    """
    return _Split(block, dict(sources)).made()


def are_nearly_equal(one: Texts, other: Texts) -> bool:
    """Tell whether two texts, by language, are the same or nearly so in any one language."""
    theirs = dict(other)
    return any(language in theirs and _is_near(*sorted((text, theirs[language]))) for language, text in one)


@lru_cache(maxsize=65_536)
def _is_near(one: str, other: str) -> bool:
    pair = SequenceMatcher(None, _plain(one), _plain(other), autojunk=False)
    return _plain(one) == _plain(other) or (
        pair.real_quick_ratio() >= NEARLY and pair.quick_ratio() >= NEARLY and pair.ratio() >= NEARLY
    )


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _together(topics: Sequence[Topic]) -> list[Topic]:
    """Return the topics, those of nearly equal words as one."""
    found: list[Topic] = []
    for topic in topics:
        alike = [one for one in found if _are_kin(one, topic)]
        found = [one for one in found if one not in alike]
        found.append(_joined([*alike, topic]) if alike else topic)
    return found


def _are_kin(one: Topic, other: Topic) -> bool:
    same = one.answers == other.answers and one.ticked == other.ticked and bool(one.roles & other.roles)
    return same and any(are_nearly_equal(mine, theirs) for mine in one.wordings for theirs in other.wordings)


def _joined(topics: Sequence[Topic]) -> Topic:
    first = topics[0]
    return replace(
        first,
        codes=tuple(dict.fromkeys(code for topic in topics for code in topic.codes)),
        wordings=tuple(dict.fromkeys(wording for topic in topics for wording in topic.wordings)),
        roles={role for topic in topics for role in topic.roles},
        twice={group for topic in topics for group in topic.twice},
        attributes=tuple(dict.fromkeys(one for topic in topics for one in topic.attributes)),
        k=max(topic.k for topic in topics),
        claims=[claim for topic in topics for claim in topic.claims],
    )


@dataclass(frozen=True)
class _Class:
    """People of a group who chose one of these `options` where something else was asked; none: who did not say."""

    group: str
    code: str
    options: Options

    @property
    def name(self) -> str:
        chosen = " or ".join(f"“{option}”" for option in sorted(self.options)) or "nothing"
        return f"{self.group} who chose {chosen} at {self.code}"


class _Split:
    """One block, and the answers that decided who of its people was asked."""

    def __init__(self, block: Block, documents: Mapping[str, Document]) -> None:
        self._block, self._documents = block, documents
        self._conditions: dict[tuple[str, str, str], list[Options]] = defaultdict(list)
        for claim in block.claims:
            for group in claim.groups if claim.condition else ():
                condition = claim.condition or Condition("", "", frozenset())
                self._conditions[group, condition.prefix, condition.code].append(condition.options)
        self._asks_all = {group for claim in block.claims if not claim.condition for group in claim.groups}

    def made(self) -> Kindred:
        """Return the block's people and claims by classes."""
        atoms = [atom for crowd in self._block.crowds for atom in crowd.atoms]
        told_apart = [one for atom in _joined_atoms(atoms) for one in self._told_apart(atom)]
        topic = replace(self._block.topic, claims=[self._claimed(claim) for claim in self._block.claims])
        homes = {one.name: one.group for key in list(self._conditions) for one in self._classes(*key)}
        return Kindred(tuple(blocks(topic, told_apart)), dict(self._bounds()), homes)

    def _classes(self, group: str, prefix: str, code: str) -> tuple[_Class, ...]:
        """Return the classes that the conditions on one question separate, and those who said nothing."""
        told_apart: dict[tuple[bool, ...], set[str]] = defaultdict(set)
        conditions = self._conditions[group, prefix, code]
        for option in self._asked(group, prefix, code).options:
            told_apart[tuple(option in options for options in conditions)].add(option)
        named = [_Class(group, code, frozenset(options)) for options in told_apart.values()]
        return (*named, _Class(group, code, frozenset()))

    def _asked(self, group: str, prefix: str, code: str) -> Question:
        document = self._documents[prefix]
        role = document.group(group.removeprefix(prefix)).role
        return next(one for one in document.questions if one.code == code and (role is None or role in one.roles))

    def _told_apart(self, atom: Atom) -> Iterator[Atom]:
        filters = [key for key in self._conditions if key[0] in atom.groups]
        ways = list(product(*(self._classes(*key) for key in filters)))
        if len(ways) > MOST_CLASSES:
            raise LimitReached("there are too many answers that decided who was asked")
        for way in ways:
            named = {one.name for one in way}
            asked = not filters or bool(self._asks_all & atom.groups) or any(self._meets(one) for one in way)
            label, among = " and ".join(sorted(named)), atom.groups if filters else None
            yield replace(atom, label=label, groups=atom.groups | named, among=among, is_asked=asked)

    def _meets(self, one: _Class) -> bool:
        return bool(one.options) and any(
            one.options <= options
            for (group, _, code), all_of in self._conditions.items()
            if (group, code) == (one.group, one.code)
            for options in all_of
        )

    def _claimed(self, claim: Claim) -> Claim:
        """Return the claim about those classes that meet its condition."""
        if claim.condition is None:
            return claim
        prefix, code, options = claim.condition.prefix, claim.condition.code, claim.condition.options
        classes = (one for group in claim.groups for one in self._classes(group, prefix, code))
        return replace(claim, groups=tuple(one.name for one in classes if one.options and one.options <= options))

    def _bounds(self) -> Iterator[tuple[str, Bounds]]:
        for group, prefix, code in list(self._conditions):
            question = self._asked(group, prefix, code)
            document = self._documents[prefix]
            about = [one for one in document.statements if one.question == question]
            mine = [one for one in about if one.groups == (group.removeprefix(prefix),)]
            for one in self._classes(group, prefix, code):
                if one.options:
                    yield one.name, _between(one.options, mine, document.group(group.removeprefix(prefix)).invited)


def _joined_atoms(atoms: Sequence[Atom]) -> list[Atom]:
    """Join those whom no group tells apart: what is learned of some of them is learned of all."""
    sizes: dict[tuple[frozenset[str], str | None], int] = defaultdict(int)
    for atom in atoms:
        sizes[atom.groups, atom.role] += atom.size
    return [Atom("", role, size, groups) for (groups, role), size in sizes.items()]


def _between(options: Options, statements: Sequence[Statement], most: int) -> Bounds:
    """Return the least and the most people who chose one of `options`, by what is said about the question."""
    low, high = 0, most
    for one in statements:
        if one.n is None:
            continue
        within = [count for count in one.counts if set(count.options) <= options]
        beyond = [count for count in one.counts if not set(count.options) & options]
        least = sum if one.kind == "distribution" else max
        low = max(low, least([count.low for count in within] or [0]))
        high = min(high, one.n - least([count.low for count in beyond] or [0]))
        high = min(high, max([count.high for count in within if set(count.options) == options], default=high))
    return low, high
