"""Published statements: the only facts about answers that may leave the close, and their JSON.

A statement is made with a seal that `publishing` alone holds, so whatever has one passed its rules;
making one elsewhere raises TypeError. Reading them back from a signed report is the one exception.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar

from feedback.domain.survey.questionnaires import Order, Question

SEAL = object()
"""What makes a statement. The disclosure rules use it, and nothing else may: a test reads the imports."""


@dataclass(frozen=True)
class OptionCount:
    """How many people chose one option."""

    option: str
    count: int


class Reason(StrEnum):
    """Why nothing is said about a question in a group. ONE_ROLE stands in older reports only."""

    GROUP_TOO_SMALL = "group-too-small"
    QUESTION_TOO_FEW = "question-too-few"
    ONE_ROLE = "one-role"
    ROLE_TOO_FEW = "role-too-few"
    SENSITIVE_TOO_FEW = "sensitive-too-few"
    CONDITION_HIDDEN = "condition-hidden"
    WITH_EARLIER = "with-earlier"
    UNFIT = "unfit"


class Bound(StrEnum):
    """How a published count is to be read."""

    EXACTLY = "exactly"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"


@dataclass(frozen=True)
class BandedClass:
    """Between `low` and `high` people, both included, chose one of `options`."""

    options: tuple[str, ...]
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published fact. Making one outside this module raises TypeError."""

    kind: ClassVar[str]
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("Only the disclosure rules make published statements.")


@dataclass(frozen=True, kw_only=True)
class ResponseRate(Published):
    """`answered` answers were counted of `invited` possible ones (R8): somebody in both roles has two.

    None means that too few could be counted, or too many are contested; then nothing else is said of the group.
    """

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
class Sensitive(GroupStatement):
    """How many of `n` chose something at least as bad as an option, in bands (R5): middle or worse, and worst."""

    kind = "sensitive"
    n: int
    classes: tuple[BandedClass, ...]


@dataclass(frozen=True, kw_only=True)
class Rose(GroupStatement):
    """Of `n` who said how it is now, `count` (read by `bound`) say it was worse before the programme (R7)."""

    kind = "rose"
    n: int
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

    A group and a code name one question: what is said in "all" about a question of one role names that role as group.
    """

    k: int
    statements: tuple[Published, ...]

    @property
    def counted_groups(self) -> frozenset[str]:
        """Names of the groups of which at least k answered."""
        rates = (one for one in self.statements if isinstance(one, ResponseRate))
        return frozenset(rate.group for rate in rates if rate.answered is not None)

    @property
    def records(self) -> list[dict[str, object]]:
        """The statements as a report's JSON has them: objects, each with its `kind`, in their fixed order."""
        return [{"kind": one.kind, **asdict(one)} for one in self.statements]


def canonical_json(value: object) -> str:
    """Return `value` as compact JSON with sorted keys, so that equal values have equal bytes in UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_object(members: Mapping[str, str]) -> str:
    """Return the canonical JSON of an object whose members' values are canonical JSON already."""
    return "{" + ",".join(f"{canonical_json(name)}:{members[name]}" for name in sorted(members)) + "}"


def read_statements(records: Iterable[dict[str, Any]]) -> tuple[Published, ...]:
    """Return the statements of a report whose JSON holds these `records`.

    The caller vouches for them, by the report's signature. ValueError, KeyError or TypeError if they are none.
    """
    return tuple(_read_statement(record) for record in records)


def unfavourable_class(question: Question) -> tuple[str, ...]:
    """Return the two least favourable options of a question with an order, in the questionnaire's order.

    Empty without an order, and below three options, where two would be everything and say nothing.
    """
    if question.order is Order.NONE or len(question.options) < 3:
        return ()
    return question.option_codes[:2] if question.order is Order.RISING else question.option_codes[-2:]


_KINDS: dict[str, type[Published]] = {
    one.kind: one for one in (ResponseRate, Distribution, DominanceBand, Ticks, Sensitive, Rose, Withheld, Total)
}


def _read_statement(record: dict[str, Any]) -> Published:
    values = {name: _read_value(name, value) for name, value in record.items() if name != "kind"}
    return _KINDS[record["kind"]](**values, seal=SEAL)


def _read_value(name: str, value: Any) -> Any:
    if name == "counts":
        return tuple(OptionCount(**one) for one in value)
    if name == "classes":
        return tuple(BandedClass(tuple(one["options"]), one["low"], one["high"]) for one in value)
    if name == "reason":
        return Reason(value)
    if name == "bound":
        return Bound(value)
    return tuple(value) if isinstance(value, list) else value
