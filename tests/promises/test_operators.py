"""Promise: what operators do by mistake loses no acknowledged answer, makes no second report, hardly doubles a mail.

A worker is killed at its work, its clock jumps, copies of either database and of both are put back. The same by
chance, as often as one likes: `python -m bench operators`.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import LARGE
from tests.operators import MISTAKES, Operators, operate
from tests.services.mail.relays import ScriptedRelay
from tests.world import World
from tests.wrong_clocks import with_clock


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    (tmp_path / "elsewhere").mkdir()
    return {**environment, "FEEDBACK_JOURNAL": str(tmp_path / "elsewhere" / "journal.json")}


@pytest.fixture
def operators(world: World, environment: dict[str, str], relay: ScriptedRelay, tmp_path: Path) -> Iterator[Operators]:
    told = tmp_path / "clock"
    told.write_text("+0")
    found = Operators(world, with_clock(environment, told), told, relay, tmp_path / "log", random.Random(7))
    yield found
    found.end()


def test_a_survey_outlives_what_its_operators_do_to_it(operators: Operators) -> None:
    one, other = Operators.restore_both, Operators.restore_main
    last = one if operators.world.kind == "sqlite" else other
    operate(operators, [Operators.set_clock_ahead], [Operators.kill], [last])


@LARGE
@pytest.mark.parametrize("seed", range(3))
def test_a_survey_outlives_any_mistakes(operators: Operators, seed: int) -> None:
    operators.chance = random.Random(seed)
    operate(operators, *(operators.chance.choices(MISTAKES, k=2) for _phase in range(3)))
