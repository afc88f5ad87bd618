"""Tiny surveys with random statements: as a document for the auditor, and as a filter of worlds for the enumeration."""

import random
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from tests.auditor.enumeration import SKIPPED, Attribute, Tiny, World, said
from tests.auditor.programmes import a_question
from tests.auditor.rivals import question_record

Record = dict[str, Any]
Fits = Callable[[list[int]], bool]
ATOMS = (("mentor", "London"), ("mentor", "York"), ("mentee", "London"), ("mentee", "York"))
GROUPS: dict[str, tuple[str | None, list[str], tuple[int, ...]]] = {
    "all": (None, [], (0, 1, 2, 3)),
    "mentor": ("mentor", [], (0, 1)),
    "mentee": ("mentee", [], (2, 3)),
    "mentor/London": ("mentor", ["London"], (0,)),
    "mentee/York": ("mentee", ["York"], (3,)),
}
KINDS = ("plain", "ordered", "sensitive", "many", "then-now")


def tiny_survey(seed: int, kind: str) -> tuple[Tiny, Record, dict[tuple[str, str], int]]:
    """Return a survey about one question, the document about it, and the invited sizes."""
    dice = random.Random(f"{kind}/{seed}")
    answers, attributes, question = _asked(kind)
    names = dice.choice(
        (["all"], ["mentor", "mentee"], ["all", "mentor"], ["mentor", "mentor/London"], ["mentee", "mentee/York"])
    )
    sizes = _sizes(dice, names, people=4 if answers > 4 else 6)
    world = _world(dice, sum(sizes), answers)
    groups = {name: GROUPS[name][2] for name in names}
    k = dice.choice((2, 3))
    shell = Tiny(sizes, groups, answers, attributes, k, lambda _: True)
    statements: list[Record] = []
    filters: list[tuple[list[int], Callable[[World, list[int]], bool]]] = []
    for name in names:
        people = shell.people(groups[name])
        for record, fits in _statements(dice, kind, said(world, people), _took_part(world, people), k):
            if record["kind"] == "response-rate":
                record["invited"] = len(people)
            statements.append({"group": name, **record})
            filters.append((people, fits))
    tiny = Tiny(sizes, groups, answers, attributes, k, lambda one: all(fits(one, people) for people, fits in filters))
    invited = {atom: size for atom, size in zip(ATOMS, sizes, strict=True) if size}
    return tiny, _document(question, names, shell, statements), invited


def _sizes(dice: random.Random, names: list[str], people: int) -> tuple[int, ...]:
    inside = sorted({atom for name in names for atom in GROUPS[name][2]})
    chosen = [dice.choice(inside) for _ in range(people)]
    return tuple(chosen.count(atom) for atom in range(len(ATOMS)))


def _world(dice: random.Random, people: int, answers: int) -> World:
    likely = [dice.choice((0.0, 0.2, 1.0, 3.0)) for _ in range(answers)]
    likely[dice.randrange(answers)] += 1.0
    silent = dice.choice((0.0, 0.2))
    return tuple(
        dice.choice((None, SKIPPED)) if dice.random() < silent else dice.choices(range(answers), likely)[0]
        for _ in range(people)
    )


def _took_part(world: World, people: list[int]) -> int:
    return sum(world[person] is not None for person in people)


def _asked(kind: str) -> tuple[int, tuple[Attribute, ...], Record]:
    if kind == "then-now":
        return 6, _then_now_attributes(), question_record(a_question("Q", 2, then_now=True))
    if kind == "many":
        ticked = tuple(Attribute(frozenset({cell})) for cell in (0, 1))
        record = question_record(a_question("Q", 1, order="none"))
        return 2, ticked, {**record, "kind": "many"}
    sensitive = kind == "sensitive"
    single = [Attribute(frozenset({cell}), graded=sensitive) for cell in range(3)]
    classes = [] if kind == "plain" else [Attribute(frozenset({0, 1}), counted=False, graded=sensitive)]
    order = "none" if kind == "plain" else "rising"
    return 3, (*single, *classes), question_record(a_question("Q", 3, order=order, sensitive=sensitive))


PAIRS = list(product((None, 0, 1), (0, 1)))
"""(then, now) of each answer to a question of two options, rising."""


