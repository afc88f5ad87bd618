"""What programs may send is tried by what the description allows, and by what it does not, with a fixed seed."""

import itertools

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode

from feedback.web.api import operations
from feedback.web.guessing import Guesses
from tests.api import ROOT, program
from tests.databases import BOTH, LARGE
from tests.passkeys import SITE
from tests.web.test_staff_pages import reported
from tests.world import World

pytestmark = BOTH

SEED = 18


@pytest.fixture
def key(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key for a programme with a report and a wave that is open."""
    # A limit on how often is another test's.
    monkeypatch.setattr(Guesses, "too_many", lambda *_about: False)
    assert operations.MOST_A_MINUTE
    reported(world, 27)
    world.planned_wave(world.programme())
    return program(world).key


def described(world: World, key: str) -> schemathesis.BaseSchema:
    shown = {"Authorization": f"Bearer {key}"}
    config = schemathesis.Config.from_dict({"seed": SEED, "headers": shown})
    return schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", world.app, base_url=SITE, config=config)


def bounded(most: int) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=most,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def try_everything(world: World, key: str, most: int) -> None:
    for found, mode in itertools.product(described(world, key).get_all_operations(), GenerationMode):
        operation = found.ok()

        @hypothesis.seed(SEED)
        @bounded(most)
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def tried(case: schemathesis.Case) -> None:
            case.call_and_validate()

        tried()


def go_on(world: World, key: str, most: int) -> None:
    """Go on from what one operation has answered to the next, as the description links them."""

    machine = described(world, key).as_state_machine()
    run_state_machine_as_test(machine, settings=hypothesis.settings(bounded(most), stateful_step_count=6))


def test_what_is_allowed_or_not_is_answered_as_described(world: World, key: str) -> None:
    try_everything(world, key, 2)
    go_on(world, key, 2)


@LARGE
def test_very_much_is_answered_as_described(world: World, key: str) -> None:
    try_everything(world, key, 60)
    go_on(world, key, 60)
