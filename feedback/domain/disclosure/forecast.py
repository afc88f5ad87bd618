"""What a report will be able to say at a given response: a supposed tally, published by the disclosure rules.

It is made from invited sizes before anybody has answered, and supposes that whoever answers says something on all that
they are asked, that answers which decide who is asked more come in equal parts, and that everybody writes wherever they
can. So it is the most there can be, and what not even everybody's answers would show is not asked (R4).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from feedback.domain.disclosure.conditions import classes_of, parents
from feedback.domain.disclosure.groups import (
    CHOICES,
    Atom,
    Group,
    Grouping,
    counted_once,
    group_of,
    is_choice,
    partition,
    reported_in,
    sizes_of_roles,
)
from feedback.domain.disclosure.publishing import comments_kept, publish
from feedback.domain.disclosure.statements import GroupStatement, OptionCount, Publication, Withheld
from feedback.domain.disclosure.tally import FieldCount, Tally
from feedback.domain.survey.asked import AskedQuestion, NotAsked
from feedback.domain.survey.questionnaires import Order, Question, Questionnaire, Role

HOPED = 70
RATES = (50, HOPED, 90)
"""Responses, in per cent of those invited, that a coordinator may hope for."""
EVERYBODY_ANSWERS = 100


@dataclass(frozen=True)
class Outlook:
    """The report at one response, `percent` of each role in each group, rounded down.

    Unless `is_opened`, too few answer and nothing is opened. `comments` and `lost_comments` are codes of open
    questions.
    """

    percent: int
    is_opened: bool
    publication: Publication
    comments: tuple[str, ...]
    lost_comments: tuple[str, ...]

    def hidden(self, group: Group, role: Role) -> tuple[Withheld, ...] | None:
        """Return what is withheld of one role in a group; None if nothing at all is said of the group."""
        if group.name not in self.publication.counted_groups:
            return None
        return tuple(one for one in self._about(group, role) if isinstance(one, Withheld))

    def shows(self, group: Group, role: Role, code: str) -> bool:
        """Tell whether something is said about a question, asked of a role, in a group."""
        return any(one.question == code and not isinstance(one, Withheld) for one in self._about(group, role))

    def _about(self, group: Group, role: Role) -> list[GroupStatement]:
        names = {group.name, reported_in(group, (role,), tuple(Role)).name}
        said = (one for one in self.publication.statements if isinstance(one, GroupStatement))
        return [one for one in said if one.group in names]


@dataclass(frozen=True)
class Forecast:
    """What can be reported of the invited people (`sizes` per role and cohort), at `RATES` and if everybody answers.

    `asked` are the questionnaires without what could never be shown, which `not_asked` names.
    """

    k: int
    sizes: Mapping[Atom, int]
    doubled: int
    groups: tuple[Group, ...]
    asked: Mapping[Role, Questionnaire]
    not_asked: tuple[NotAsked, ...]
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
        invited = sizes_of_roles(self.sizes)
        if len(invited) < 2:
            return ()
        return tuple((role, size) for role, size in invited.items() if size < 2 * self.k)

    def shown(self, percent: int) -> int:
        """Return how many of the questions put to each role something is said about, or comments are read on."""
        outlook = next(one for one in self.outlooks if one.percent == percent)
        asked = [(role, question) for role, one in self.asked.items() for question in one.questions]
        return sum(self._is_shown(outlook, role, question) for role, question in asked)

    def _is_shown(self, outlook: Outlook, role: Role, question: Question) -> bool:
        if not question.closed:
            return question.code in outlook.comments
        mine = (group for group in self.groups if group.role in (None, role))
        return any(outlook.shows(group, role, question.code) for group in mine)


def forecast(
    sizes: Mapping[Atom, int],
    questionnaires: Mapping[Role, Questionnaire],
    k: int,
    doubled: int = 0,
    *,
    groups: tuple[Group, ...] | None = None,
    shows_sides: bool = True,
) -> Forecast:
    """Return the forecast for invited `sizes` (people per role and cohort), of whom some are `doubled`, in both roles.

    Without `groups` they are those that the rule makes, a small role together with the other; only older waves do not
    show what one role is asked where all are one group. ValueError if k is below 5.
    """
    order = sorted(sizes, key=lambda atom: (list(Role).index(atom.role), atom.cohort))
    present = {atom: sizes[atom] for atom in order if sizes[atom] > 0}
    planned = {role: questionnaires[role] for role in Role if any(atom.role is role for atom in present)}
    groups = counted_once(partition(present, k), doubled) if groups is None else groups
    best = _outlook(_SupposedTally(planned, groups, present, EVERYBODY_ANSWERS, k, shows_sides=shows_sides), k)
    never = _never_shown(planned, groups, best)
    asked = {role: _without(one, never[role]) for role, one in planned.items()}
    not_asked = {NotAsked(role, one.theme, not one.closed) for role, those in never.items() for one in those}
    # Where all is asked, what everybody's answers show is known already.
    rates = (*RATES, EVERYBODY_ANSWERS) if not_asked else RATES
    tallies = [_SupposedTally(asked, groups, present, percent, k, shows_sides=shows_sides) for percent in rates]
    outlooks = (*(_outlook(tally, k) for tally in tallies), *(() if not_asked else (best,)))
    return Forecast(k, present, doubled, groups, asked, tuple(sorted(not_asked)), outlooks)


def choices(
    sizes: Mapping[Atom, int], questionnaires: Mapping[Role, Questionnaire], k: int, doubled: int = 0
) -> dict[Grouping, Forecast]:
    """Return the forecasts between which a coordinator chooses (R1), what shows more first; none without a choice.

    More is shown if more questions are at `HOPED` per cent, or as many and more at 50; of two alike, together is first.
    """
    if not is_choice(sizes, k):
        return {}
    made = {one: counted_once(partition(sizes, k, apart=one is Grouping.APART), doubled) for one in CHOICES}
    seen = {one: forecast(sizes, questionnaires, k, doubled, groups=groups) for one, groups in made.items()}
    first = sorted(seen, key=lambda one: (-seen[one].shown(HOPED), -seen[one].shown(RATES[0])))
    return {one: seen[one] for one in first}


def _never_shown(
    planned: Mapping[Role, Questionnaire], groups: tuple[Group, ...], best: Outlook
) -> dict[Role, tuple[Question, ...]]:
    """Return the questions that not even everybody's answers would show; none if nothing at all could be."""
    if not best.is_opened:
        return dict.fromkeys(planned, ())
    return {role: tuple(_unseen(role, one, groups, best)) for role, one in planned.items()}


