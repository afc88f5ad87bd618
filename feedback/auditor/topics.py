"""What is claimed about each question: cells of possible answers, and how many people in which groups are in them.

A topic is a question with one choice, or one option of a many-choice question, which is a yes or no of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feedback.auditor.document import Count, Document, Question, Statement


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
class Claim:
    """From `low` to `high` people of `groups`, taken together, gave an answer in `cells`."""

    groups: tuple[str, ...]
    cells: frozenset[int]
    low: int
    high: int


@dataclass
class Topic:
    """What is said about one thing that was asked. `answers` names the cells; `k` is the largest k promised."""

    code: str
    roles: set[str]
    answers: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    k: int
    claims: list[Claim] = field(default_factory=list)

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
    found: dict[object, Topic] = {}
    for prefix, document in sources:
        for statement in document.statements:
            for ticked in _ticked(statement):
                roles = statement.question.roles if len(sources) == 1 else ()
                topic = found.setdefault(
                    (statement.question.wording, statement.question.code, roles, ticked),
                    Topic(statement.question.code, set(), *_answers(statement.question, ticked), document.rules.k),
                )
                topic.roles |= set(statement.question.roles)
                topic.k = max(topic.k, document.rules.k)
                topic.claims += _claims(statement, prefix, document, topic, ticked)
                topic.claims += _claims_of_dependents(statement, prefix, document)
    return tuple(found.values())


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
    for option in question.options:
        yield Attribute(f"chose “{option}”", _where(pairs, {option}), graded=question.sensitive)
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
    for option in question.options:
        cells = frozenset(at for at, (then, _) in enumerate(pairs) if then == option)
        yield Attribute(f"chose “{option}” for the time before", cells)


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
        yield from _silence(statement, groups, document, topic)
        return
    if statement.kind == "total" and _is_repetition(statement, document):
        return
    yield Claim(groups, topic.everything, statement.n, statement.n)
    for count in statement.counts:
        if ticked is None or ticked in count.options:
            yield Claim(groups, _cells(statement.question, count, ticked), count.low, count.high)


def _claims_of_dependents(statement: Statement, prefix: str, document: Document) -> Iterable[Claim]:
    """So many answered what is asked only after certain options: at least so many chose those.

    Claimed where the question is spoken of that they hang on, whether something is said of it or not.
    """
    question = statement.question
    for other in document.statements:
        if other.n is None or other.question.shown_when is None or other.groups != statement.groups:
            continue
        code, options = other.question.shown_when
        if code == question.code and set(other.question.roles) & set(question.roles):
            groups = tuple(group_key(prefix, name) for name in other.groups)
            most = sum(document.group(name).invited for name in other.groups)
            yield Claim(groups, _where(_pairs(question), set(options)), other.n, most)


def _silence(statement: Statement, groups: tuple[str, ...], document: Document, topic: Topic) -> Iterable[Claim]:
    """A reason for saying nothing says how many answered: fewer than k, or fewer than a sensitive question needs."""
    k, enough = document.rules.k, max(document.rules.k, document.rules.sensitive_k)
    if statement.reason == "question-too-few":
        yield Claim(groups, topic.everything, 0, k - 1)
    if statement.reason == "sensitive-too-few":
        yield Claim(groups, topic.everything, k, enough - 1)


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