def _then_now_attributes() -> tuple[Attribute, ...]:
    tests: list[Callable[[int | None, int], bool]] = [
        lambda _, now: now == 0,
        lambda _, now: now == 1,
        lambda then, _: then == 0,
        lambda then, _: then == 1,
        lambda then, now: then is not None and now > then,
        lambda then, now: then is not None and now < then,
    ]
    return tuple(Attribute(frozenset(at for at, pair in enumerate(PAIRS) if test(*pair))) for test in tests)


def _statements(
    dice: random.Random, kind: str, answers: list[int], took_part: int, k: int
) -> Iterator[tuple[Record, Callable[[World, list[int]], bool]]]:
    if dice.random() < 0.6:
        hidden = took_part < k
        record = {"kind": "response-rate", "answered": None if hidden else took_part}
        yield (
            record,
            lambda world, people: _took_part(world, people) < k if hidden else _took_part(world, people) == took_part,
        )
    if dice.random() < 0.2:
        n = len(answers)
        if n < k:
            withheld = {"kind": "withheld", "question": "Q", "reason": "question-too-few"}
            yield withheld, lambda world, people: len(said(world, people)) < k
        return
    for record, fits in _about_answers(dice, kind, answers):
        yield {"question": "Q", "n": len(answers), **record}, _of_said(len(answers), fits)


def _of_said(n: int, fits: Fits) -> Callable[[World, list[int]], bool]:
    return lambda world, people: len(said(world, people)) == n and fits(said(world, people))


def _about_answers(dice: random.Random, kind: str, answers: list[int]) -> Iterator[tuple[Record, Fits]]:
    n = len(answers)
    if kind == "many":
        yield _bounded(dice, answers, {0}, {"kind": "ticks", "option": "0"})
    elif kind == "sensitive" and dice.random() < 0.8:
        rows = [({"0", "1"}, {0, 1}), ({"0"}, {0})]
        bands = [(names, cells, *_band(dice, sum(one in cells for one in answers), n)) for names, cells in rows]
        classes = [{"options": sorted(names), "low": low, "high": high} for names, _, low, high in bands]
        yield (
            {"kind": "sensitive", "classes": classes},
            lambda them: all(low <= sum(one in cells for one in them) <= high for _, cells, low, high in bands),
        )
    elif kind == "then-now":
        now = [PAIRS[one][1] for one in answers]
        yield _counts(now, 2), lambda them: sorted(PAIRS[one][1] for one in them) == sorted(now)
        for direction, cells in (("rose", {3}), ("fell", {4})):
            if dice.random() < 0.6:
                yield _bounded(dice, answers, cells, {"kind": direction})
    elif dice.random() < 0.3 and n:
        least = max(0, answers.count(0) - dice.randint(0, 1))
        yield {"kind": "dominance-band", "options": ["0"], "at_least": least}, lambda them: them.count(0) >= least
    else:
        yield _counts(answers, 3), lambda them: sorted(them) == sorted(answers)


def _counts(answers: list[int], options: int) -> Record:
    counts = [{"option": str(option), "count": answers.count(option)} for option in range(options)]
    return {"kind": "distribution", "counts": counts}


def _bounded(dice: random.Random, answers: list[int], cells: set[int], record: Record) -> tuple[Record, Fits]:
    count = sum(one in cells for one in answers)
    bound = dice.choice(("exactly", "exactly", "at-least", "at-most"))
    tests: dict[str, Callable[[int], bool]] = {
        "exactly": lambda one: one == count,
        "at-least": lambda one: one >= count,
        "at-most": lambda one: one <= count,
    }
    return {**record, "bound": bound, "count": count}, lambda them: tests[bound](sum(one in cells for one in them))


def _band(dice: random.Random, count: int, n: int) -> tuple[int, int]:
    return max(0, count - dice.randint(0, 1)), min(n, count + dice.randint(0, 1))


def _document(question: Record, names: list[str], shell: Tiny, statements: list[Record]) -> Record:
    groups = []
    for name in names:
        role, cohorts, atoms = GROUPS[name]
        groups.append({"name": name, "role": role, "cohorts": cohorts, "invited": len(shell.people(atoms))})
    return {
        "format": 1,
        "outcome": "published",
        "rules": {"k": shell.k, "band": 2},
        "groups": groups,
        "questions": [question],
        "statements": statements,
    }
