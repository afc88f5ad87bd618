"""Commands of coordinators on PostgreSQL, run with the staff's rights: all work, and what is the worker's is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.domain.waves import WaveState
from feedback.services.show_wave import show_wave
from feedback.storage.grants import GroupRole
from tests.cli.test_commands import output
from tests.databases import Pair
from tests.storage.test_grants import as_role
from tests.world import FixedClock, World, roster_csv

PLAN = ("--stage", "kickoff", "--opens", "2027-03-05T21:00", "--closes", "2027-03-22T17:00", "--remind", "+5")


@pytest.fixture
def kind() -> str:
    return "postgresql"


@pytest.fixture
def desk(world: World, roles: dict[GroupRole, Pair], clock: FixedClock) -> Iterator[World]:
    desk = as_role(world, roles[GroupRole.STAFF], clock)
    yield desk
    desk.dispose()


@pytest.fixture
def worker(world: World, roles: dict[GroupRole, Pair], clock: FixedClock) -> Iterator[World]:
    worker = as_role(world, roles[GroupRole.WORKER], clock)
    yield worker
    worker.dispose()


def state(world: World, wave: int) -> WaveState:
    with world.session() as session:
        return show_wave(session, wave, now=world.clock()).state


def test_a_programme_is_made_ready_for_the_worker(desk: World, worker: World, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_bytes(roster_csv(14, 13))
    words = ("--organisation", "Example", "--name", "Pilot", "--focus", "race", "--time-zone", "Europe/Paris")
    contact = ("--contact-name", "Ana", "--contact-email", "ana@example.com", "--reviewer-name", "Rea")
    output(desk, "programme", "create", *words, *contact)
    output(desk, "programme", "quiet", "1", "--hours", "20:00-08:00", "--weekdays", "sat,sun")
    output(desk, "roster", "import", "1", str(roster))
    output(desk, "roster", "leave", "1", "mentee.12@example.com")
    output(desk, "wave", "plan", "1", *PLAN)
    assert "to 26 of 27 people" in output(desk, "wave", "dry-run", "1")
    output(desk, "wave", "postpone", "1", "--opens", "2027-03-08T09:00")
    worker.clock.pass_time(days=7)
    worker.do_what_is_due()
    assert state(worker, 1) is WaveState.OPEN


def test_a_survey_is_extended_and_the_worker_tells(world: World, desk: World, worker: World) -> None:
    wave = world.open_wave()
    worker.send_mails()
    worker.clock.pass_time(days=7)
    worker.do_what_is_due()
    assert "2027-03-22 17:00" in output(desk, "wave", "extend", str(wave), "--closes", "2027-03-22T17:00")
    before = worker.mailbox.count()
    worker.do_what_is_due()
    worker.send_mails()
    assert worker.mailbox.count() == before + 27


def test_cancelling_says_what_the_worker_has_yet_to_destroy(world: World, desk: World, worker: World) -> None:
    wave = world.open_wave()
    world.answer(world.links(wave)[0])
    assert "the worker destroys" in output(desk, "wave", "cancel", str(wave), "--yes")
    assert (state(desk, wave), bool(world.keys.purposes_held())) == (WaveState.CANCELLED, True)
    worker.do_what_is_due()
    assert world.keys.purposes_held() == {}


def test_closing_says_that_the_worker_opens_the_answers(world: World, desk: World, worker: World) -> None:
    wave = world.open_wave()
    worker.clock.pass_time(days=15)
    assert "the worker opens them" in output(desk, "wave", "close", str(wave))
    assert state(desk, wave) is WaveState.CLOSING
    worker.do_what_is_due()
    assert state(worker, wave) is WaveState.CLOSED


def test_the_worker_itself_cancels_to_the_end(world: World, worker: World) -> None:
    wave = world.open_wave()
    assert "were destroyed unread" in output(worker, "wave", "cancel", str(wave), "--yes")
    assert world.keys.purposes_held() == {}
