"""What a report will be able to say at a given response: a supposed tally, published by the disclosure rules.

It is made from invited sizes before anybody has answered, and supposes that whoever answers says something on all that
they are asked, that answers which decide who is asked more come in equal parts, and that everybody writes wherever they
can. So it is the most there can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from feedback.domain.disclosure.conditions import classes_of, parents
from feedback.domain.disclosure.groups import Atom, Group, counted_once, group_of, partition
from feedback.domain.disclosure.publishing import comments_kept, publish
from feedback.domain.disclosure.statements import OptionCount, Publication, Withheld
from feedback.domain.disclosure.tally import FieldCount, Tally
from feedback.domain.survey.asked import AskedQuestion
from feedback.domain.survey.questionnaires import Order, Question, Questionnaire, Role

RATES = (50, 70, 90)
"""Responses, in per cent of those invited, that a coordinator may hope for."""
EVERYBODY_ANSWERS = 100


@dataclass(frozen=True)
class Outlook:
    """The report at one response, `percent` of each group, rounded down.

    Unless `is_opened`, too few answer and nothing is opened. `comments` and `lost_comments` are codes of open
    questions.
    """

    percent: int
    is_opened: bool
    publication: Publication
    comments: tuple[str, ...]
    lost_comments: tuple[str, ...]

    @cached_property
    def hidden(self) -> Mapping[str, tuple[Withheld, ...]]:
        """What is withheld in each group that is reported, by the group's name."""
        withheld = [one for one in self.publication.statements if isinstance(one, Withheld)]
        reported = sorted(self.publication.counted_groups)
        return {name: tuple(one for one in withheld if one.group == name) for name in reported}


@dataclass(frozen=True)
class Forecast:
    """What can be reported of the invited people (`sizes` per role and cohort), at `RATES` and if everybody answers."""

    k: int
    sizes: Mapping[Atom, int]
    doubled: int
    groups: tuple[Group, ...]
    outlooks: tuple[Outlook, ...]

    @property
    def invited(self) -> int:
        """How many people are invited."""
        return sum(self.sizes.values()) - self.doubled

    @cached_property
    def homes(self) -> Mapping[Atom, Group]:
        """The group in which the people of each role and cohort are counted."""
        return {atom: group_of(atom, self.groups) for atom in self.sizes}

    @cached_property
    def best(self) -> Outlook:
        """The report if everybody answers: what is missing there can never be shown."""
        return self.outlooks[-1]

    @property
    def small_roles(self) -> tuple[tuple[Role, int], ...]:
        """Roles too small to be shown on their own, with their sizes; not if only one role is invited."""
        sizes = {role: sum(size for atom, size in self.sizes.items() if atom.role is role) for role in Role}
        invited = {role: size for role, size in sizes.items() if size}
        if len(invited) < 2:
            return ()
        return tuple((role, size) for role, size in invited.items() if size < 2 * self.k)


def forecast(
    sizes: Mapping[Atom, int], questionnaires: Mapping[Role, Questionnaire], k: int, doubled: int = 0
) -> Forecast:
    """Return the forecast for invited `sizes` (people per role and cohort), of whom some are `doubled`, in both roles.

    ValueError if k is below 5.
    """
    order = sorted(sizes, key=lambda atom: (list(Role).index(atom.role), atom.cohort))
    present = {atom: sizes[atom] for atom in order if sizes[atom] > 0}
    asked = {role: questionnaires[role] for role in Role if any(atom.role is role for atom in present)}
    groups = counted_once(partition(present, k), doubled)
    tallies = [_SupposedTally(asked, groups, percent, k) for percent in (*RATES, EVERYBODY_ANSWERS)]
    return Forecast(k, present, doubled, groups, tuple(_outlook(tally, k) for tally in tallies))


class _SupposedTally(Tally):
    """What `percent` of each group, rounded down, would say if everything that could be hidden by chance is not."""

    def __init__(
        self, questionnaires: Mapping[Role, Questionnaire], groups: tuple[Group, ...], percent: int, k: int
    ) -> None:
        super().__init__(questionnaires, groups)
        self.percent, self._k = percent, k

    def answered(self, group: Group) -> int:
        return group.rights * self.percent // 100

    def field_count(self, group: Group, asked: AskedQuestion, field: str) -> FieldCount:
        n = self._reached(group, asked)
        chose = self._spread(group, asked.question, n)
        return FieldCount(n, tuple(OptionCount(code, chose.get(code, 0)) for code in asked.question.option_codes))

    def _reached(self, group: Group, asked: AskedQuestion) -> int:
        condition = asked.question.shown_when
        if condition is None:
            return self.answered(group)
        before = [self.field_count(group, one, "") for one in parents(asked, self.questions, self._roles_in(group))]
        return sum(one.count for told in before for one in told.counts if one.option in condition.answers)

    # Equal parts on the two best options, or on one of each class of answers that decide who is asked more, while
    # each has k people: what hangs on a question appears only where this one is given in full.
    def _spread(self, group: Group, question: Question, n: int) -> dict[str, int]:
        codes = question.option_codes
        best_first = codes[::-1] if question.order is Order.RISING else codes
        classes = classes_of(question.code, best_first, self.questions, self._roles_in(group))
        first = [one[0] for one in classes] if len(classes) > 1 else best_first[:2]
        spread = dict.fromkeys(first[: max(2, n // self._k)], 0)
        if spread:
            spread = dict.fromkeys(spread, n // len(spread))
            rest = next((code for code in best_first if code not in spread), best_first[-1])
            spread[rest] = spread.get(rest, 0) + n - sum(spread.values())
        return spread

    def _roles_in(self, group: Group) -> set[Role]:
        return {role for role in self.roles if group.role in (None, role)}


def _outlook(tally: _SupposedTally, k: int) -> Outlook:
    kept = comments_kept(tally, k)
    comments = dict.fromkeys(asked.question.code for asked in tally.questions if not asked.question.closed)
    return Outlook(
        percent=tally.percent,
        is_opened=sum(map(tally.answered, tally.groups)) >= k,
        publication=publish(tally, k),
        comments=tuple(code for code in comments if code in kept),
        lost_comments=tuple(code for code in comments if code not in kept),
    )
