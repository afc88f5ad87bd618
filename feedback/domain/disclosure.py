"""What may be said about a wave: the one place that turns a raw tally into published statements.

Every statement seals itself against being made elsewhere, so whatever holds a `Published` passed these rules.
Refuses small groups (R1), near-unanimity (R3) and thinly answered questions (R4); totals are made from
statements, never from the tally (R2). All results are pure functions of the tally and k.
"""

import json
from dataclasses import InitVar, asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar

from feedback.domain.groups import Group
from feedback.domain.questionnaires import Kind, Order, Question
from feedback.domain.tally import AskedQuestion, FieldCount, OptionCount, Tally

SMALLEST_K = 5
BAND = 2
"""A count within this many people of everybody, or of nobody, is never given exactly."""

_SEAL = object()


class Reason(StrEnum):
    """Why nothing is said about a question in a group."""

    GROUP_TOO_SMALL = "group-too-small"
    QUESTION_TOO_FEW = "question-too-few"
    ONE_ROLE = "one-role"
    SENSITIVE = "sensitive"
    THEN_NOW = "then-now"


class Bound(StrEnum):
    """How a published count is to be read."""

    EXACTLY = "exactly"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published fact. Making one outside this module raises TypeError."""

    kind: ClassVar[str]
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("Only the disclosure rules make published statements.")


@dataclass(frozen=True, kw_only=True)
class ResponseRate(Published):
    """`answered` of `invited` people (R8); None means fewer than k, and then nothing else is said of the group."""

    kind = "response-rate"
    group: str
    invited: int
    answered: int | None


@dataclass(frozen=True, kw_only=True)
class GroupStatement(Published):
    """Something about one question, by its code, in one group, by its name."""

    group: str
    question: str


@dataclass(frozen=True, kw_only=True)
class Distribution(GroupStatement):
    """How many of the `n` who answered chose each option; `counts` sum to n, in the questionnaire's order."""

    kind = "distribution"
    n: int
    counts: tuple[OptionCount, ...]


@dataclass(frozen=True, kw_only=True)
class DominanceBand(GroupStatement):
    """At least `at_least` of `n` chose one of `options`: the modal one, or the unfavourable class (R3)."""

    kind = "dominance-band"
    n: int
    options: tuple[str, ...]
    at_least: int


@dataclass(frozen=True, kw_only=True)
class Ticks(GroupStatement):
    """How many of `n` ticked one option of a many-choice question: `count`, read by `bound`."""

    kind = "ticks"
    n: int
    option: str
    bound: Bound
    count: int


@dataclass(frozen=True, kw_only=True)
class Withheld(GroupStatement):
    """Nothing is said about this question in this group, and why."""

    kind = "withheld"
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Total(Published):
    """The sum of the distributions published for `groups`; `missing` were asked too, but published none."""

    kind = "total"
    question: str
    n: int
    counts: tuple[OptionCount, ...]
    groups: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """Everything that is said about one wave: response rates, then facts and refusals, then totals.

    In the group "all", a code withheld as of one role may stand for two wordings; otherwise a group and a code
    name one question.
    """

    k: int
    statements: tuple[Published, ...]

    @property
    def counted_groups(self) -> frozenset[str]:
        """Names of the groups of which at least k answered."""
        rates = (one for one in self.statements if isinstance(one, ResponseRate))
        return frozenset(rate.group for rate in rates if rate.answered is not None)

    @property
    def json(self) -> str:
        """Canonical JSON of the statements: a list of objects, each with its `kind`, in their fixed order."""
        return canonical_json([{"kind": one.kind, **asdict(one)} for one in self.statements])


