"""The solver's optima are those of another solver interface; what it cannot decide in its steps is an error."""

import random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from feedback.auditor import audit
from feedback.auditor.atoms import Block, atoms_of_roster, blocks
from feedback.auditor.model import Insider, LimitReached, Limits, Model
from feedback.auditor.reading import read_document
from feedback.auditor.topics import topics_of
from tests.auditor.programmes import our_report, some_programme
from tests.auditor.tiny_surveys import KINDS, tiny_survey


def blocks_of(document: dict[str, Any], sizes: dict[tuple[str, str], int]) -> list[Block]:
    read = read_document(document)
    atoms = atoms_of_roster(read.groups, sizes)
    return [block for topic in topics_of([("", read)]) for block in blocks(topic, atoms)]


def some_blocks() -> list[Block]:
    programmes = [some_programme(seed) for seed in range(4)]
    ours = [block for one in programmes for block in blocks_of(our_report(one), one.sizes)]
    tiny = [block for kind in KINDS for seed in range(8) for block in blocks_of(*tiny_survey(seed, kind)[1:])]
    return ours[::5] + tiny


def highest(model: Model, objective: np.ndarray) -> int | None:
    """Return the optimum that scipy finds."""
    found = milp(
        -objective.astype(float),
        integrality=np.ones(model.width),
        bounds=Bounds(np.zeros(model.width), model.bounds.caps),
        constraints=LinearConstraint(model.matrix, model.bounds.low, model.bounds.high),
    )
    return None if found.x is None else round(-found.fun)


@pytest.mark.parametrize("block", some_blocks())
def test_optima_are_those_that_scipy_finds(block: Block) -> None:
    dice, model = random.Random(1), Model(block, {})
    model.aim(tuple(dice.randint(0, crowd.size) for crowd in block.crowds))
    for _ in range(3):
        objective = np.array([dice.randint(-2, 2) for _ in range(model.width)])
        solution = model.most(objective)
        assert (None if solution is None else int(objective @ solution)) == highest(model, objective)


def test_a_solution_with_an_insider_holds_that_person() -> None:
    model = Model(some_blocks()[0], {})
    model.aim(tuple(crowd.size for crowd in model.block.crowds))
    for cell, column in enumerate(model.parts[0].cells):
        solution = model.most(-model.inside_cells(), Insider(model.parts[0], cell))
        assert solution is None or solution[column] >= 1


def test_an_insider_has_no_place_in_an_empty_part() -> None:
    model = Model(some_blocks()[0], {})
    model.aim(tuple(0 for _ in model.block.crowds))
    for insider in (
        Insider(model.parts[0], 0),
        Insider(model.parts[0], None),
        Insider(model.parts[0], None, member=True),
    ):
        assert model.most(model.inside_cells(), insider) is None


def test_too_few_steps_are_an_error_not_an_answer() -> None:
    block = max(some_blocks(), key=lambda one: len(one.topic.answers))
    model = Model(block, {}, Limits(pivots=0))
    model.aim(tuple(crowd.size for crowd in block.crowds))
    with pytest.raises(LimitReached, match="more steps"):
        model.most(model.inside_cells())


def test_too_many_unions_are_a_failed_audit_that_says_so() -> None:
    sizes = {(role, f"c{number}"): number for role in ("mentor", "mentee") for number in range(1, 21)}
    everybody = {"name": "all", "role": None, "cohorts": [], "invited": sum(sizes.values())}
    mentors = {"name": "mentor", "role": "mentor", "cohorts": [], "invited": 210}
    _, document, _ = tiny_survey(0, "plain")
    counts = [{"option": option, "count": 30} for option in "012"]
    said = [
        {"kind": "distribution", "group": name, "question": "Q", "n": 90, "counts": counts}
        for name in ("all", "mentor")
    ]
    verdict = audit({**document, "groups": [everybody, mentors], "statements": said}, sizes)
    assert [one.rule for one in verdict.findings if "too many ways" in one.sentence] == ["limit"]
    assert not verdict.passed
