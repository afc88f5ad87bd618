"""Solutions in which people sit in many places: they are solutions, and seat whom they are asked to."""

import numpy as np

from feedback.auditor.model import Insider, Model, whole
from feedback.auditor.spreading import Spreader
from tests.auditor.small_blocks import aimed, block, crowd


def model_of(people: int, answered: int) -> Model:
    """One crowd of so many people, all of them inside the target, so many of whom took part."""
    return aimed(block(crowd("all", people), answers=4), people, answered={"all": (answered, answered)})


def seated(model: Model, *insiders: Insider, wanted: dict[int, int]) -> list[int] | None:
    """How many gave each answer, where answers are `wanted` so much, and else as many as can be gave the last one."""
    cells = [*model.parts[0].cells]
    worth = model.counting(cells[at] for at, much in wanted.items() for _ in range(much))
    solution = Spreader(model).seated(worth, model.cells_inside({3}), *insiders)
    if solution is None:
        return None
    assert model.fits(solution)
    return [int(number) for number in solution[cells]]


def test_somebody_sits_wherever_there_is_room_for_all() -> None:
    assert seated(model_of(6, 6), wanted={0: 1, 1: 1, 2: 1}) == [1, 1, 1, 3]


def test_where_there_is_not_the_most_wanted_places_are_taken() -> None:
    assert seated(model_of(6, 2), wanted={0: 1, 1: 3, 2: 2}) == [0, 1, 1, 0]


def test_insiders_sit_where_they_say() -> None:
    model = model_of(6, 2)
    insider = Insider(model.parts[0], 0)
    assert seated(model, insider, wanted={1: 3, 2: 2}) == [1, 1, 0, 0]


def test_more_insiders_than_people_find_no_seats() -> None:
    model = model_of(6, 1)
    insiders = (Insider(model.parts[0], 0), Insider(model.parts[0], 1))
    assert seated(model, *insiders, wanted={2: 1}) is None


def test_it_follows_where_the_model_is_aimed() -> None:
    model = model_of(6, 3)
    spreader, everywhere = Spreader(model), whole(np.ones(model.width))
    for inside in (6, 2, 0):
        model.aim((inside,))
        solution = spreader.seated(everywhere, 0 * everywhere)
        assert solution is not None
        assert model.fits(solution)