def _unseen(role: Role, questionnaire: Questionnaire, groups: tuple[Group, ...], best: Outlook) -> Iterator[Question]:
    mine, gone = [group for group in groups if group.role in (None, role)], set[str]()
    for question in questionnaire.questions:
        code, condition = question.code, question.shown_when
        shown = any(best.shows(group, role, code) for group in mine) if question.closed else code in best.comments
        if not shown or (condition and condition.question in gone):
            gone.add(code)
            yield question


def _without(questionnaire: Questionnaire, questions: tuple[Question, ...]) -> Questionnaire:
    kept = tuple(one for one in questionnaire.questions if one not in questions)
    used = {one.section for one in kept}
    sections = tuple(one for one in questionnaire.sections if one.code in used)
    return replace(questionnaire, questions=kept, sections=sections)


class _SupposedTally(Tally):
    """What `percent` of each group, rounded down, would say if everything that could be hidden by chance is not."""

    def __init__(
        self,
        questionnaires: Mapping[Role, Questionnaire],
        groups: tuple[Group, ...],
        sizes: Mapping[Atom, int],
        percent: int,
        k: int,
        *,
        shows_sides: bool,
    ) -> None:
        super().__init__(questionnaires, groups, shows_sides=shows_sides)
        self.percent, self._k = percent, k
        self._people = sizes_of_roles(sizes)

    def answered_of(self, group: Group, role: Role) -> int:
        invited = group.invited if group.role is role else self._people.get(role, 0)
        return invited * self.percent // 100 if group.role in (None, role) else 0

    def field_count(self, group: Group, asked: AskedQuestion, field: str) -> FieldCount:
        n = self._reached(group, asked)
        chose = self._spread(group, asked.question, n)
        return FieldCount(n, tuple(OptionCount(code, chose.get(code, 0)) for code in asked.question.option_codes))

    def _reached(self, group: Group, asked: AskedQuestion) -> int:
        condition = asked.question.shown_when
        if condition is None:
            return sum(self.answered_of(group, role) for role in asked.roles)
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
