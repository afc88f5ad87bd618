"""Whether a report keeps the published rules on its face: its partition, thresholds, bands and sums.

Written from docs/disclosure.md in words, so that a slip of the publisher is not repeated here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from feedback.auditor.document import Document, Question, Rate, Statement
from feedback.auditor.reading import ROLES
from feedback.auditor.verdict import Finding

LEAST_K = 5
LEAST_BAND = 2
LEAST_WIDE_BAND, MOST_WIDE_FROM, MOST_BAND_PER = 3, 12, 20
LEAST_SENSITIVE_K = 10
LEAST_SENSITIVE_BAND = 3
Sizes = Mapping[tuple[str, str], int]


def broken_rules(document: Document) -> Iterator[Finding]:
    """Yield what a report says that the rules do not let it say, or that is too large to be judged."""
    for code, group, sentence in document.untried:
        yield Finding("limit", code, group, sentence, (code,), (group,))
    yield from _promises(document)
    yield from _outcome(document)
    for rate in document.rates:
        yield from _rate(rate, document)
    yield from _ticks(document)
    for statement in document.statements:
        for sentence in _statement(statement, document):
            yield _about(statement, sentence)


def broken_partition(document: Document, sizes: Sizes) -> Iterator[Finding]:
    """Yield how the groups differ from those that the rule makes of the invited sizes."""
    if document.grouping == "kept":
        yield from _broken_kept(document, sizes)
        return
    due = partition(sizes, document.rules.k, apart=document.grouping == "apart")
    made = {(group.role, frozenset(group.cohorts), group.rights) for group in document.groups}
    for role, cohorts, invited in sorted(due - made, key=repr):
        yield Finding("partition", "", _named(role, cohorts), f"The rule makes this a group of {invited}; it is none.")
    for group in document.groups:
        if (group.role, frozenset(group.cohorts), group.rights) not in due:
            sentence = f"This group of {group.invited} is not one that the rule makes of those invited."
            yield Finding("partition", "", group.name, sentence)


def _broken_kept(document: Document, sizes: Sizes) -> Iterator[Finding]:
    """Groups of an earlier wave hold everybody once, and have 2k people, or k where one is a whole role."""
    held = {group.name: 0 for group in document.groups}
    for (role, cohort), size in sizes.items():
        homes = [
            one for one in document.groups if one.role in (None, role) and (not one.cohorts or cohort in one.cohorts)
        ]
        if len(homes) != 1 and size:
            yield Finding("partition", "", _named(role, frozenset([cohort])), f"{len(homes)} groups hold these people.")
        held |= {group.name: held[group.name] + size for group in homes}
    for group in document.groups:
        least = document.rules.k if group.role and not group.cohorts else 2 * document.rules.k
        if held[group.name] != group.rights or group.invited < least:
            sentence = f"This group of {group.invited} holds {held[group.name]} people, and must have {least}."
            yield Finding("partition", "", group.name, sentence)


def partition(sizes: Sizes, k: int, *, apart: bool = False) -> set[tuple[str | None, frozenset[str], int]]:
    """Return the groups of the rule, each as role, cohorts and invited people.

    A role of fewer than 2k people makes everybody one group, unless roles are `apart`; then each must have k.
    """
    people = {role: sum(size for (one, _), size in sizes.items() if one == role) for role, _ in sizes}
    may_be_small = apart and len(people) > 1 and min(people.values()) >= k
    groups: set[tuple[str | None, frozenset[str], int]] = set()
    for role in sorted({role for (role, _), size in sizes.items() if size > 0}):
        heaps = _heaped(
            [_Heap(size, (cohort,)) for (one, cohort), size in sizes.items() if one == role and size > 0], 2 * k
        )
        if heaps[0].size < 2 * k and not may_be_small:
            return {(None, frozenset(), sum(sizes.values()))}
        groups |= {(role, frozenset(names if len(heaps) > 1 else ()), size) for size, names in heaps}
    return groups or {(None, frozenset(), 0)}


def sides_answered(document: Document) -> dict[str, tuple[int, int]]:
    """Return the least and the most people of each side who took part, as far as it is told.

    A question of one role is told, or hidden for its own reasons, only if k of each role answered.
    """
    total = document.answered.get(document.groups[0].name) if document.sides else None
    names = [side.name for side in document.sides]
    reasons = {one.reason for one in document.statements if one.groups[0] in names}
    if total is None or len(names) != len(ROLES) or reasons <= {"role-too-few", "unfit"}:
        return {}
    return dict.fromkeys(names, (document.rules.k, total - document.rules.k))


class _Heap(NamedTuple):
    size: int
    names: tuple[str, ...]


def _heaped(heaps: list[_Heap], enough: int) -> list[_Heap]:
    heaps = sorted(heaps)
    while len(heaps) > 1 and heaps[0].size < enough:
        first, second = heaps[:2]
        joined = _Heap(first.size + second.size, tuple(sorted(first.names + second.names)))
        heaps = sorted([joined, *heaps[2:]])
    return heaps


def _named(role: str | None, cohorts: frozenset[str]) -> str:
    return " ".join([role or "all", *sorted(cohorts)])


def _promises(document: Document) -> Iterator[Finding]:
    rules = document.rules
    least = {
        "k": (rules.k, LEAST_K),
        "band": (rules.band, LEAST_BAND),
        "wide_band": (rules.wide_band, LEAST_WIDE_BAND),
        "sensitive_k": (rules.sensitive_k, LEAST_SENSITIVE_K),
        "sensitive_band": (rules.sensitive_band, LEAST_SENSITIVE_BAND),
    }
    for name, (value, allowed) in least.items():
        if value < allowed:
            yield Finding("rules", "", "", f"The report was made with {name} = {value}; the least is {allowed}.")
    most = {"wide_from": (rules.wide_from, MOST_WIDE_FROM), "band_per": (rules.band_per, MOST_BAND_PER)}
    for name, (value, allowed) in most.items():
        if value > allowed:
            yield Finding("rules", "", "", f"The report was made with {name} = {value}; the most is {allowed}.")


def _outcome(document: Document) -> Iterator[Finding]:
    if document.outcome == "too-few" and (document.rates or document.statements or document.receipts):
        yield Finding("rules", "", "", "Too few answered, so nothing may be said, but something is.")
    counted = sum(rate.answered or 0 for rate in document.rates)
    if document.receipts > counted:
        sentence = f"{document.receipts} receipts are listed, but only {counted} answers are counted: the rest tell"
        yield Finding("rules", "", "", f"{sentence} how many answered in groups that are too small.")


def _rate(rate: Rate, document: Document) -> Iterator[Finding]:
    k, group = document.rules.k, document.group(rate.group)
    if rate.invited != group.rights:
        yield Finding("inconsistent", "", group.name, f"{rate.place}: {rate.invited} invited, not {group.rights}.")
    if rate.answered is not None and rate.answered < k + group.doubled:
        least = f"{k} and the {group.doubled} who may answer twice" if group.doubled else f"{k}"
        sentence = f"{rate.answered} people answered, fewer than {least}; that number may not be told."
        yield Finding("rules", "", group.name, sentence)
    if rate.answered is not None and rate.answered > group.rights:
        yield Finding("inconsistent", "", group.name, f"{rate.answered} of {group.rights} people answered.")


def _about(statement: Statement, sentence: str) -> Finding:
    rule = "inconsistent" if sentence.startswith(_CONTRADICTION) else "rules"
    sentence = sentence.removeprefix(_CONTRADICTION)
    code, groups, said = statement.question.code, " + ".join(statement.groups), f"{statement.place}: {sentence}."
    return Finding(rule, code, groups, said, (code,), statement.groups)


_CONTRADICTION = "contradiction: "


def _statement(statement: Statement, document: Document) -> Iterator[str]:
    if statement.n is None:
        return
    yield from _sums(statement, statement.n, document)
    if statement.kind != "total":
        yield from _thresholds(statement, statement.n, document)
    yield from _fitting(statement)
    if statement.kind != "total" and statement.question.shown_when is not None:
        yield from _cut(statement, statement.question.shown_when[1], document)
    most = 2 if document.group(statement.groups[0]).doubled_in(statement.question) else 1
    if statement.kind == "distribution":
        yield from _near_unanimity(statement, statement.n, document.rules.band_of(statement.n, most))
    if statement.kind in ("dominance-band", "ticks", "rose", "fell"):
        yield from _bands(statement, statement.n, document.rules.band_of(statement.n, most))
    if statement.kind == "sensitive":
        yield from _sensitive_bands(statement, statement.n, most * document.rules.sensitive_band)


def _sums(statement: Statement, n: int, document: Document) -> Iterator[str]:
    if any(not 0 <= count.low <= min(count.high, n) for count in statement.counts):
        yield f"{_CONTRADICTION}a count does not fit into n = {n}"
    if statement.kind in ("distribution", "total") and sum(count.low for count in statement.counts) != n:
        yield f"{_CONTRADICTION}the counts do not add up to n = {n}"
    if statement.kind == "total":
        yield from _addends(statement, document)
        return
    answered = document.answered.get(statement.groups[0])
    if answered is not None and n > answered:
        yield f"{_CONTRADICTION}n = {n}, but only {answered} people answered"


def _addends(total: Statement, document: Document) -> Iterator[str]:
    """A total is made of published distributions, and of nothing else."""
    parts = [
        one
        for one in document.statements
        if one.kind == "distribution" and one.question == total.question and one.groups[0] in total.groups
    ]
    if len(parts) < len(total.groups):
        yield "the total counts groups whose own numbers are not published"
        return
    for at, count in enumerate(total.counts):
        if count.low != sum(part.counts[at].low for part in parts):
            yield f"{_CONTRADICTION}the total is not the sum of its groups, so hidden people may be in it"
            return


def _thresholds(statement: Statement, n: int, document: Document) -> Iterator[str]:
    rules, name = document.rules, statement.groups[0]
    least = max(rules.k, rules.sensitive_k) if statement.question.sensitive else rules.k
    least += document.group(name).doubled_in(statement.question)
    if n < least:
        yield f"{n} people answered this question, fewer than the {least} it takes"
    if document.group(name) in document.groups and document.answered.get(name) is None:
        yield "the group is hidden, yet something is said about it"
    if document.group(name).role is None and not _asked_alike(statement.question, document):
        yield "a question of one role is published for both roles together"
    if document.group(name) in document.sides:
        yield from _side(statement, n, document)


def _side(statement: Statement, n: int, document: Document) -> Iterator[str]:
    """Where everybody is one group, a question of one role may be told if k of each role answered."""
    k, answered = document.rules.k, document.answered.get(document.groups[0].name)
    if len(statement.question.roles) > 1:
        yield "a question of both roles is published for one of them"
    if answered is None or answered - n < k:
        yield f"a question of one role is published, but fewer than {k} people of the other can have answered"


def _asked_alike(question: Question, document: Document) -> bool:
    return set(question.roles) == {role for one in document.questions for role in one.roles}


def _fitting(statement: Statement) -> Iterator[str]:
    question, kind = statement.question, statement.kind
    if kind == "fell":
        yield "how many fell may not be told beside how many rose"
    elif question.kind != ("many" if kind == "ticks" else "one"):
        yield f"{kind} does not fit a question of the kind {question.kind}"
    if question.sensitive != (kind == "sensitive"):
        yield "a sensitive question may only be told in bands, and no other question is"


def _cut(statement: Statement, asked_after: tuple[str, ...], document: Document) -> Iterator[str]:
    """Who was asked, who was not, and each class that conditions on one question separate, are nobody or k people."""
    k = document.rules.k + max(document.group(name).doubled for name in statement.groups)
    before = document.parents(statement.question, statement.groups)
    told = [one for one in document.statements if one.question in before and one.groups == statement.groups]
    if len(before) != 1 or [one.kind for one in told] != ["distribution"]:
        yield "who was asked it hangs on a question that is not told in full there"
        return
    counts = {count.options[0]: count.low for count in told[0].counts}
    asked = sum(counts[option] for option in asked_after)
    if min(asked, sum(counts.values()) - asked) < k:
        yield f"fewer than {k} people gave, or did not give, the answers after which it was asked"
    conditions = [
        set(one.shown_when[1])
        for one in document.questions
        if one.shown_when and before[0] in document.parents(one, statement.groups)
    ]
    classes = Counter[tuple[bool, ...]]()
    for option, count in counts.items():
        classes[tuple(option in answers for answers in conditions)] += count
    if any(0 < size < k for size in classes.values()):
        yield f"what hangs on {before[0].code!r} tells a class of fewer than {k} people apart"


def _near_unanimity(statement: Statement, n: int, band: int) -> Iterator[str]:
    worst_last = statement.counts if statement.question.order == "falling" else statement.counts[::-1]
    worst = sum(count.low for count in worst_last[-2:])
    has_worst = statement.question.order != "none" and len(worst_last) > 2
    if n - max(count.low for count in statement.counts) <= band or (has_worst and n - worst <= band):
        yield f"exact counts are told although all but {band} or fewer agree"


def _bands(statement: Statement, n: int, band: int) -> Iterator[str]:
    (count,) = statement.counts
    exact = statement.bound == "exactly"
    if exact and not band < count.low < n - band:
        yield f"an exact count within {band} of nobody or of everybody is told"
    if n <= 2 * band:
        yield f"a count is told of so few that bands of {band} at both ends meet"
    if not exact and (count.low, count.high) not in ((0, band), (n - band, n)):
        yield f"a bound tells more than a band of {band} does"


def _ticks(document: Document) -> Iterator[Finding]:
    """Whoever answered a question with many choices is counted for each: two numbers would set some people apart."""
    first: dict[tuple[Question, str], int | None] = {}
    for one in document.statements:
        if one.kind == "ticks" and one.n != first.setdefault((one.question, one.groups[0]), one.n):
            yield _about(one, "the ticks of one question are told of different numbers of people")


def _sensitive_bands(statement: Statement, n: int, width: int) -> Iterator[str]:
    options = statement.question.options
    worst_last = options if statement.question.order == "falling" else options[::-1]
    due = [set(worst_last[len(worst_last) // 2 :]), {worst_last[-1]}]
    if [set(count.options) for count in statement.counts] != due:
        yield "the classes are not the worse half and the worst option"
    if any((count.low, count.high) not in _steps(n, width) for count in statement.counts):
        yield f"a band is not one of those of {width} numbers each from 0 to {n}"


def _steps(n: int, width: int) -> set[tuple[int, int]]:
    """Cut 0 … n into bands of `width` whole numbers; a rest joins the last band."""
    starts = list(range(0, n + 2 - width, width)) or [0]
    ends = [start - 1 for start in starts[1:]] + [n]
    return set(zip(starts, ends, strict=True))