def canonical_json(value: object) -> str:
    """Return `value` as compact JSON with sorted keys, so that equal values have equal bytes in UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def publish(tally: Tally, k: int) -> Publication:
    """Return what may be said about the tally; ValueError if k is below 5, the least this service promises."""
    _check_k(k)
    counted = _counted_groups(tally, k)
    rates = [_rate(group, tally.answered(group) if group in counted else None) for group in tally.groups]
    asked_where = [(asked, group) for asked in tally.questions if asked.question.closed for group in counted]
    said = [one for asked, group in asked_where for one in _statements(tally, k, asked, group)]
    facts = list(dict.fromkeys(said))
    totals = [one for asked in tally.questions if asked.roles == tally.roles for one in _total(tally, asked, facts)]
    return Publication(k, (*rates, *facts, *totals))


def comments_kept(tally: Tally, k: int) -> frozenset[str]:
    """Return the codes of the open questions whose comments may go to the reviewer (R9); the rest are destroyed.

    Answers are pooled over the groups that were asked in the same words and of which at least k answered: at
    least max(10, 2k) must have answered, and k have written. Smaller groups neither count nor contribute, since
    a threshold reached with their help would tell how many they are; drop their comments too. A question put
    to one role is not kept in the group "all", and a code with two wordings is kept only if both may be.
    ValueError if k is below 5.
    """
    _check_k(k)
    asked_open = [asked for asked in tally.questions if not asked.question.closed]
    destroyed = {asked.question.code for asked in asked_open if not _comments_suffice(tally, k, asked)}
    return frozenset(asked.question.code for asked in asked_open) - destroyed


def read_publication(text: str, k: int) -> Publication:
    """Return the publication whose `json` is `text`, of a report that was published with `k`.

    The caller vouches for the text, by the report's signature. ValueError, KeyError or TypeError if it is not
    the JSON of statements.
    """
    return Publication(k, tuple(_read_statement(record) for record in json.loads(text)))


def unfavourable_options(question: Question) -> tuple[str, ...]:
    """Return the two least favourable options of a question with an order, in the questionnaire's order.

    Empty without an order, and below three options, where two would be everything and say nothing.
    """
    if question.order is Order.NONE or len(question.options) < 3:
        return ()
    return question.option_codes[:2] if question.order is Order.RISING else question.option_codes[-2:]


def _check_k(k: int) -> None:
    if k < SMALLEST_K:
        raise ValueError(f"k is {k}; it may not be below {SMALLEST_K}.")


def _counted_groups(tally: Tally, k: int) -> tuple[Group, ...]:
    return tuple(group for group in tally.groups if tally.answered(group) >= k)


def _rate(group: Group, answered: int | None) -> ResponseRate:
    return ResponseRate(group=group.name, invited=group.invited, answered=answered, seal=_SEAL)


def _is_asked(asked: AskedQuestion, group: Group) -> bool:
    return group.role is None or group.role in asked.roles


def _statements(tally: Tally, k: int, asked: AskedQuestion, group: Group) -> tuple[Published, ...]:
    if not _is_asked(asked, group):
        return ()
    question = asked.question
    answers = tally.field_count(group, asked, question.fields[-1])
    reason = _never_reported(tally, asked, group) or (Reason.QUESTION_TOO_FEW if answers.n < k else None)
    if reason is not None:
        return (Withheld(group=group.name, question=question.code, reason=reason, seal=_SEAL),)
    return _ticks(group, question, answers) if question.kind is Kind.MANY else (_choice(group, question, answers),)


def _never_reported(tally: Tally, asked: AskedQuestion, group: Group) -> Reason | None:
    """Decide without a look at the answers. With one role invited, "all" is that role and nothing can be subtracted."""
    if group.role is None and asked.roles != tally.roles:
        return Reason.ONE_ROLE
    if asked.question.sensitive:
        return Reason.SENSITIVE
    return Reason.THEN_NOW if asked.question.then_now else None


def _choice(group: Group, question: Question, answers: FieldCount) -> Published:
    code, n = question.code, answers.n
    modal = max(answers.counts, key=lambda one: one.count).option
    for options in (unfavourable_options(question), (modal,)):
        chose = sum(one.count for one in answers.counts if one.option in options)
        if options and n - chose <= BAND:
            return DominanceBand(group=group.name, question=code, n=n, options=options, at_least=n - BAND, seal=_SEAL)
    return Distribution(group=group.name, question=code, n=n, counts=answers.counts, seal=_SEAL)


def _ticks(group: Group, question: Question, answers: FieldCount) -> tuple[Ticks, ...]:
    return tuple(_tick(group, question, answers.n, one) for one in answers.counts)


def _tick(group: Group, question: Question, n: int, ticked: OptionCount) -> Ticks:
    bound, count = _banded(ticked.count, n)
    return Ticks(
        group=group.name, question=question.code, n=n, option=ticked.option, bound=bound, count=count, seal=_SEAL
    )


def _banded(count: int, n: int) -> tuple[Bound, int]:
    if n - count <= BAND:
        return Bound.AT_LEAST, n - BAND
    return (Bound.AT_MOST, BAND) if count <= BAND else (Bound.EXACTLY, count)


def _total(tally: Tally, asked: AskedQuestion, facts: list[Published]) -> list[Total]:
    """Sum one question over the groups that published its distribution; nothing if fewer than two did."""
    code = asked.question.code
    full = {one.group: one for one in facts if isinstance(one, Distribution) and one.question == code}
    if len(full) < 2:
        return []
    missing = tuple(group.name for group in tally.groups if group.name not in full)
    columns = zip(*(one.counts for one in full.values()), strict=True)
    counts = tuple(OptionCount(column[0].option, sum(one.count for one in column)) for column in columns)
    n = sum(one.n for one in full.values())
    return [Total(question=code, n=n, counts=counts, groups=tuple(full), missing=missing, seal=_SEAL)]


def _comments_suffice(tally: Tally, k: int, asked: AskedQuestion) -> bool:
    groups = [group for group in _counted_groups(tally, k) if _is_asked(asked, group)]
    if any(group.role is None for group in groups) and asked.roles != tally.roles:
        return False
    answered = sum(tally.answered(group) for group in groups)
    return answered >= max(10, 2 * k) and sum(tally.wrote(group, asked) for group in groups) >= k


_KINDS: dict[str, type[Published]] = {
    one.kind: one for one in (ResponseRate, Distribution, DominanceBand, Ticks, Withheld, Total)
}


def _read_statement(record: dict[str, Any]) -> Published:
    values = {name: _read_value(name, value) for name, value in record.items() if name != "kind"}
    return _KINDS[record["kind"]](**values, seal=_SEAL)


def _read_value(name: str, value: Any) -> Any:
    if name == "counts":
        return tuple(OptionCount(**one) for one in value)
    if name == "reason":
        return Reason(value)
    if name == "bound":
        return Bound(value)
    return tuple(value) if isinstance(value, list) else value
