"""What a report says, as the auditor keeps it: groups, questions, and statements as counts between two numbers."""

from dataclasses import dataclass

from feedback.auditor.fields import Unreadable

Texts = tuple[tuple[str, str], ...]
"""What is said in each language."""


@dataclass(frozen=True)
class Rules:
    """The rules a report says it was made by."""

    k: int
    band: int
    wide_band: int
    wide_from: int
    band_per: int
    sensitive_k: int
    sensitive_band: int

    def band_of(self, n: int, most: int = 1) -> int:
        """Return b, the width of a band of `n` answers, of which one person may have given `most`."""
        return most * max(self.band if n < self.wide_from else self.wide_band, -(-n // self.band_per))


@dataclass(frozen=True)
class Group:
    """A group of a report. `role` None is both roles, no `cohorts` is all of them.

    `doubled` of those invited are in both roles, and may answer twice.
    """

    name: str
    role: str | None
    cohorts: tuple[str, ...]
    invited: int
    doubled: int = 0

    @property
    def rights(self) -> int:
        """How many may answer, people who may answer twice counted twice."""
        return self.invited + self.doubled

    def doubled_in(self, question: "Question") -> int:
        """Return how many people may have answered a question twice: none if it was asked of one role."""
        return self.doubled if len(question.roles) > 1 else 0


@dataclass(frozen=True)
class Question:
    """A question with options. `wording` is the same for the same question in two reports; `texts` are by language.

    `shown_when`: the code of the question and its options after which alone this one was asked.
    """

    code: str
    kind: str
    roles: tuple[str, ...]
    options: tuple[str, ...]
    order: str
    sensitive: bool
    then_now: bool
    wording: str
    texts: Texts = ()
    shown_when: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Count:
    """From `low` to `high` people chose one of `options`, or moved in a `direction` ("rose", "fell")."""

    options: tuple[str, ...]
    low: int
    high: int
    direction: str = ""


@dataclass(frozen=True)
class Rate:
    """Of a group, `answered` answers were counted; None means too few."""

    place: str
    group: str
    invited: int
    answered: int | None


@dataclass(frozen=True)
class Statement:
    """What is said about one question in `groups` together; `n` is None, and `reason` given, if nothing is."""

    place: str
    kind: str
    question: Question
    groups: tuple[str, ...]
    n: int | None
    counts: tuple[Count, ...] = ()
    bound: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Document:
    """One report as the auditor sees it. `receipts` is the number of receipts listed.

    `sides` are the roles that statements name where everybody is one group; of them no size is told. `grouping` says
    how the groups came about: a small role "together" with the other or "apart", or "kept" from an earlier wave.
    `untried` holds the questions that are too large to be attacked, as code, group and why.
    """

    outcome: str
    rules: Rules
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    rates: tuple[Rate, ...]
    statements: tuple[Statement, ...]
    receipts: int
    sides: tuple[Group, ...] = ()
    grouping: str = "together"
    untried: tuple[tuple[str, str, str], ...] = ()

    def group(self, name: str) -> Group:
        """Return the group, or side, of this name; Unreadable if there is none."""
        for group in (*self.groups, *self.sides):
            if group.name == name:
                return group
        raise Unreadable(f"There is no group named {name!r}.")

    def parents(self, question: Question, groups: tuple[str, ...]) -> tuple[Question, ...]:
        """Return the questions that one may hang on in these groups: more than one if each role has its own."""
        code, _ = question.shown_when or ("", ())
        roles = {role for name in groups for role in question.roles if self.group(name).role in (None, role)}
        return tuple(one for one in self.questions if one.code == code and roles & set(one.roles))

    @property
    def answered(self) -> dict[str, int | None]:
        """How many answered, by group; groups of which nothing is said are absent."""
        return {rate.group: rate.answered for rate in self.rates}
