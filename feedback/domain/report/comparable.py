"""Published reports opened for comparison: what each says about a question in a group, or why it says nothing.

Owns which reports may be set side by side. Reads the reports themselves and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from feedback.domain.disclosure.counts import Count, bounded, favourable_count, favourable_options
from feedback.domain.disclosure.groups import EVERYBODY, Group, reported_in
from feedback.domain.disclosure.statements import (
    Distribution,
    DominanceBand,
    GroupStatement,
    Rose,
    Sensitive,
    Ticks,
)
from feedback.domain.errors import ComparisonRefused
from feedback.domain.report.report import Outcome, Report
from feedback.domain.survey.asked import AskedQuestion
from feedback.domain.survey.questionnaires import Order, Question, Role, wording


class Obstacle(StrEnum):
    """Why two reports give no difference for a question in a group; of several, the one that stands first here."""

    GROUP_MISSING = "group-missing"
    NOT_ASKED = "not-asked"
    QUESTION_CHANGED = "question-changed"
    NO_ORDER = "no-order"
    TOO_FEW = "too-few"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Answers:
    """What one report says about one code in one group, or the `obstacle` and nothing.

    `people` are the roles in the group, and `wordings` all that the code stood for in it. `counts` are by
    options: each one of a many-choice question, the favourable ones of a scale together. `scale` counts every option
    from the least favourable on, where the distribution is published; `rose` those who say that it was worse before
    the programme.
    """

    people: tuple[Role, ...] = ()
    question: Question | None = None
    wordings: tuple[Question, ...] = ()
    counts: Mapping[tuple[str, ...], Count] = field(default_factory=dict)
    scale: tuple[int, ...] | None = None
    rose: Count | None = None
    obstacle: Obstacle | None = None


class ComparableReport:
    """One published report. `twins` are the group and stage of earlier ones about nearly the same people."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.twins = frozenset((one.group, one.stage) for one in report.twins)
        self._people = {group.name: self._people_of(group.role) for group in report.named_groups}
        self._about = [one for one in report.statements if isinstance(one, GroupStatement)]
        self._too_few = {rate.group.name for rate in report.rates if rate.answered is None}

    @property
    def programme(self) -> tuple[str, str]:
        """The organisation and the programme that the report is about."""
        return self.report.about.organisation, self.report.about.programme

    @property
    def groups(self) -> dict[str, Group]:
        """The groups that statements name, by name, in the report's order."""
        return {group.name: group for group in self.report.named_groups}

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the questions that are answered by choosing, in the report's order."""
        return tuple(dict.fromkeys(one.question.code for one in self.report.asked if one.question.closed))

    def answers(self, code: str, group: str) -> Answers:
        """Return what the report says about the question `code` in the group of that name."""
        people = self._people.get(group)
        if not people:
            return Answers(obstacle=Obstacle.GROUP_MISSING)
        mine = [one for one in self.report.asked if set(one.roles) & set(people) and one.question.code == code]
        asked = [one.question for one in mine if group in self._reported_in(one)]
        if not asked:
            return Answers(obstacle=Obstacle.GROUP_MISSING if mine else Obstacle.NOT_ASKED)
        found = Answers(people, asked[0], tuple(sorted(asked, key=wording)))
        if asked[0].kind.adds_up and not _favourable_options(asked[0]):
            return replace(found, obstacle=Obstacle.NO_ORDER)
        if self._too_few & {group, EVERYBODY}:
            return replace(found, obstacle=Obstacle.TOO_FEW)
        return _with_statements(
            found, asked[0], [one for one in self._about if one.question == code and one.group in (group, EVERYBODY)]
        )

    def _reported_in(self, asked: AskedQuestion) -> set[str]:
        """Return the names of the groups in which statements on a question stand."""
        return {reported_in(group, asked.roles, self.report.roles).name for group in self.report.groups}

    def _people_of(self, role: Role | None) -> tuple[Role, ...]:
        """Return the roles in a group; "all" stands for those that were asked anything."""
        return self.report.roles if role is None else (role,)


def are_of_one_programme(reports: Sequence[ComparableReport]) -> bool:
    """Tell whether reports are of one programme: by its names, or by their chain, which a new name does not break."""
    if len({report.programme for report in reports}) == 1:
        return True
    return all(later.report.previous == earlier.report.chain_hash for earlier, later in pairwise(reports))


def check_comparable(reports: Sequence[ComparableReport], *, is_one_programme: bool) -> None:
    """Raise ComparisonRefused unless the reports can be set side by side, in this order.

    If it `is_one_programme` two or more, earlier ones first; or one of each of two programmes on the same focus.
    None of them says nothing.
    """
    if len(reports) < 2:
        raise ComparisonRefused("Choose at least two reports to compare.")
    for report in reports:
        _check_says_something(report)
    if is_one_programme:
        for earlier, later in pairwise(reports):
            _check_order(earlier, later)
    elif len(reports) != 2:
        raise ComparisonRefused("Of two programmes, one report each can be compared; choose two reports.")
    elif len({report.report.about.focus for report in reports}) == 2:
        raise ComparisonRefused("The two programmes have different focuses; choose reports on the same one.")


def _check_says_something(report: ComparableReport) -> None:
    if report.report.outcome is not Outcome.PUBLISHED:
        raise ComparisonRefused(
            f"Too few people answered the wave {_named(report)}, so its report says nothing; leave it out."
        )


def _check_order(earlier: ComparableReport, later: ComparableReport) -> None:
    """Refuse what the chain of hashes or the dates contradict; reports between the two may have been left out."""
    if earlier.report.chain_hash == later.report.chain_hash:
        raise ComparisonRefused(f"The report on {_named(later)} was chosen twice; choose another one beside it.")
    was_first = later.report.previous is None or earlier.report.previous == later.report.chain_hash
    if was_first or earlier.report.about.closed_on > later.report.about.closed_on:
        raise ComparisonRefused(
            f"The report on {_named(later)} was published before that on {_named(earlier)}; put it first."
        )


def _named(report: ComparableReport) -> str:
    about = report.report.about
    return f'"{about.stage}" of "{about.programme}"'


def _favourable_options(question: Question) -> tuple[str, ...]:
    return favourable_options(question.option_codes, question.order, sensitive=question.sensitive)


def _with_statements(found: Answers, question: Question, about: list[GroupStatement]) -> Answers:
    counts: dict[tuple[str, ...], Count] = {(one.option,): bounded(one) for one in about if isinstance(one, Ticks)}
    for one in about:
        if isinstance(one, Distribution | DominanceBand | Sensitive):
            counts[_favourable_options(question)] = favourable_count(question.option_codes, question.order, one)
    if not counts:
        return replace(found, obstacle=Obstacle.WITHHELD)
    rose = (bounded(one) for one in about if isinstance(one, Rose))
    return replace(found, counts=counts, scale=_scale(question, about), rose=next(rose, None))


def _scale(question: Question, about: list[GroupStatement]) -> tuple[int, ...] | None:
    for one in about:
        if isinstance(one, Distribution):
            counts = tuple(option.count for option in one.counts)
            return counts if question.order is Order.RISING else counts[::-1]
    return None
