"""The audit: read, check the rules, attack every question, and say what was found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec

from feedback.auditor.atoms import Atom, Block, atoms_of_groups, atoms_of_roster, blocks
from feedback.auditor.attacks import Inconsistent, Leak, leaks_of
from feedback.auditor.document import Document
from feedback.auditor.fields import UnknownStatement, Unreadable
from feedback.auditor.kindred import kindred_of, split
from feedback.auditor.model import LimitReached
from feedback.auditor.reading import read_document
from feedback.auditor.rules import broken_partition, broken_rules, sides_answered
from feedback.auditor.targets import members
from feedback.auditor.topics import group_key, topics_of
from feedback.auditor.verdict import Finding, Verdict, verdict_of

Given = ParamSpec("Given")
ASSUMING = "If the same people answered every time, and gave the same answer: "


@dataclass(frozen=True)
class Cell:
    """So many `people` who are, in each report, in the group of this name; None: not in that report.

    `role` must be known where they are in a group of everybody of which statements name one role.
    """

    people: int
    groups: tuple[str | None, ...]
    role: str | None = None


class Tried:
    """What attacks on blocks have found: a block that comes again, as when another is withheld, is not tried again."""

    def __init__(self) -> None:
        """Nothing was tried yet."""
        self._found: dict[object, tuple[Finding, ...]] = {}

    def findings(self, block: Block, answered: Mapping[str, tuple[int, int]], *, assuming: bool) -> tuple[Finding, ...]:
        """Return what is found in a block, of whose groups the least and the most people `answered`."""
        mine = {group: answered[group] for group in block.groups if group in answered}
        topic = block.topic
        what = (topic.codes, topic.answers, topic.attributes, topic.k, block.groups, block.crowds, block.claims)
        key = (*what, frozenset(topic.twice), frozenset(mine.items()), assuming)
        if key not in self._found:
            self._found[key] = tuple(_findings(block, mine, assuming=assuming))
        return self._found[key]


def _within_memory(attack: Callable[Given, Verdict]) -> Callable[Given, Verdict]:
    """Make a finding of what is too large or too deep to be looked at."""

    @wraps(attack)
    def bounded(*given: Given.args, **named: Given.kwargs) -> Verdict:
        try:
            return attack(*given, **named)
        except (MemoryError, RecursionError):
            return verdict_of([Finding("limit", "", "", "There is not enough memory to look at all of this.")])

    return bounded


@_within_memory
def audit(document: Mapping[str, Any], sizes: Mapping[tuple[str, str], int] | None) -> Verdict:
    """Attack one report, given as its parsed JSON document, and return the verdict.

    `sizes` maps (role, cohort) to the number of people invited; None: the attacker knows the groups only.
    Never raises for a bad document: what is wrong with it is a finding.
    """
    read = _read(document)
    if isinstance(read, Finding):
        return verdict_of([read])
    findings = list(broken_rules(read))
    groups = (*read.groups, *read.sides)
    atoms = atoms_of_groups(groups)
    if sizes is not None:
        findings += broken_partition(read, sizes)
        atoms = atoms_of_roster(groups, sizes)
    return verdict_of([*findings, *_attacked([("", read)], atoms, Tried())])


@_within_memory
def audit_together(
    documents: Sequence[Mapping[str, Any]], cells: Sequence[Cell], tried: Tried | None = None
) -> Verdict:
    """Attack several reports about some of the same people at once, and return the verdict.

    `cells` say who is in which group of each report. Besides what each report gives away by itself, the attacker
    supposes that people answered every report they were asked for, alike; what follows only from that says so.
    Where the reports contradict that, nothing follows. What was `tried` before is not tried again.
    """
    tried = tried or Tried()
    read = [_read(document) for document in documents]
    broken = [_numbered(one, at) for at, one in enumerate(read, 1) if isinstance(one, Finding)]
    sources = [(_prefix(at), one) for at, one in enumerate(read, 1) if isinstance(one, Document)]
    broken = broken or list(_misfits(cells, sources))
    if broken:
        return verdict_of(broken)
    alone = [finding for at in range(len(sources)) for finding in _alone(sources, at, cells, tried)]
    known = {(one.rule, one.question, one.group) for one in alone}
    together = _attacked(sources, _atoms(cells, sources, range(len(sources))), tried, assuming=True)
    return verdict_of([*alone, *(one for one in together if (one.rule, one.question, one.group) not in known)])


def _read(document: object) -> Document | Finding:
    try:
        return read_document(document)
    except UnknownStatement as unknown:
        return Finding("unknown", "", "", str(unknown))
    except Unreadable as wrong:
        return Finding("inconsistent", "", "", str(wrong))


def _attacked(
    sources: Sequence[tuple[str, Document]], atoms: Sequence[Atom], tried: Tried, *, assuming: bool = False
) -> list[Finding]:
    answered: dict[str, tuple[int, int]] = {}
    for prefix, document in sources:
        for rate in document.rates:
            exact = rate.answered
            few = document.rules.k - 1 + document.group(rate.group).doubled
            bounds = (0, few) if exact is None else (exact, exact)
            answered[group_key(prefix, rate.group)] = bounds
        answered |= {group_key(prefix, side): bounds for side, bounds in sides_answered(document).items()}
    topics = topics_of(sources)
    found = [
        finding
        for topic in topics
        for block in blocks(topic, atoms)
        for finding in tried.findings(block, answered, assuming=assuming)
    ]
    known = {(finding.rule, finding.group, finding.question) for finding in found}
    kindred = _kindred(kindred_of(topics, atoms), sources, answered, tried)
    return [*found, *(one for one in kindred if not known & {(one.rule, one.group, code) for code in one.questions})]


def _kindred(
    blocks: Iterable[Block], sources: Sequence[tuple[str, Document]], answered: dict[str, tuple[int, int]], tried: Tried
) -> Iterable[Finding]:
    """Yield what follows from questions in nearly the same words, or asked of some people after certain answers."""
    for block in blocks:
        try:
            kin = split(block, sources)
        except LimitReached as limit:
            yield _undecided(block, limit)
            continue
        for one in kin.blocks:
            for finding in tried.findings(one, {**answered, **kin.answered}, assuming=True):
                yield replace(
                    finding, groups=tuple(dict.fromkeys(kin.homes.get(name, name) for name in finding.groups))
                )


def _findings(block: Block, answered: dict[str, tuple[int, int]], *, assuming: bool) -> Iterable[Finding]:
    topic, found = block.topic, list[Finding]()
    try:
        for leak in leaks_of(block, answered):
            sentence, group = (ASSUMING if assuming else "") + _sentence(leak, block), leak.target.group
            found.append(Finding(leak.rule, topic.code, group, sentence, topic.codes, (group,)))
    except Inconsistent:
        if not assuming:
            found.append(_about(block, "inconsistent", "No answers of the people invited give these numbers."))
    except LimitReached as limit:
        found.append(_undecided(block, limit))
    except MemoryError:
        found.append(_undecided(block, "there is not enough memory to look at all of it"))
    return found


def _undecided(block: Block, reason: object) -> Finding:
    return _about(block, "limit", f"It could not be decided whether this is safe: {reason}.")


def _about(block: Block, rule: str, sentence: str) -> Finding:
    return Finding(rule, block.topic.code, " + ".join(block.groups), sentence, block.topic.codes, block.groups)


def _sentence(leak: Leak, block: Block) -> str:
    who = "the people" if leak.target.whole else _people(block, leak)
    words = leak.attribute.words
    if leak.rule == "D1":
        fewer = f"fewer than {block.topic.k} of {who} may have answered this"
        return f"{fewer}, and then anybody can work out that exactly {leak.count} of them {words}."
    if leak.rule == "D2":
        return f"anybody can work out that every one of {who} who answered {words}."
    if leak.rule == "D3":
        return f"anybody can work out that none of {who} {words}, which a sensitive question must leave open."
    if leak.own > 1:
        both = "a colleague in both roles who subtracts both own answers"
        return f"{both} may know that all others of {who} who answered {words}."
    return f"a colleague who subtracts the own answer may know that all others of {who} who answered {words}."


def _people(block: Block, leak: Leak) -> str:
    labels = [atom.label for atom in members(block, leak.target) if atom.label]
    if any(crowd.among is not None for crowd in block.crowds):
        return f"the people of {' and '.join(labels)}"
    invited = f"{sum(leak.target.inside)} people"
    return f"the {invited} invited from {' and '.join(labels)}" if labels else f"some {invited}"


def _prefix(number: int) -> str:
    return f"report {number}, "


def _numbered(finding: Finding, number: int) -> Finding:
    group = f"{_prefix(number)}{finding.group}" if finding.group else f"report {number}"
    return replace(finding, group=group, groups=tuple(_prefix(number) + name for name in finding.groups))


def _alone(sources: Sequence[tuple[str, Document]], at: int, cells: Sequence[Cell], tried: Tried) -> list[Finding]:
    """What one report gives away to somebody who knows the cells."""
    rules = [_numbered(finding, at + 1) for finding in broken_rules(sources[at][1])]
    return rules + _attacked([sources[at]], _atoms(cells, sources, range(at, at + 1)), tried)


def _atoms(cells: Sequence[Cell], sources: Sequence[tuple[str, Document]], wanted: range) -> list[Atom]:
    atoms = []
    for cell in cells:
        role = _role(cell, sources)
        groups = {group_key(sources[at][0], name) for at in wanted if (name := cell.groups[at]) is not None}
        groups |= {group_key(sources[at][0], role) for at in wanted if _has_side(cell, at, sources) and role}
        if groups and cell.people:
            atoms.append(Atom(_label(cell), role, cell.people, frozenset(groups)))
    return [*atoms, *(atom for at in wanted for atom in _second_rights(at, *sources[at], cells))]


def _second_rights(at: int, prefix: str, document: Document, cells: Sequence[Cell]) -> Iterable[Atom]:
    """Yield those who may answer a report twice, as people of their own, if cells count everybody once."""
    for group in document.groups:
        people = sum(cell.people for cell in cells if cell.groups[at] == group.name)
        if group.rights > people:
            yield Atom("", None, group.rights - people, frozenset({group_key(prefix, group.name)}))


def _role(cell: Cell, sources: Sequence[tuple[str, Document]]) -> str | None:
    named = ((sources[at][1], name) for at, name in enumerate(cell.groups) if name is not None)
    roles = {cell.role, *(document.group(name).role for document, name in named)} - {None}
    return roles.pop() if len(roles) == 1 else None


def _has_side(cell: Cell, at: int, sources: Sequence[tuple[str, Document]]) -> bool:
    return cell.groups[at] is not None and bool(sources[at][1].sides)


def _label(cell: Cell) -> str:
    return "/".join(name or "–" for name in cell.groups)


def _misfits(cells: Sequence[Cell], sources: Sequence[tuple[str, Document]]) -> Iterable[Finding]:
    """Yield how the cells contradict the reports' groups."""
    for cell in cells:
        if len(cell.groups) != len(sources) or cell.people < 0:
            yield Finding("inconsistent", "", "", "A cell does not name one group, or none, for each report.")
            return
    for at, (prefix, document) in enumerate(sources):
        invited = {group.name: 0 for group in document.groups}
        for cell in cells:
            name = cell.groups[at]
            if name is not None and name not in invited:
                yield Finding("inconsistent", "", prefix + name, "There is no such group in that report.")
            elif name is not None:
                invited[name] += cell.people
                if document.sides and _role(cell, sources) is None:
                    yield Finding("inconsistent", "", prefix + name, "A cell does not say which role its people have.")
        for group in document.groups:
            # Reports of before counted people of both roles twice; cells may.
            if group.invited != invited[group.name] and (group.role or group.rights < invited[group.name]):
                sentence = (
                    f"The cells hold {invited[group.name]} people of this group, but {group.invited} were invited."
                )
                yield Finding("inconsistent", "", prefix + group.name, sentence)
