"""What programs may send is tried by what the description allows, and by what it does not, with a fixed seed."""

import itertools
import threading
from collections import Counter
from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.engine import Status, events, from_schema
from werkzeug.serving import make_server

from feedback.web.api import operations
from feedback.web.api.operations import OPERATIONS
from feedback.web.guessing import Guesses
from tests.api import ROOT, program
from tests.databases import BOTH, LARGE
from tests.passkeys import SITE
from tests.web.test_staff_pages import reported
from tests.world import World

SEED = 18
TAKEN = ["2xx", "3xx", 401, 403, 404, 409, 429, "5xx"]
"""What schemathesis takes for an acceptance of what the description allows, as is."""
REFUSED = [400, 401, 403, 406, 415, 422]


@pytest.fixture
def key(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key for a programme with a report and a wave that is open."""
    # A limit on how often is another test's.
    monkeypatch.setattr(Guesses, "too_many", lambda *_about: False)
    assert operations.MOST_A_MINUTE
    reported(world, 27)
    world.planned_wave(world.programme())
    return program(world).key


def configured(key: str, most: int) -> schemathesis.Config:
    """Return how everything is tried, by every check, with so many examples of each kind."""
    return schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "headers": {"Authorization": f"Bearer {key}"},
            "suppress-health-check": ["all"],
            "continue-on-failure": True,
            "cache": {"enabled": False},
            "checks": {"enabled": True},
            "generation": {"max-examples": most, "mode": "all", "deterministic": True, "database": "none"},
            "operations": [_said_of(one.name, one.needs_version) for one in OPERATIONS],
        }
    )


def _said_of(name: str, needs_version: bool) -> dict[str, object]:
    """Return what may be refused though the description allows it, since no schema can say it."""
    # Whether a tag is that of the wave as it is now.
    tags = [412] if needs_version else []
    # What a name or an address is, and that no two people are alike: the rules of lists, line by line.
    lists = [422] if name == "put_in_roster" else []
    return {
        "include-operation-id": name,
        "checks": {
            "positive_data_acceptance": {"expected-statuses": [*TAKEN, *tags, *lists]},
            # RFC 6585 has a status of its own for it.
            "missing_required_header": {"expected-statuses": [*REFUSED, *([428] if needs_version else [])]},
        },
    }


def described(world: World, key: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", world.app, base_url=SITE, config=configured(key, 1))


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
    try_everything(world, key, 1)
    go_on(world, key, 1)


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """Where the service is asked as programs ask it."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{ROOT}/openapi.json"
    server.shutdown()
    server.server_close()
    thread.join()


@LARGE
@BOTH
def test_very_much_is_answered_as_described(key: str, address: str) -> None:
    """All that schemathesis has: every check, in every phase, from the edges of schemas to what follows on what."""
    schema = schemathesis.openapi.from_url(address, config=configured(key, 15))
    found, checked, phases = list[str](), Counter[str](), set[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event))
        elif isinstance(event, events.PhaseFinished) and event.status == Status.SUCCESS:
            phases.add(event.phase.name.value)
        elif isinstance(event, events.ScenarioFinished):
            for one in itertools.chain.from_iterable(event.recorder.checks.values()):
                checked[one.name] += 1
                if one.status != Status.SUCCESS:
                    found.append(f"{event.recorder.label}, {one.name}: {one.failure_info or one}")
    load_all_checks()
    assert found == []
    assert {*checked} == {*CHECKS.get_all_names()}
    assert phases >= {"coverage", "fuzzing", "stateful"}
