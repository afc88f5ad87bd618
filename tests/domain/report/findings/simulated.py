"""Seeded programmes whose truth is known: nothing changed, the sides differ, or something is wrong."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feedback.domain.disclosure.groups import Atom, Group, group_of, partition
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.tally import Tally
from feedback.domain.report.comparison import ComparedReports, compare
from feedback.domain.report.document import ReportFacts, build_report
from feedback.domain.report.findings.findings import KeyFindings, find
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Report
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    Order,
    Question,
    Questionnaire,
    Rating,
    Role,
    Section,
    Theme,
)
from tests.reporting.reports import PROMISE, K, about, question

Odds = Sequence[float]
"""How likely each option is; of many choices, each by itself."""

EIGHT_PAIRS = {Atom(Role.MENTOR, ""): 8, Atom(Role.MENTEE, ""): 8}
TWENTY_SEVEN = {Atom(Role.MENTOR, ""): 13, Atom(Role.MENTEE, ""): 14}
SIX_GROUPS = {Atom(role, town): 200 for role in Role for town in ("Lima", "Oslo", "Perth")}
WRONG = 0.6
"""So large a part answers unfavourably where something is wrong, and so small a one where nothing is."""
CALM = 0.05


@dataclass(frozen=True)
class Truth:
    """What people of each role are asked, and how likely each answer is."""

    questions: tuple[Question, ...]
    odds: Mapping[tuple[Role, str], Odds] = field(default_factory=dict)


def some_truth(dice: random.Random, shift: float = 0.0) -> Truth:
    """Return ten scales and one question of four boxes; mentees are likelier by `shift` to answer favourably."""
    scales = tuple(question(f"C{number}", f"Question {number}?") for number in range(10))
    boxes = question("N1", "What next?", 4, kind=MANY, order=Order.NONE)
    odds: dict[tuple[Role, str], Odds] = {}
    for one in scales:
        mine = _even(dice)
        odds[Role.MENTOR, one.code], odds[Role.MENTEE, one.code] = mine, _moved(mine, shift)
    ticks = [dice.uniform(0.2, 0.8) for _ in range(4)]
    odds[Role.MENTOR, boxes.code] = odds[Role.MENTEE, boxes.code] = ticks
    return Truth((*scales, boxes), odds)


def what_may_go_wrong() -> tuple[Question, ...]:
    """Return a question on each theme that is acted on."""
    scales = (Theme.SAFETY, Theme.TRUST, Theme.SUPPORT, Theme.RELATIONSHIP, Theme.PROCESS)
    falling = {"order": Order.FALLING, "sensitive": True}
    return (
        *(question(f"S{number}", f"How is {theme}?", theme=theme) for number, theme in enumerate(scales)),
        question("B1", "More than fair?", 3, theme=Theme.BURDEN, **falling),
        question("H1", "Affected negatively?", 4, theme=Theme.HARM, **falling),
    )


def a_problem(*planted: Theme) -> Truth:
    """Return a truth in which mentors have a problem with these themes, and nobody has any other."""
    asked = what_may_go_wrong()
    odds = {(role, one.code): _odds(one, CALM) for role in Role for one in asked}
    for one in asked:
        if one.theme in planted:
            odds[Role.MENTOR, one.code] = _odds(one, WRONG)
    return Truth(asked, odds)


def findings(truth: Truth, sizes: Mapping[Atom, int], dice: random.Random, *, waves: int = 2) -> KeyFindings:
    """Return what is found in the last of some waves, in each of which everybody answers anew."""
    groups = partition(sizes, K)
    reports: list[Report] = []
    for stage in ("kickoff", "exit")[-waves:]:
        previous = reports[-1].chain_hash if reports else None
        reports.append(_report(truth, sizes, groups, dice, (stage, previous)))
    compared: Sequence[ComparedReports] = compare(reports) if waves > 1 else ()
    return find(reports[-1], report_questions(reports[-1], "en"), next(iter(compared), None))


def _report(
    truth: Truth, sizes: Mapping[Atom, int], groups: tuple[Group, ...], dice: random.Random, of: tuple[str, str | None]
) -> Report:
    stage, previous = of
    sections = (Section("s", {"en": "Section"}),)
    asked = {role: Questionnaire("q", 1, stage, role, {"en": "Q"}, sections, truth.questions) for role in Role}
    tally = Tally(asked, groups)
    for atom, size in sizes.items():
        group = group_of(atom, groups)
        for _ in range(size):
            tally.add(group.name, atom.role, Answer(dict(_ratings(truth, atom.role, dice))))
    return build_report(ReportFacts(about(stage), PROMISE, K, groups, asked), publish(tally, K), previous)


def _ratings(truth: Truth, role: Role, dice: random.Random) -> Iterator[tuple[str, Rating]]:
    for one in truth.questions:
        odds, codes = truth.odds[role, one.code], one.option_codes
        if one.kind is MANY:
            ticked = tuple(code for code, chance in zip(codes, odds, strict=True) if dice.random() < chance)
            yield one.code, ticked or NONE_OF_THESE
        else:
            yield one.code, dice.choices(codes, odds)[0]


def _even(dice: random.Random) -> Odds:
    weights = [dice.uniform(0.3, 1) for _ in range(5)]
    return [one / sum(weights) for one in weights]


def _moved(odds: Odds, shift: float) -> Odds:
    """Move a part of the unfavourable answers to the favourable ones."""
    low, high = sum(odds[:3]), sum(odds[3:])
    return [one * (1 - shift / low) for one in odds[:3]] + [one * (1 + shift / high) for one in odds[3:]]


# Of three options the worst alone is unfavourable, of four and more the worst two.
def _odds(asked: Question, unfavourable: float) -> Odds:
    rising = {3: _of_three, 4: _of_four, 5: _of_five}[len(asked.options)](unfavourable)
    return rising if asked.order is Order.RISING else rising[::-1]


def _of_three(bad: float) -> list[float]:
    middle = min(0.2, 1 - bad)
    return [bad, middle, 1 - bad - middle]


def _of_four(bad: float) -> list[float]:
    return [bad * 25 / 60, bad * 35 / 60, (1 - bad) / 2, (1 - bad) / 2]


def _of_five(bad: float) -> list[float]:
    return [bad / 2, bad / 2, *([(1 - bad) / 3] * 3)]
