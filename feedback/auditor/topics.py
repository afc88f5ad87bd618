"""What is claimed about each question: cells of possible answers, and how many people in which groups are in them.

A topic is a question with one choice, or one option of a many-choice question, which is a yes or no of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from feedback.auditor.document import Count, Document, Question, Statement, Texts


@dataclass(frozen=True)
class Attribute:
    """Something that may be true of a person: `words` complete "everybody …"; `cells` are the answers it holds for.

    `counted` if it is one option or one direction (D1), `graded` if a sensitive question asks it (D3).
    """

    words: str
    cells: frozenset[int]
    counted: bool = True
    graded: bool = False


@dataclass(frozen=True)
class Condition:
    """To have chosen one of `options` where `code` was asked, in the report of this prefix."""

    prefix: str
    code: str
    options: frozenset[str]


@dataclass(frozen=True)
class Claim:
    """From `low` to `high` people of `groups`, taken together, gave an answer in `cells`.

    Only those were asked who met the `condition`, if there is one.
    """

    groups: tuple[str, ...]
    cells: frozenset[int]
    low: int
    high: int
    condition: Condition | None = None


@dataclass
class Topic:
    """What is said about one thing that was asked. `answers` names the cells; `k` is the largest k promised.

    `codes` and `wordings`, its words by language, are more than one if several questions ask nearly the same; `ticked`
    is the option that it is about if many could be chosen; in the groups `twice` somebody may answer it in each role.
    """

    codes: tuple[str, ...]
    roles: set[str]
    answers: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    k: int
    claims: list[Claim] = field(default_factory=list)
    wordings: tuple[Texts, ...] = ()
    ticked: str | None = None
    twice: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        """The codes, as one text for people."""
        return " + ".join(self.codes)

    @property
    def everything(self) -> frozenset[int]:
        """All cells: whoever answered is in one of them."""
        return frozenset(range(len(self.answers)))


UNSAID = ""
"""Stands for "did not say how it was before the programme"."""


def group_key(prefix: str, name: str) -> str:
    """Return what a group is called where several reports are read together."""
    return f"{prefix}{name}"


def topics_of(sources: Sequence[tuple[str, Document]]) -> tuple[Topic, ...]:
    """Return the topics of some documents, each with a prefix for its groups' names.

    A question of two documents is one topic if its words and options are the same; within one document also the
    roles must be, since each role may have been asked in its own way.
    """
    found = _Found(are_several=len(sources) > 1)
    for prefix, document in sources:
        for statement in document.statements:
            for ticked in _ticked(statement):
                topic = found.topic(statement.question, ticked, document, prefix)
                topic.claims += _claims(statement, prefix, document, topic, ticked)
            # So many answered what is asked only after certain answers: at least so many gave those, said or unsaid.
            for question, claim in _claims_on_parents(statement, prefix, document):
                found.topic(question, None, document, prefix).claims.append(claim)
    return tuple(found.topics.values())


class _Found:
    """Topics by what they are about."""

    def __init__(self, *, are_several: bool) -> None:
        self.topics: dict[object, Topic] = {}
        self._are_several = are_several

    def topic(self, question: Question, ticked: str | None, document: Document, prefix: str) -> Topic:
        """Return the topic of a question, or of one of its ticks."""
        key = question.wording, question.code, () if self._are_several else question.roles, ticked
        if key not in self.topics:
            asked = _answers(question, ticked)
            self.topics[key] = Topic((question.code,), set(), *asked, document.rules.k, [], (question.texts,), ticked)
        topic = self.topics[key]
        topic.roles |= set(question.roles)
        topic.twice |= {group_key(prefix, group.name) for group in document.groups if group.doubled_in(question)}
        topic.k = max(topic.k, document.rules.k)
        return topic


def _ticked(statement: Statement) -> tuple[str | None, ...]:
    """Return the ticks a statement is about; its n is about all of them."""
    if statement.question.kind != "many":
        return (None,)
    return tuple(option for count in statement.counts for option in count.options) or statement.question.options


def _answers(question: Question, ticked: str | None) -> tuple[tuple[str, ...], tuple[Attribute, ...]]:
    if ticked is not None:
        yes = Attribute(f"ticked “{ticked}”", frozenset({0}), graded=question.sensitive)
        no = Attribute(f"did not tick “{ticked}”", frozenset({1}), graded=question.sensitive)
        return (f"ticked “{ticked}”", f"did not tick “{ticked}”"), (yes, no)
    pairs = _pairs(question)
    names = tuple(
        f"“{now}” now and “{then or 'unsaid'}” then" if question.then_now else f"“{now}”" for then, now in pairs
    )
    return names, (*_present(question, pairs), *_past(question, pairs))


def _pairs(question: Question) -> list[tuple[str, str]]:
    before = (UNSAID, *question.options) if question.then_now else (UNSAID,)
    return [(then, now) for then in before for now in question.options]


def _present(question: Question, pairs: list[tuple[str, str]]) -> Iterable[Attribute]:
    cells = _told_apart(now for _, now in pairs)
    for option in question.options:
        yield Attribute(f"chose “{option}”", cells[option], graded=question.sensitive)
    for options in _classes(question):
        words = f"chose one of {', '.join(f'“{option}”' for option in options)}"
        yield Attribute(words, _where(pairs, set(options)), counted=False, graded=question.sensitive)


def _classes(question: Question) -> list[tuple[str, ...]]:
    """Return the classes whose unanimity would hurt: the two worst options; the worse half of a sensitive question."""
    if question.order == "none" or len(question.options) < 3:
        return []
    best_first = question.options if question.order == "falling" else question.options[::-1]
    worse_half = best_first[len(best_first) // 2 :]
    return [worse_half] if question.sensitive and len(worse_half) > 1 else [best_first[-2:]]


def _past(question: Question, pairs: list[tuple[str, str]]) -> Iterable[Attribute]:
    if not question.then_now:
        return
    for direction in ("rose", "fell"):
        yield Attribute(f"{direction} since the start", _moved(question, pairs, direction))
    cells = _told_apart(then for then, _ in pairs)
    for option in question.options:
        yield Attribute(f"chose “{option}” for the time before", cells[option])


def _told_apart(options: Iterable[str]) -> dict[str, frozenset[int]]:
    """Return the cells of each option, given which one each cell has."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, option in enumerate(options):
        found[option].append(at)
    return {option: frozenset(cells) for option, cells in found.items()}


