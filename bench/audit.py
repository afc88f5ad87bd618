"""How often reports give somebody away, ours and rivals', and how long an audit takes."""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from bench.stage import table
from feedback.auditor import audit
from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import Role
from tests.auditor import conditional_surveys, rivals
from tests.auditor.conditional_surveys import conditional_survey
from tests.auditor.programmes import MILD, Person, Programme, a_question, our_report, some_programme

RULES = ("D1", "D2", "D2i", "D3")
Publisher = Callable[[Programme], dict[str, Any]]
RIVALS: tuple[Publisher, ...] = (
    rivals.naive_by_role,
    rivals.naive_by_cohort,
    rivals.remainder,
    rivals.one_off_band,
    rivals.our_bands,
)


def caught(publisher: Publisher, programmes: Iterable[Programme]) -> tuple[Counter[str], int, float]:
    """Return how many reports break each rule, how many there are, and seconds of processor time for all."""
    found: Counter[str] = Counter()
    number, spent = 0, 0.0
    for programme in programmes:
        document = publisher(programme)
        started = time.process_time()
        verdict = audit(document, programme.sizes)
        spent += time.process_time() - started
        broken = {finding.rule for finding in verdict.findings}
        found.update(broken)
        found["alone"] += bool(broken & {"D1", "D2"})
        found["any"] += bool(broken & set(RULES))
        number += 1
    return found, number, spent


def rates(ours: int, theirs: int) -> list[list[object]]:
    """Return a row for our publisher over stark programmes, and for each rival over milder ones."""
    rows = [_row("ours", *caught(our_report, (some_programme(seed) for seed in range(ours))))]
    for rival in RIVALS:
        mild = (some_programme(seed, evenness=MILD) for seed in range(theirs))
        rows.append(_row(rival.__name__.replace("_", " "), *caught(rival, mild)))
    return rows


def _row(name: str, found: Counter[str], number: int, spent: float) -> list[object]:
    shares = [f"{100 * found[rule] / number:.1f} %" for rule in (*RULES, "alone", "any")]
    return [name, number, *shares, 1000 * spent / number]


def large(groups: int, questions: int, people: int = 12) -> Programme:
    """Return a programme with so many cohorts of so many people; every fifth question is asked then and now."""
    dice = random.Random(1)
    asked = tuple(a_question(f"C{number}", 5, then_now=number % 5 == 0) for number in range(questions))
    fields = [field for question in asked for field in question.fields]
    atoms = [Atom(role, f"Cohort {number}") for number in range(groups // 2) for role in Role]
    invited = [atom for atom in atoms for _ in range(people)]
    return Programme(dict.fromkeys(Role, asked), tuple(Person(atom, _answer(dice, fields)) for atom in invited))


def _answer(dice: random.Random, fields: list[str]) -> Answer | None:
    return Answer({field: dice.choice("01234") for field in fields}) if dice.random() < 0.85 else None


def speed(scale: tuple[tuple[int, int], ...]) -> list[list[object]]:
    """Return a row for each number of groups and questions."""
    rows = []
    for groups, questions in scale:
        programme = large(groups, questions)
        _, _, spent = caught(our_report, [programme])
        rows.append([groups, questions, spent])
    return rows


def tried_out(kind: str, surveys: int) -> list[object]:
    """Return a row on tiny surveys with a conditional question: what trying out finds, and the auditor misses."""
    missed, wrong, due = 0, 0, 0
    for seed in range(surveys):
        survey, document, sizes = conditional_survey(seed, kind)
        findings = audit(document, sizes).findings
        for about in ("filter", "question"):
            found = {one.rule for one in findings if (one.question == "F1") == (about == "filter")} & set(RULES)
            broken = conditional_surveys.broken(survey, about)
            ignored = {"D2i"} if "D2" in broken else set[str]()
            missed, wrong = missed + bool(broken - found - ignored), wrong + bool(found - broken - ignored)
            due += bool(broken)
    return [kind, surveys, due, missed, wrong]


def main(small: bool) -> None:
    """Print the tables."""
    heads = ["publisher", "reports", *RULES, "D1 or D2", "any", "ms an audit"]
    table("Reports that give somebody away", heads, rates(20, 10) if small else rates(10_000, 300))
    rows = [tried_out("hanging", 10 if small else 15_000), tried_out("twice", 5 if small else 3_000)]
    table("Conditional questions, against trying out", ["asked", "surveys", "to be found", "missed", "wrong"], rows)
    scale = ((2, 4),) if small else ((2, 20), (10, 20), (80, 20))
    table("Auditing a large report", ["groups", "questions", "processor s"], speed(scale))


if __name__ == "__main__":
    main("--small" in sys.argv)
