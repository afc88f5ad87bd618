"""The solver's optima are those of another solver interface; what it cannot decide in its steps is an error."""

import random
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from feedback.auditor import audit
from feedback.auditor.atoms import Block, atoms_of_roster, blocks
from feedback.auditor.model import Bounds, Insider, LimitReached, Limits, Model, Whole, solver_of, whole
from feedback.auditor.reading import read_document
from feedback.auditor.topics import Claim, topics_of
from tests.auditor.programmes import our_report, some_programme
from tests.auditor.small_blocks import aimed, block, crowd, solution
from tests.auditor.tiny_surveys import KINDS, tiny_survey


def blocks_of(document: dict[str, Any], sizes: dict[tuple[str, str], int]) -> list[Block]:
    read = read_document(document)
    atoms = atoms_of_roster(read.groups, sizes)
    return [block for topic in topics_of([("", read)]) for block in blocks(topic, atoms)]


def some_blocks(kind: str) -> list[Block]:
    """Return blocks of tiny surveys of this kind, or of our reports."""
    if kind != "ours":
        return [block for seed in range(8) for block in blocks_of(*tiny_survey(seed, kind)[1:])]
    programmes = [some_programme(seed) for seed in range(4)]
    return [block for one in programmes for block in blocks_of(our_report(one), one.sizes)][::5]


def highest(model: Model, objective: np.ndarray) -> int | None:
    """Return the optimum that scipy finds."""
    found = optimize.milp(
        -objective.astype(float),
        integrality=np.ones(model.width),
        bounds=optimize.Bounds(np.zeros(model.width), model.bounds.caps),
        constraints=optimize.LinearConstraint(model.matrix, model.bounds.low, model.bounds.high),
    )
    return None if found.x is None else round(-found.fun)


@pytest.mark.parametrize("kind", [*KINDS, "ours"])
def test_optima_are_those_that_scipy_finds(kind: str) -> None:
    dice = random.Random(1)
    for one in some_blocks(kind):
        model = aimed(one, *(dice.randint(0, each.size) for each in one.crowds))
        for _ in range(3):
            objective = whole([dice.randint(-2, 2) for _ in range(model.width)])
            best = model.most(objective)
            assert (None if best is None else int(objective @ best)) == highest(model, objective)


FEW = block(crowd("all", 2), claims=(Claim(("all",), frozenset({0, 1, 2}), 1, 1),))
"""Two people, of whom one answered."""


@pytest.mark.parametrize("cell", range(3))
def test_a_solution_with_an_insider_holds_that_person(cell: int) -> None:
    model = aimed(FEW, 2)
    best = model.most(-model.inside_cells(), Insider(model.parts[0], cell))
    assert best is not None
    assert [int(best[column]) for column in model.parts[0].cells] == [int(cell == at) for at in range(3)]


@pytest.mark.parametrize(("member", "took_part"), [(False, 1), (True, 2)])
def test_beside_an_insider_who_did_not_answer_there_is_room_for_who_did(member: bool, took_part: int) -> None:
    model = aimed(FEW, 2)
    best = model.most(model.counting([model.parts[0].members]), Insider(model.parts[0], None, member=member))
    assert best is not None
    assert best[model.parts[0].members] == took_part


def test_an_insider_has_no_place_in_an_empty_part() -> None:
    model = aimed(FEW, 0)
    inner = model.parts[0]
    for insider in (Insider(inner, 0), Insider(inner, None), Insider(inner, None, member=True)):
        assert model.most(model.inside_cells(), insider) is None


def test_an_insider_is_forgotten_in_the_next_question() -> None:
    model = aimed(FEW, 2)
    for insider in (Insider(model.parts[0], 0), Insider(model.parts[0], None, member=True)):
        assert model.most(model.inside_cells(), insider) is not None
        best = model.most(-model.counting([model.parts[0].members, model.parts[0].cells[0]]))
        assert best is not None
        assert best.tolist()[:2] == [1, 0]


def test_few_are_at_least_one_and_fewer_than_asked() -> None:
    model = aimed(block(crowd("all", 9)), 7)
    counts = [
        int(model.inside_cells() @ found)
        for objective in (model.inside_cells(), -model.inside_cells())
        for below in (5, None)
        if (found := model.most(objective, below=below)) is not None
    ]
    assert counts == [4, 7, 1, 0]


def test_too_few_steps_are_an_error_not_an_answer() -> None:
    model = Model(FEW, {}, Limits(pivots=0))
    model.aim((2,))
    with pytest.raises(LimitReached, match=r"^the solver needed more steps than it may take$"):
        model.most(model.inside_cells())


def test_a_number_too_large_for_exact_arithmetic_is_an_error_not_an_answer() -> None:
    huge = 10**17 + 1
    model = aimed(block(crowd("all", huge), claims=(Claim(("all",), frozenset({0}), huge, huge),)), huge)
    with pytest.raises(LimitReached, match=r"^the solver's answer is not exact$"):
        model.most(model.inside_cells())