def _where(pairs: list[tuple[str, str]], options: set[str]) -> frozenset[int]:
    return frozenset(at for at, (_, now) in enumerate(pairs) if now in options)


def _moved(question: Question, pairs: list[tuple[str, str]], direction: str) -> frozenset[int]:
    worst_first = question.options if question.order == "rising" else question.options[::-1]
    place = {option: at for at, option in enumerate(worst_first)}
    sign = 1 if direction == "rose" else -1
    said = [(at, then, now) for at, (then, now) in enumerate(pairs) if then != UNSAID]
    return frozenset(at for at, then, now in said if sign * (place[now] - place[then]) > 0)


def _claims(statement: Statement, prefix: str, document: Document, topic: Topic, ticked: str | None) -> Iterable[Claim]:
    groups = tuple(group_key(prefix, name) for name in statement.groups)
    if statement.n is None:
        yield from _silence(statement, prefix, groups, document, topic)
        return
    if statement.kind == "total" and _is_repetition(statement, document):
        return
    condition = _condition(statement.question, prefix)
    yield Claim(groups, topic.everything, statement.n, statement.n, condition)
    for count in statement.counts:
        if ticked is None or ticked in count.options:
            yield Claim(groups, _cells(statement.question, count, ticked), count.low, count.high, condition)


def _condition(question: Question, prefix: str) -> Condition | None:
    if question.shown_when is None:
        return None
    code, options = question.shown_when
    return Condition(prefix, code, frozenset(options))


def _claims_on_parents(statement: Statement, prefix: str, document: Document) -> Iterator[tuple[Question, Claim]]:
    """Yield each question that a published one hangs on, directly or through others, with what follows for it."""
    question, n = statement.question, statement.n
    groups = tuple(group_key(prefix, name) for name in statement.groups)
    seen = {question}
    while n is not None and question.shown_when is not None:
        _, options = question.shown_when
        parents = document.parents(question, statement.groups)
        if len(parents) != 1 or parents[0] in seen:
            return
        (parent,) = parents
        seen.add(parent)
        most = sum(document.group(name).invited for name in statement.groups)
        yield parent, Claim(groups, _where(_pairs(parent), set(options)), n, most, _condition(parent, prefix))
        question = parent


def _silence(
    statement: Statement, prefix: str, groups: tuple[str, ...], document: Document, topic: Topic
) -> Iterable[Claim]:
    """A reason for saying nothing says how many answered: fewer than k, or fewer than a sensitive question needs."""
    k, doubled = document.rules.k, document.group(statement.groups[0]).doubled_in(statement.question)
    enough = max(k, document.rules.sensitive_k) + doubled
    condition = _condition(statement.question, prefix)
    if statement.reason == "question-too-few":
        # Nor is anything said where the bands at both ends of n would meet.
        meet = [n for n in range(1, document.rules.wide_from + 1) if doubled and n <= 2 * document.rules.band_of(n, 2)]
        yield Claim(groups, topic.everything, 0, max([k + doubled - 1, *meet]), condition)
    if statement.reason == "sensitive-too-few":
        yield Claim(groups, topic.everything, k + doubled, enough - 1, condition)


def _is_repetition(total: Statement, document: Document) -> bool:
    """Tell whether a total adds nothing to the distributions it sums; `rules` checks that it is their sum."""
    return set(total.groups) <= {
        one.groups[0] for one in document.statements if one.kind == "distribution" and one.question == total.question
    }


def _cells(question: Question, count: Count, ticked: str | None) -> frozenset[int]:
    if ticked is not None:
        return frozenset({0})
    pairs = _pairs(question)
    return _moved(question, pairs, count.direction) if count.direction else _where(pairs, set(count.options))
