"""What a report will be able to say at a given response, worked out from invited sizes before anybody has answered.

Uses the numbers of the disclosure rules but none of their code: a test holds the two against each other. It supposes
that whoever answers answers every question and writes something wherever they can, so it is the most there can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from feedback.domain.disclosure.groups import Atom, Group, group_of, partition
from feedback.domain.disclosure.publishing import SENSITIVE_K
from feedback.domain.disclosure.statements import Reason
from feedback.domain.disclosure.tally import AskedQuestion, asked_questions
from feedback.domain.survey.questionnaires import Questionnaire, Role

RATES = (50, 70, 90)
"""Responses, in per cent of those invited, that a coordinator may hope for."""
EVERYBODY_ANSWERS = 100
SMALLEST_FOR_COMMENTS = 10


@dataclass(frozen=True)
class HiddenQuestion:
    """A question, by its code, that is withheld in a group although the group itself is reported."""

    code: str
    reason: Reason


@dataclass(frozen=True)
class GroupOutlook:
    """One group if `answered` of it answer: whether it appears in the report, and what is withheld there.

    `shown` and `hidden` are of the closed questions that the group is asked; both are empty if it does not appear.
    """

    group: Group
    answered: int
    is_reported: bool
    shown: tuple[str, ...]
    hidden: tuple[HiddenQuestion, ...]


@dataclass(frozen=True)
class Outlook:
    """The report at one response, `percent` of each group, rounded down.

    Unless `is_opened`, too few answer and nothing is opened. `comments` and `lost_comments` are codes of open
    questions.
    """

    percent: int
    is_opened: bool
    groups: tuple[GroupOutlook, ...]
    comments: tuple[str, ...]
    lost_comments: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where the people of one role and cohort are counted; `with_others` are those they are merged with."""

    atom: Atom
    invited: int
    group: Group
    with_others: tuple[Atom, ...]


@dataclass(frozen=True)
class Forecast:
    """What can be reported of `invited` people, at each of `RATES` and if everybody answers."""

    k: int
    invited: int
    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    outlooks: tuple[Outlook, ...]

    @cached_property
    def best(self) -> Outlook:
        """The report if everybody answers: what is missing there can never be shown."""
        return self.outlooks[-1]

    @property
    def small_roles(self) -> tuple[tuple[Role, int], ...]:
        """Roles too small to be shown on their own, with their sizes; not if only one role is invited."""
        sizes = {role: sum(one.invited for one in self.places if one.atom.role is role) for role in Role}
        invited = {role: size for role, size in sizes.items() if size}
        if len(invited) < 2:
            return ()
        return tuple((role, size) for role, size in invited.items() if size < 2 * self.k)


def forecast(sizes: Mapping[Atom, int], questionnaires: Mapping[Role, Questionnaire], k: int) -> Forecast:
    """Return the forecast for invited `sizes` (people per role and cohort)."""
    present = {atom: size for atom, size in sizes.items() if size > 0}
    groups = partition(present, k)
    roles = {atom.role for atom in present}
    asked = asked_questions({role: one for role, one in questionnaires.items() if role in roles})
    survey = _Survey(asked, tuple(role for role in Role if role in roles), k)
    outlooks = tuple(_outlook(groups, survey, rate) for rate in (*RATES, EVERYBODY_ANSWERS))
    return Forecast(k, sum(present.values()), groups, _places(present, groups), outlooks)


def _places(sizes: Mapping[Atom, int], groups: tuple[Group, ...]) -> tuple[Place, ...]:
    homes = {atom: group_of(atom, groups) for atom in sizes}
    order = sorted(sizes, key=lambda atom: (list(Role).index(atom.role), atom.cohort))
    return tuple(
        Place(atom, sizes[atom], homes[atom], tuple(o for o in order if o != atom and homes[o] == homes[atom]))
        for atom in order
    )


@dataclass(frozen=True)
class _Survey:
    """What is asked, of which roles, at which k."""

    asked: tuple[AskedQuestion, ...]
    roles: tuple[Role, ...]
    k: int

    def closed_in(self, group: Group) -> list[AskedQuestion]:
        return [one for one in self.asked if one.question.closed and self.asks(one, group)]

    def asks(self, one: AskedQuestion, group: Group) -> bool:
        return group.role is None or group.role in one.roles

    def says_too_much_in(self, one: AskedQuestion, group: Group) -> bool:
        """Whether everybody is one group, of which only one role is asked (R4)."""
        return group.role is None and one.roles != self.roles


def _outlook(groups: tuple[Group, ...], survey: _Survey, percent: int) -> Outlook:
    answered = {group.name: group.invited * percent // 100 for group in groups}
    is_opened = sum(answered.values()) >= survey.k
    reported = [group for group in groups if is_opened and answered[group.name] >= survey.k]
    looks = tuple(_group_outlook(group, answered[group.name], survey, group in reported) for group in groups)
    texts = [one for one in survey.asked if not one.question.closed]
    lost = {one.question.code for one in texts if not _keeps_comments(one, reported, answered, survey)}
    codes = dict.fromkeys(one.question.code for one in texts)
    kept = tuple(code for code in codes if code not in lost)
    return Outlook(percent, is_opened, looks, kept, tuple(code for code in codes if code in lost))


def _group_outlook(group: Group, answered: int, survey: _Survey, is_reported: bool) -> GroupOutlook:
    asked = survey.closed_in(group) if is_reported else []
    reasons = {one.question.code: _reason(one, group, answered, survey) for one in asked}
    hidden = tuple(HiddenQuestion(code, reason) for code, reason in reasons.items() if reason is not None)
    return GroupOutlook(group, answered, is_reported, tuple(c for c, r in reasons.items() if r is None), hidden)


def _reason(one: AskedQuestion, group: Group, answered: int, survey: _Survey) -> Reason | None:
    if survey.says_too_much_in(one, group):
        return Reason.ONE_ROLE
    needed = max(SENSITIVE_K, survey.k) if one.question.sensitive else survey.k
    return Reason.SENSITIVE_TOO_FEW if answered < needed else None


def _keeps_comments(one: AskedQuestion, reported: list[Group], answered: Mapping[str, int], survey: _Survey) -> bool:
    asked = [group for group in reported if survey.asks(one, group)]
    if any(survey.says_too_much_in(one, group) for group in asked):
        return False
    return sum(answered[group.name] for group in asked) >= max(SMALLEST_FOR_COMMENTS, 2 * survey.k)