def test_the_solver_counts_its_steps_and_has_no_clock() -> None:
    options = solver_of(Limits(pivots=3, nodes=4))
    names = ("simplex_iteration_limit", "mip_max_nodes", "time_limit", "mip_rel_gap", "presolve", "threads")
    assert [options.getOptionValue(name)[1] for name in names] == [3, 4, float("inf"), 0.0, "off", 1]


def test_the_solver_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    assert aimed(FEW, 2).most(whole([1] * 8)) is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("sums", "columns", "fits"),
    [
        ((1, 5), (2, 7), True),
        ((3, 5), (4, 7), True),
        ((0, 5), (2, 7), False),
        ((4, 5), (2, 7), False),
        ((1, 5), (1, 7), False),
        ((1, 5), (5, 7), False),
    ],
)
def test_a_solution_fits_if_every_row_and_every_column_does(
    sums: tuple[int, ...], columns: tuple[int, ...], fits: bool
) -> None:
    bounds = Bounds(whole([1, 5]), whole([3, 5]), whole([2, 7]), whole([4, 7]))
    assert bounds.hold(whole(sums), whole(columns)) is fits


def test_numbers_are_whole_whatever_they_came_from() -> None:
    assert whole([2.0, 3.0]).dtype == np.int64
    assert whole([2.0, 3.0]).tolist() == [2, 3]


NOBODY = (0, (0, 0, 0))
FIVE, TWO = solution((3, (1, 0, 1)), (2, (0, 1, 0))), solution((2, (0, 2, 0)), NOBODY)
"""Of six people, three of whom are inside: five took part and three answered; two took part and answered."""


@pytest.mark.parametrize(
    ("start", "inside", "most", "fewest"),
    [
        (FIVE, 0, solution(NOBODY, (5, (1, 1, 1))), solution(NOBODY, (5, (1, 1, 1)))),
        (FIVE, 2, solution((2, (1, 1, 0)), (3, (0, 0, 1))), solution((1, (1, 0, 0)), (4, (0, 1, 1)))),
        (FIVE, 4, solution((4, (1, 1, 0)), (1, (0, 0, 1))), solution((3, (1, 1, 0)), (2, (0, 0, 1)))),
        (FIVE, 6, solution((5, (1, 1, 1)), NOBODY), solution((5, (1, 1, 1)), NOBODY)),
        (TWO, 3, solution((2, (0, 2, 0)), NOBODY), solution(NOBODY, (2, (0, 2, 0)))),
    ],
)
def test_as_many_as_fit_are_moved_inside_and_as_few(start: Whole, inside: int, most: Whole, fewest: Whole) -> None:
    moved = aimed(block(crowd("all", 6)), inside).moved(start)
    assert [one.tolist() for one in moved] == [most.tolist(), fewest.tolist()]


def test_each_crowd_moves_by_itself_also_one_that_was_not_asked() -> None:
    model = aimed(block(crowd("all mentor", 2), crowd("all mentee", 3, asked=False)), 1, 1)
    start = solution((2, (0, 1, 1)), NOBODY, (0, ()), (2, ()))
    most = solution((1, (0, 1, 0)), (1, (0, 0, 1)), (1, ()), (1, ()))
    fewest = solution((1, (0, 1, 0)), (1, (0, 0, 1)), (0, ()), (2, ()))
    assert [one.tolist() for one in model.moved(start)] == [most.tolist(), fewest.tolist()]


def test_people_of_a_solution_that_contradicts_what_is_published_are_not_moved() -> None:
    assert list(aimed(FEW, 2).moved(solution((2, (1, 1, 0)), NOBODY))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_moving_people_keeps_every_number_that_is_published(kind: str) -> None:
    dice = random.Random(2)
    for one in some_blocks(kind):
        model = aimed(one, *(each.size for each in one.crowds))
        start = model.most(whole([dice.randint(-2, 2) for _ in range(model.width)]))
        model.aim(tuple(dice.randint(0, each.size) for each in one.crowds))
        published = model.matrix[len(model.parts) : -1]
        ways = [] if start is None else list(model.moved(start))
        assert len(ways) == 2 * (start is not None)
        assert all((published @ way).tolist() == (published @ start).tolist() for way in ways)


def test_too_many_unions_are_a_failed_audit_that_says_so() -> None:
    sizes = {(role, f"c{number}"): number for role in ("mentor", "mentee") for number in range(1, 21)}
    everybody = {"name": "all", "role": None, "cohorts": [], "invited": sum(sizes.values())}
    mentors = {"name": "mentor", "role": "mentor", "cohorts": [], "invited": 210}
    _, document, _ = tiny_survey(0, "plain")
    said = [
        {
            "kind": "distribution",
            "group": name,
            "question": "Q",
            "n": n,
            "counts": [{"option": option, "count": n // 3} for option in "012"],
        }
        for name, n in (("all", 180), ("mentor", 90))
    ]
    rules = {**document["rules"], "k": 200}
    verdict = audit({**document, "rules": rules, "groups": [everybody, mentors], "statements": said}, sizes)
    assert [one.rule for one in verdict.findings if "too many ways" in one.sentence] == ["limit"]
    assert not verdict.passed
